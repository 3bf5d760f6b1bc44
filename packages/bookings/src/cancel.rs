//! Cancelling, wherever the booking stands.
//!
//! While the saga runs, the booking becomes `cancelling` and the saga turns round at its next step. A confirmed booking
//! becomes `cancelling` too, together with the command that starts the cancellation saga. The row's lock decides which of
//! the two it is, so a cancellation that meets the last step of a booking goes one way or the other and never both.

use std::collections::HashMap;

use futures::future::BoxFuture;
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
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
    /// Who asks.
    pub user_id: UserId,
    /// On what terms a confirmed booking is cancelled.
    pub terms: Terms,
    /// The saga that cancels a confirmed booking.
    pub saga: &'static str,
    /// Its input.
    pub input: Value,
}

/// What is given back for a confirmed booking, and why. One on its way is undone as a whole, whatever they say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Minor units that are given back.
    pub refund: i64,
    /// Minor units that are not, because the policy or the house says so.
    pub kept: i64,
    /// Why, for support.
    pub reason: String,
    /// Whether the house asks, for which everybody's bookings are found; otherwise only the owner's is.
    pub by_house: bool,
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
    /// Some of its seats are being cancelled; the rest can be once that is done, in seconds.
    Parting,
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
                "SELECT id, user_id, status, parting, seats FROM bookings.bookings WHERE id = ANY($1) ORDER BY id FOR UPDATE",
                &ids
            );
            let mut found: HashMap<Uuid, Found> = HashMap::new();
            for row in rows.fetch_all(&mut *connection).await? {
                let status = row.status.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
                let (owner, parting) = (row.user_id, row.parting.is_some());
                found.insert(row.id, Found { owner, status, parting, seats: row.seats });
            }
            let (mut outcomes, mut moved, mut messages) = (Vec::with_capacity(cancels.len()), Vec::new(), Vec::new());
            let mut records = Vec::new();
            for cancel in cancels {
                let id = cancel.id.uuid();
                let Some(booking) = found.get_mut(&id).filter(|found| found.is_for(cancel)) else {
                    outcomes.push(CancelOutcome::NotFound);
                    continue;
                };
                outcomes.push(match booking.status {
                    Status::Rejected => CancelOutcome::Rejected,
                    Status::Cancelling | Status::Cancelled => CancelOutcome::Already(booking.status),
                    Status::Confirmed if booking.parting => CancelOutcome::Parting,
                    Status::Requested | Status::Reserved | Status::Paid | Status::Confirmed => {
                        let confirmed = booking.status == Status::Confirmed;
                        booking.status = Status::Cancelling;
                        moved.push(id);
                        if confirmed {
                            let name = CancellationId::from(id);
                            // The booking's start may still wait in the outbox under the booking's number.
                            let row = usher_core::ids::EventId::new(&*self.ambient).uuid();
                            messages.push(request::start(row, cancel.saga, &name.to_string(), &cancel.input));
                            records.push((cancel, booking.seats.join(",")));
                            CancelOutcome::Start { name, row }
                        } else {
                            CancelOutcome::TurnsRound
                        }
                    }
                });
            }
            sqlx::query!(
                "UPDATE bookings.bookings SET status = 'cancelling', updated_at = $2 WHERE id = ANY($1)",
                &moved,
                now
            )
            .execute(&mut *connection)
            .await?;
            record(&mut *connection, &records, now).await?;
            watch::announce(&mut *connection, moved.iter().map(|id| (*id, Status::Cancelling.as_str()))).await?;
            outbox::write(connection, &messages, now).await?;
            Ok(outcomes)
        })
    }
}

/// A booking as it stands before the batch, and then after each of its commands.
struct Found {
    owner: Uuid,
    status: Status,
    parting: bool,
    seats: Vec<String>,
}

impl Found {
    fn is_for(&self, cancel: &Cancel) -> bool {
        cancel.terms.by_house || self.owner == cancel.user_id.uuid()
    }
}

/// Writes down on what terms confirmed bookings are cancelled.
async fn record(
    connection: &mut PgConnection,
    cancels: &[(&Cancel, String)],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    if cancels.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "WITH cancelled AS (
           INSERT INTO bookings.cancellations (id, booking_id, seats, refund, kept, reason, requested_by, created_at)
           SELECT booking_id, booking_id, string_to_array(seats, ','), refund, kept, reason, requested_by, $7
           FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::uuid[])
             AS new (booking_id, seats, refund, kept, reason, requested_by)
           RETURNING booking_id, kept
         )
         UPDATE bookings.bookings SET kept = bookings.kept + cancelled.kept FROM cancelled
         WHERE bookings.id = cancelled.booking_id",
        &cancels.iter().map(|(cancel, _)| cancel.id.uuid()).collect::<Vec<_>>(),
        &cancels.iter().map(|(_, seats)| seats.clone()).collect::<Vec<_>>(),
        &cancels.iter().map(|(cancel, _)| cancel.terms.refund).collect::<Vec<_>>(),
        &cancels.iter().map(|(cancel, _)| cancel.terms.kept).collect::<Vec<_>>(),
        &cancels.iter().map(|(cancel, _)| cancel.terms.reason.clone()).collect::<Vec<_>>(),
        &cancels.iter().map(|(cancel, _)| cancel.user_id.uuid()).collect::<Vec<_>>(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}
