//! Beginning one item after the other, and watching those that have begun.
//!
//! A turn belongs to one process at a time: it locks the batch's row while it takes the next items. An item gets the number of
//! its act in that same transaction; whoever dies after it leaves an item that the next turn asks for under the same number.

use time::{Duration, OffsetDateTime};
use usher_core::ids::{ActId, BatchId};
use usher_database::Failure;

use super::{Batch, Stage};
use crate::{
    Operations,
    act::{Act, Person},
    ask::{ActError, Ask},
};

/// How many items one turn begins at most, and how many it watches.
const BATCH: i64 = 20;

/// What to do with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steer {
    /// Begin.
    Start,
    /// Begin no further item.
    Pause,
    /// Go on.
    Resume,
    /// Begin no further item, ever.
    Cancel,
}

impl Steer {
    /// From which stages, and to which.
    const fn moves(self) -> (&'static [&'static str], Stage) {
        match self {
            Self::Start => (&["previewed"], Stage::Running),
            Self::Pause => (&["running"], Stage::Paused),
            Self::Resume => (&["paused"], Stage::Running),
            Self::Cancel => (&["previewed", "running", "paused"], Stage::Cancelled),
        }
    }
}

/// A batch with something to do.
struct Due {
    id: BatchId,
    act: Act,
    reason: String,
    ticket: Option<String>,
    by: Person,
    despite: bool,
}

/// An item that is to be asked for.
struct Begun {
    place: i32,
    name: String,
    version: i64,
    act: ActId,
}

impl Operations {
    /// Starts, pauses, resumes or cancels a batch. [`ActError::Refused`] when it does not stand so that this makes sense.
    pub async fn steer_batch(&self, id: BatchId, steer: Steer) -> Result<Batch, ActError> {
        let (from, to) = steer.moves();
        let from: Vec<String> = from.iter().map(|&stage| stage.to_owned()).collect();
        let mut transaction = self.pool.begin().await?;
        let moved = sqlx::query!(
            "UPDATE operations.batches SET stage = $2, next_at = $3 WHERE id = $1 AND stage = ANY ($4)",
            id.to_string(),
            to.as_str(),
            self.ambient.now(),
            &from,
        );
        let moved = moved.execute(&mut *transaction).await?.rows_affected() == 1;
        if moved && to == Stage::Cancelled {
            sqlx::query!(
                "UPDATE operations.batch_items SET outcome = 'cancelled' WHERE batch = $1 AND outcome = 'pending'",
                id.to_string(),
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        let batch = self.batch(id).await?.ok_or(ActError::NotFound)?;
        if moved || batch.stage == to {
            return Ok(batch);
        }
        Err(ActError::Refused(format!("the batch is {}", batch.stage.as_str())))
    }

    /// One turn of all batches: begins what is due, and notes what is over. Tells how many items there were.
    pub(crate) async fn turn_batches(&self) -> Result<usize, ActError> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM operations.batches WHERE stage IN ('running', 'paused', 'cancelled') ORDER BY next_at LIMIT $1",
            BATCH,
        );
        let mut count = 0;
        for id in ids.fetch_all(&self.pool).await? {
            if let Some((batch, items)) = self.begin(&id).await? {
                count += items.len();
                for item in items {
                    self.ask_for(&batch, item).await?;
                }
            }
            count += self.watch_items(&id).await?;
            self.end(&id).await?;
        }
        Ok(count)
    }

    /// Takes the next items of a batch that may begin now, if nobody else is at it.
    async fn begin(&self, id: &str) -> Result<Option<(Due, Vec<Begun>)>, ActError> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let row = sqlx::query!(
            "SELECT act, reason, ticket, asked_by, despite, rate, next_at FROM operations.batches
             WHERE id = $1 AND stage = 'running' AND next_at <= $2 FOR UPDATE SKIP LOCKED",
            id,
            now,
        );
        let Some(row) = row.fetch_optional(&mut *transaction).await? else { return Ok(None) };
        let (room, next_at) = allowance(row.next_at, now, row.rate);
        let pending = sqlx::query!(
            r#"SELECT place, name, version AS "version!" FROM operations.batch_items
               WHERE batch = $1 AND outcome = 'pending' AND version IS NOT NULL ORDER BY place LIMIT $2"#,
            id,
            room,
        );
        let pending = pending.fetch_all(&mut *transaction).await?.into_iter();
        let items: Vec<Begun> = pending
            .map(|row| Begun {
                place: row.place,
                name: row.name,
                version: row.version,
                act: ActId::new(&*self.ambient),
            })
            .collect();
        sqlx::query!(
            "UPDATE operations.batch_items SET outcome = 'begun', act = begun.act
             FROM unnest($2::integer[], $3::text[]) AS begun (place, act)
             WHERE batch_items.batch = $1 AND batch_items.place = begun.place",
            id,
            &items.iter().map(|item| item.place).collect::<Vec<_>>(),
            &items.iter().map(|item| item.act.to_string()).collect::<Vec<_>>(),
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("UPDATE operations.batches SET next_at = $2 WHERE id = $1", id, next_at)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let due = Due {
            id: parsed(id)?,
            act: document(&row.act)?,
            reason: row.reason,
            ticket: row.ticket,
            by: document(&row.asked_by)?,
            despite: row.despite,
        };
        Ok(Some((due, items)))
    }

