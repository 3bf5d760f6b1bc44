//! Cancelling, wherever the booking stands.
//!
//! While the saga runs, the booking becomes `cancelling` and the saga turns round at its next step. A confirmed booking
//! becomes `cancelling` too, together with the command that starts the cancellation saga. The row's lock decides which of
//! the two it is, so a cancellation that meets the last step of a booking goes one way or the other and never both.

use std::collections::HashMap;

use futures::future::BoxFuture;
use serde_json::Value;
use sqlx::PgConnection;
use usher_core::{
    ambient::SharedAmbient,
    ids::{BookingId, CancellationId, UserId},
};
use usher_database::{group_commit::Apply, outbox};
use uuid::Uuid;

use crate::{Status, request, watch};

/// Somebody wants out of a booking.
#[derive(Debug, Clone)]
pub struct Cancel {
    /// The booking.
    pub id: BookingId,
    /// Who asks; only the owner's booking is found.
    pub user_id: UserId,
    /// The saga that cancels a confirmed booking.
    pub saga: &'static str,
    /// Its input.
    pub input: Value,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// The booking's own saga turns round.
    TurnsRound,
    /// The cancellation saga is to be started.
    Start {
        /// Under this name.
        name: CancellationId,
        /// The row of the outbox that asks for it, to be discarded by whoever hands it over.
        row: Uuid,
    },
    /// It was asked for before.
    Already(Status),
    /// It was rejected; there is nothing to cancel.
    Rejected,
    /// No such booking of this customer.
    NotFound,
}

pub(crate) struct CancelBookings {
    pub ambient: SharedAmbient,
}

impl Apply<Cancel, CancelOutcome> for CancelBookings {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        cancels: &'a [Cancel],
    ) -> BoxFuture<'a, Result<Vec<CancelOutcome>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let mut ids: Vec<Uuid> = cancels.iter().map(|cancel| cancel.id.uuid()).collect();
            ids.sort_unstable();
            let rows = sqlx::query!(
                "SELECT id, user_id, status FROM bookings.bookings WHERE id = ANY($1) ORDER BY id FOR UPDATE",
                &ids
            );
            let mut found: HashMap<Uuid, (Uuid, Status)> = HashMap::new();
            for row in rows.fetch_all(&mut *connection).await? {
                let status = row.status.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
                found.insert(row.id, (row.user_id, status));
            }
            let (mut outcomes, mut moved, mut messages) = (Vec::with_capacity(cancels.len()), Vec::new(), Vec::new());
            for cancel in cancels {
                let id = cancel.id.uuid();
                outcomes.push(match found.get(&id) {
                    Some((owner, status)) if *owner == cancel.user_id.uuid() => match status {
                        Status::Rejected => CancelOutcome::Rejected,
                        Status::Cancelling | Status::Cancelled => CancelOutcome::Already(*status),
                        Status::Requested | Status::Reserved | Status::Paid | Status::Confirmed => {
                            let confirmed = *status == Status::Confirmed;
                            moved.push(id);
                            found.insert(id, (cancel.user_id.uuid(), Status::Cancelling));
                            if confirmed {
                                let name = CancellationId::from(id);
                                // The booking's start may still wait in the outbox under the booking's number.
                                let row = usher_core::ids::EventId::new(&*self.ambient).uuid();
                                messages.push(request::start(row, cancel.saga, &name.to_string(), &cancel.input));
                                CancelOutcome::Start { name, row }
                            } else {
                                CancelOutcome::TurnsRound
                            }
                        }
                    },
                    _ => CancelOutcome::NotFound,
                });
            }
            sqlx::query!(
                "UPDATE bookings.bookings SET status = 'cancelling', updated_at = $2 WHERE id = ANY($1)",
                &moved,
                now
            )
            .execute(&mut *connection)
            .await?;
            watch::announce(&mut *connection, moved.iter().map(|id| (*id, Status::Cancelling.as_str()))).await?;
            outbox::write(connection, &messages, now).await?;
            Ok(outcomes)
        })
    }
}
