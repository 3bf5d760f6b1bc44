//! Telling: a message becomes durable, once for each intent.
//!
//! The intent is a unique column, so the row itself remembers that it was said, and no inbox row is needed. The first
//! wording stands: who repeats an intent with other facts changes nothing.

use std::collections::HashMap;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use usher_core::{
    ambient::SharedAmbient,
    ids::{BookingId, NotificationId, UserId},
};
use usher_database::{Failure, group_commit::Apply};
use uuid::Uuid;

use crate::{
    notice::Notice,
    text::{Speechless, Text},
};

/// Something to tell somebody.
#[derive(Debug, Clone)]
pub struct Tell {
    /// Execution name and step: the same for every delivery, retry and redrive.
    pub intent: String,
    /// What it is about.
    pub booking: BookingId,
    /// Who is told.
    pub user: UserId,
    /// What.
    pub notice: Notice,
}

/// The message that the intent has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The message.
    pub id: NotificationId,
    /// Whether it had been told before.
    pub repeated: bool,
}

/// Why somebody could not be told.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TellError {
    /// The database did not come to an answer.
    #[error(transparent)]
    Database(#[from] Failure),
    /// There are no words for it.
    #[error(transparent)]
    Text(#[from] Speechless),
}

impl TellError {
    /// Whether trying again can help.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Database(failure) if failure.is_transient())
    }
}

/// A [`Tell`] put into words, ready to be written.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) id: NotificationId,
    pub(crate) intent: String,
    pub(crate) booking: BookingId,
    pub(crate) user: UserId,
    pub(crate) template: &'static str,
    pub(crate) text: Text,
}

/// Writes batches of letters.
#[derive(Debug)]
pub(crate) struct TellBatch {
    pub(crate) ambient: SharedAmbient,
}

impl Apply<Letter, Told> for TellBatch {
    fn autocommits(&self) -> bool {
        true
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Letter],
    ) -> BoxFuture<'a, Result<Vec<Told>, sqlx::Error>> {
        Box::pin(async move {
            let written = self.write(&mut *connection, commands).await?;
            let missing: Vec<String> = commands
                .iter()
                .filter(|letter| !written.contains_key(&letter.intent))
                .map(|letter| letter.intent.clone())
                .collect();
            let before = if missing.is_empty() { HashMap::new() } else { stored(connection, &missing).await? };
            let told = |letter: &Letter| {
                let id = written.get(&letter.intent).or_else(|| before.get(&letter.intent)).copied();
                let id =
                    id.ok_or_else(|| sqlx::Error::Protocol("an intent was left without its message".to_owned()))?;
                Ok(Told { id, repeated: id != letter.id })
            };
            commands.iter().map(told).collect()
        })
    }
}

impl TellBatch {
    /// Writes what was not told before, and answers the ids by intent.
    async fn write(
        &self,
        connection: &mut PgConnection,
        letters: &[Letter],
    ) -> Result<HashMap<String, NotificationId>, sqlx::Error> {
        let mut letters: Vec<&Letter> = letters.iter().collect();
        // In one order everywhere, so that two batches with the same intents wait for each other instead of deadlocking.
        // The sort is stable: of two equal intents in one batch the first is written.
        letters.sort_by(|a, b| a.intent.cmp(&b.intent));
        let ids: Vec<Uuid> = letters.iter().map(|letter| letter.id.uuid()).collect();
        let text = |of: fn(&Letter) -> &str| letters.iter().map(|letter| of(letter).to_owned()).collect::<Vec<_>>();
        let bookings: Vec<Uuid> = letters.iter().map(|letter| letter.booking.uuid()).collect();
        let users: Vec<Uuid> = letters.iter().map(|letter| letter.user.uuid()).collect();
        let rows = sqlx::query!(
            "INSERT INTO notifications.messages (id, intent, booking_id, user_id, template, subject, body, created_at)
             SELECT id, intent, booking_id, user_id, template, subject, body, $8
             FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
               AS new (id, intent, booking_id, user_id, template, subject, body)
             ON CONFLICT (intent) DO NOTHING
             RETURNING intent, id",
            &ids,
            &text(|letter| &letter.intent),
            &bookings,
            &users,
            &text(|letter| letter.template),
            &text(|letter| &letter.text.subject),
            &text(|letter| &letter.text.body),
            self.ambient.now(),
        );
        Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.intent, row.id.into())).collect())
    }
}

/// The messages that stand under these intents.
async fn stored(
    connection: &mut PgConnection,
    intents: &[String],
) -> Result<HashMap<String, NotificationId>, sqlx::Error> {
    let rows = sqlx::query!("SELECT intent, id FROM notifications.messages WHERE intent = ANY($1)", intents);
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.intent, row.id.into())).collect())
}