    async fn ask_for(&self, batch: &Due, item: Begun) -> Result<(), ActError> {
        let ask = Ask {
            id: item.act,
            name: item.name,
            act: batch.act.clone(),
            reason: batch.reason.clone(),
            ticket: batch.ticket.clone().or_else(|| Some(batch.id.to_string())),
            by: batch.by.clone(),
            expected_version: u64::try_from(item.version).unwrap_or_default(),
            despite_obstacles: batch.despite,
        };
        match self.ask(ask).await {
            Ok(_) => Ok(()),
            // It stays begun, and the next turn asks for it under the same number.
            Err(ActError::Unavailable(why)) => {
                tracing::warn!(why, "an item of a batch could not be asked for; it will be tried again");
                Ok(())
            }
            Err(ActError::Database(failure)) => Err(ActError::Database(failure)),
            Err(error @ ActError::Refused(_)) => {
                self.settle(&batch.id.to_string(), item.place, "refused", Some(error.to_string())).await
            }
            Err(error) => self.settle(&batch.id.to_string(), item.place, "skipped", Some(error.to_string())).await,
        }
    }

    /// Notes which of the items that have begun are over, and asks for those again that nobody has a story of. Those whose act is
    /// open are somebody else's to watch.
    async fn watch_items(&self, id: &str) -> Result<usize, ActError> {
        let begun = sqlx::query!(
            r#"SELECT item.place, item.name, item.version AS "version!", item.act AS "act!",
                 batch.act AS what, batch.reason, batch.ticket, batch.asked_by, batch.despite
               FROM operations.batch_items AS item JOIN operations.batches AS batch ON batch.id = item.batch
               WHERE item.batch = $1 AND item.outcome = 'begun' AND item.version IS NOT NULL
                 AND NOT EXISTS (SELECT FROM operations.open_acts AS open WHERE open.act = item.act)
               ORDER BY item.place LIMIT $2"#,
            id,
            BATCH,
        );
        let begun = begun.fetch_all(&self.pool).await?;
        let count = begun.len();
        for row in begun {
            let act: ActId = parsed(&row.act)?;
            match self.act(act).await? {
                Some(story) if story.status.is_over() => {
                    let why = story.outcome["why"].as_str().map(str::to_owned);
                    let why = why.or_else(|| Some(story.outcome["after"]["error"].as_str()?.to_owned()));
                    self.settle(id, row.place, story.status.as_str(), why).await?;
                }
                Some(_) => {}
                None => {
                    let due = Due {
                        id: parsed(id)?,
                        act: document(&row.what)?,
                        reason: row.reason,
                        ticket: row.ticket,
                        by: document(&row.asked_by)?,
                        despite: row.despite,
                    };
                    self.ask_for(&due, Begun { place: row.place, name: row.name, version: row.version, act }).await?;
                }
            }
        }
        Ok(count)
    }

    async fn settle(&self, batch: &str, place: i32, outcome: &str, note: Option<String>) -> Result<(), ActError> {
        sqlx::query!(
            "UPDATE operations.batch_items SET outcome = $3, note = $4 WHERE batch = $1 AND place = $2 AND outcome = 'begun'",
            batch,
            place,
            outcome,
            note,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A batch without anything to begin or to watch is done. One that was cancelled stays so.
    async fn end(&self, id: &str) -> Result<(), ActError> {
        sqlx::query!(
            "UPDATE operations.batches SET stage = 'done' WHERE id = $1 AND stage = 'running' AND NOT EXISTS (
               SELECT FROM operations.batch_items WHERE batch = $1 AND outcome IN ('pending', 'begun'))",
            id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// How many items may begin now, and when the next one may. What a pause or a crash left unused is not made up for.
fn allowance(next_at: OffsetDateTime, now: OffsetDateTime, rate: i32) -> (i64, OffsetDateTime) {
    let apart = Duration::MINUTE / rate.max(1);
    let since = next_at.max(now - Duration::SECOND);
    let due = (now - since).whole_microseconds() / apart.whole_microseconds().max(1);
    let room = i64::try_from(due).unwrap_or(BATCH).saturating_add(1).min(BATCH);
    (room, since + apart * i32::try_from(room).unwrap_or(1))
}

fn parsed<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(text: &str) -> Result<T, Failure> {
    Ok(text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?)
}

fn document<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    Ok(serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_begin_at_their_rate_and_nothing_is_made_up_for() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::HOUR;
        assert_eq!(allowance(now, now, 60), (1, now + Duration::SECOND));
        assert_eq!(allowance(now - Duration::HOUR, now, 60), (2, now + Duration::SECOND));
        assert_eq!(allowance(now, now, 6_000), (1, now + Duration::milliseconds(10)));
        assert_eq!(allowance(now - Duration::milliseconds(100), now, 6_000).0, 11);
        assert_eq!(allowance(now - Duration::HOUR, now, 6_000).0, BATCH);
    }
}
