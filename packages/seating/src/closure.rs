//! Showtimes that are called off.
//!
//! From the closure on nobody takes a seat, and whatever was taken before is seen by whoever looks afterwards: closing waits
//! for the claims that are under way, and every claim that begins later finds it. So a sweep over the bookings that have
//! seats misses none.

use serde_json::{Value, json};
use time::OffsetDateTime;
use usher_core::ids::{BookingId, EventId, ShowtimeId, UserId};
use usher_database::{
    Failure,
    outbox::{self, Kind, Message},
};

use crate::Seating;

/// Calling a showtime off.
#[derive(Debug, Clone, Copy)]
pub struct Close<'a> {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// Who calls it off.
    pub by: UserId,
    /// Why, as customers are told.
    pub reason: &'a str,
    /// The saga that cancels its bookings.
    pub saga: &'a str,
    /// What that begins with.
    pub input: &'a Value,
}

/// A showtime that was called off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// Who called it off.
    pub by: UserId,
    /// Why, as customers are told.
    pub reason: String,
    /// How many bookings had seats then.
    pub bookings: i32,
    /// When.
    pub at: OffsetDateTime,
}

impl Seating {
    /// Calls a showtime off, and writes the command that starts the saga. The first closure stands: who comes later gets
    /// that one.
    pub async fn close(&self, command: Close<'_>) -> Result<Closure, Failure> {
        let Close { showtime, by, reason, saga, input } = command;
        let mut transaction = self.pool.begin().await?;
        // Claims that are under way end before this, and later ones begin after it: a moment, once in a showtime's life.
        sqlx::query!("LOCK TABLE seating.claims IN SHARE ROW EXCLUSIVE MODE").execute(&mut *transaction).await?;
        let closed = sqlx::query!(
            "INSERT INTO seating.closures (showtime_id, closed_by, reason, bookings, closed_at)
             SELECT $1, $2, $3, count(DISTINCT holds.booking_id), $4
             FROM seating.claims JOIN seating.holds ON holds.id = claims.hold_id
             WHERE claims.showtime_id = $1 AND holds.booking_id IS NOT NULL
             ON CONFLICT (showtime_id) DO NOTHING",
            showtime.uuid(),
            by.uuid(),
            reason,
            self.ambient.now(),
        );
        if closed.execute(&mut *transaction).await?.rows_affected() > 0 {
            let start = Message {
                id: EventId::new(&*self.ambient).uuid(),
                kind: Kind::Start,
                topic: saga.to_owned(),
                payload: json!({ "name": showtime, "input": input }),
            };
            outbox::write(&mut transaction, &[start], self.ambient.now()).await?;
        }
        transaction.commit().await?;
        let closure = self.closure(showtime).await?;
        closure.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// The closure of a showtime, if it was called off.
    pub async fn closure(&self, showtime: ShowtimeId) -> Result<Option<Closure>, Failure> {
        let row = sqlx::query!(
            "SELECT showtime_id, closed_by, reason, bookings, closed_at FROM seating.closures WHERE showtime_id = $1",
            showtime.uuid(),
        );
        Ok(row.fetch_optional(&self.pool).await?.map(|row| Closure {
            showtime: row.showtime_id.into(),
            by: row.closed_by.into(),
            reason: row.reason,
            bookings: row.bookings,
            at: row.closed_at,
        }))
    }

    /// The bookings that have seats of the showtime, in the order of their numbers, after `after`.
    pub async fn bookings_with_seats(
        &self,
        showtime: ShowtimeId,
        after: Option<BookingId>,
        limit: i64,
    ) -> Result<Vec<BookingId>, Failure> {
        let rows = sqlx::query_scalar!(
            r#"SELECT DISTINCT holds.booking_id AS "booking_id!"
               FROM seating.claims JOIN seating.holds ON holds.id = claims.hold_id
               WHERE claims.showtime_id = $1 AND holds.booking_id IS NOT NULL AND ($2::uuid IS NULL OR holds.booking_id > $2)
               ORDER BY 1 LIMIT $3"#,
            showtime.uuid(),
            after.map(BookingId::uuid),
            limit,
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().map(BookingId::from).collect())
    }

    /// How many bookings have seats of the showtime.
    pub async fn count_bookings_with_seats(&self, showtime: ShowtimeId) -> Result<i64, Failure> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(DISTINCT holds.booking_id) AS "count!"
               FROM seating.claims JOIN seating.holds ON holds.id = claims.hold_id
               WHERE claims.showtime_id = $1 AND holds.booking_id IS NOT NULL"#,
            showtime.uuid(),
        );
        Ok(count.fetch_one(&self.pool).await?)
    }
}
