//! Showtimes that are called off.
//!
//! Every claim that begins after the closure finds it and takes nothing. What began before may still take a seat a moment
//! later, so a sweep first waits until all of that has ended ([`Seating::settle_closure`]); from then on the bookings that have
//! seats only become fewer. Nobody else waits: not for the closure, and not for the sweep.

use std::{collections::HashSet, time::Duration};

use serde_json::{Value, json};
use time::OffsetDateTime;
use usher_core::ids::{BookingId, EventId, ShowtimeId, UserId};
use usher_database::{
    Failure,
    outbox::{self, Kind, Message},
};

use crate::Seating;

/// How long claims that were under way at the closure may take: a thousand times what they do.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked whether they have ended.
const LOOK: Duration = Duration::from_millis(5);

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
    /// How many bookings had seats then. Those that were about to get some are counted in when the sweep begins.
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

    /// Waits until every transaction has ended that may take seats because it does not know of the closure yet, and counts the
    /// bookings that have seats. False when one of them takes far too long.
    ///
    /// A statement takes its lock on the table before it looks at the closures. So whoever has not seen one that is
    /// committed has the lock by now, and is waited for by name; whoever comes later sees it and need not be.
    pub async fn settle_closure(&self, showtime: ShowtimeId) -> Result<bool, Failure> {
        let before = self.writers().await?;
        let ended = async {
            while self.writers().await?.intersection(&before).next().is_some() {
                tokio::time::sleep(LOOK).await;
            }
            Ok::<_, Failure>(())
        };
        let Ok(ended) = tokio::time::timeout(PATIENCE, ended).await else { return Ok(false) };
        ended?;
        sqlx::query!(
            "UPDATE seating.closures SET bookings = greatest(bookings, (
               SELECT count(DISTINCT holds.booking_id) FROM seating.claims JOIN seating.holds ON holds.id = claims.hold_id
               WHERE claims.showtime_id = $1 AND holds.booking_id IS NOT NULL
             )) WHERE showtime_id = $1",
            showtime.uuid(),
        )
        .execute(&self.pool)
        .await?;
        Ok(true)
    }

    /// The transactions that are changing claims, of whatever showtime.
    async fn writers(&self) -> Result<HashSet<String>, Failure> {
        let writers = sqlx::query_scalar!(
            r#"SELECT virtualtransaction AS "transaction!" FROM pg_locks
               WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND relation = 'seating.claims'::regclass::oid"#,
        );
        Ok(writers.fetch_all(&self.pool).await?.into_iter().collect())
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
