//! Cancelling some seats of a confirmed booking while the others stay.
//!
//! It begins by taking the booking for itself, together with the command that starts its saga: one part at a time, and the
//! whole booking cannot be cancelled meanwhile. It ends, once tickets, money and seats are settled, by striking the seats out
//! of the booking, with their price.

use serde_json::{Value, json};
use sqlx::PgConnection;
use usher_core::{
    ids::{BookingId, EventId, PartialCancellationId, ShowtimeId, UserId},
    seat::SeatName,
};
use usher_database::{Failure, outbox};
use uuid::Uuid;

use crate::{Bookings, Status, cancel::Terms, events, request};

/// Somebody gives some seats back.
#[derive(Debug, Clone)]
pub struct CancelPart {
    /// The booking.
    pub id: BookingId,
    /// Who asks.
    pub user_id: UserId,
    /// What names it, the same for every try of one request.
    pub part: PartialCancellationId,
    /// Which seats: some of the booking's, and not all.
    pub seats: Vec<SeatName>,
    /// On what terms.
    pub terms: Terms,
    /// The saga that does it.
    pub saga: &'static str,
    /// Its input.
    pub input: Value,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartOutcome {
    /// The saga is to be started; the row of the outbox asks for it, to be discarded by whoever hands it over.
    Start(Uuid),
    /// It was asked for before.
    Already,
    /// Another part is being cancelled.
    Busy,
    /// Only a confirmed booking has parts.
    NotConfirmed(Status),
    /// The booking does not have these seats, or would have none left.
    NotAPart,
    /// No such booking of this customer.
    NotFound,
}

impl Bookings {
    /// Begins to cancel some seats of a booking.
    pub async fn cancel_part(&self, cancel: &CancelPart) -> Result<PartOutcome, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let row = sqlx::query!(
            "SELECT user_id, status, parting, seats FROM bookings.bookings WHERE id = $1 FOR UPDATE",
            cancel.id.uuid(),
        );
        let row = row.fetch_optional(&mut *transaction).await?;
        let Some(row) = row.filter(|row| cancel.terms.by_house || row.user_id == cancel.user_id.uuid()) else {
            return Ok(PartOutcome::NotFound);
        };
        if is_known(&mut transaction, cancel.part).await? {
            return Ok(PartOutcome::Already);
        }
        let status: Status = row.status.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        if status != Status::Confirmed {
            return Ok(PartOutcome::NotConfirmed(status));
        }
        if row.parting.is_some() {
            return Ok(PartOutcome::Busy);
        }
        let is_own = |seat: &SeatName| row.seats.iter().any(|own| own == seat.as_str());
        if cancel.seats.is_empty() || cancel.seats.len() >= row.seats.len() || !cancel.seats.iter().all(is_own) {
            return Ok(PartOutcome::NotAPart);
        }
        let seats: Vec<String> = cancel.seats.iter().map(ToString::to_string).collect();
        sqlx::query!(
            "WITH parting AS (UPDATE bookings.bookings SET parting = $2, updated_at = $8 WHERE id = $1)
             INSERT INTO bookings.cancellations (id, booking_id, seats, refund, kept, reason, requested_by, created_at)
             VALUES ($2, $1, $3, $4, $5, $6, $7, $8)",
            cancel.id.uuid(),
            cancel.part.uuid(),
            &seats,
            cancel.terms.refund,
            cancel.terms.kept,
            cancel.terms.reason,
            cancel.user_id.uuid(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let row = EventId::new(&*self.ambient).uuid();
        let start = request::start(row, cancel.saga, &cancel.part.to_string(), &cancel.input);
        outbox::write(&mut transaction, &[start], now).await?;
        transaction.commit().await?;
        Ok(PartOutcome::Start(row))
    }

    /// Whether this cancellation was asked for.
    pub async fn knows_part(&self, part: PartialCancellationId) -> Result<bool, Failure> {
        let mut connection = self.pool.acquire().await?;
        Ok(is_known(&mut connection, part).await?)
    }

    /// Strikes the seats out of the booking, because all else is done. Again is harmless; false when there is no such
    /// cancellation.
    pub async fn close_part(&self, id: BookingId, part: PartialCancellationId) -> Result<bool, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let closed = sqlx::query!(
            "WITH ended AS (
               UPDATE bookings.cancellations SET ended_at = $3 WHERE id = $2 AND booking_id = $1 AND ended_at IS NULL
               RETURNING seats, kept
             )
             UPDATE bookings.bookings AS booking
             SET seats = ARRAY(SELECT seat FROM unnest(booking.seats) WITH ORDINALITY AS left_over (seat, place)
                               WHERE seat <> ALL (ended.seats) ORDER BY place),
               prices = ARRAY(SELECT price FROM unnest(booking.seats, booking.prices) WITH ORDINALITY AS left_over (seat, price, place)
                              WHERE seat <> ALL (ended.seats) ORDER BY place),
               total = (SELECT sum(price) FROM unnest(booking.seats, booking.prices) AS left_over (seat, price)
                        WHERE seat <> ALL (ended.seats)),
               cancelled_seats = booking.cancelled_seats || ended.seats, kept = booking.kept + ended.kept,
               parting = NULL, updated_at = $3
             FROM ended WHERE booking.id = $1 AND booking.parting = $2
             RETURNING booking.showtime_id, ended.seats",
            id.uuid(),
            part.uuid(),
            now,
        );
        if let Some(row) = closed.fetch_optional(&mut *transaction).await? {
            let data = json!({
                "booking_id": id, "showtime_id": ShowtimeId::from(row.showtime_id), "seats": row.seats,
            });
            let told = events::SEATS_CANCELLED.message(&*self.ambient, &id.to_string(), data);
            outbox::write(&mut transaction, &[told], now).await?;
            transaction.commit().await?;
            return Ok(true);
        }
        Ok(is_known(&mut transaction, part).await?)
    }
}

async fn is_known(connection: &mut PgConnection, part: PartialCancellationId) -> Result<bool, sqlx::Error> {
    let known = sqlx::query_scalar!("SELECT id FROM bookings.cancellations WHERE id = $1", part.uuid());
    Ok(known.fetch_optional(connection).await?.is_some())
}
