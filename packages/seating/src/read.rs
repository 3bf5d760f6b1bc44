//! Looking at seats without changing them.

use std::collections::HashMap;

use usher_core::{
    ids::{HoldId, ShowtimeId, UserId},
    seat::SeatName,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{Hold, Seating, hold};

/// What a seat that is not free is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occupancy {
    /// Kept for somebody for some minutes.
    Held,
    /// Somebody's.
    Sold,
}

impl Seating {
    /// The seats of a showtime that are not free.
    pub async fn occupied(&self, showtime_id: ShowtimeId) -> Result<HashMap<SeatName, Occupancy>, Failure> {
        let rows = sqlx::query!(
            "SELECT seat, expires_at FROM seating.claims WHERE showtime_id = $1 AND (expires_at IS NULL OR expires_at > $2)",
            showtime_id.uuid(),
            self.ambient.now(),
        );
        let occupied = rows.fetch_all(&self.pool).await?.into_iter().filter_map(|row| {
            let occupancy = if row.expires_at.is_some() { Occupancy::Held } else { Occupancy::Sold };
            Some((row.seat.parse().ok()?, occupancy))
        });
        Ok(occupied.collect())
    }

    /// How many seats of each showtime are not free; a showtime without any is left out.
    pub async fn occupied_counts(&self, showtimes: &[ShowtimeId]) -> Result<HashMap<ShowtimeId, i64>, Failure> {
        let ids: Vec<Uuid> = showtimes.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT showtime_id, count(*) AS "occupied!" FROM seating.claims
               WHERE showtime_id = ANY($1) AND (expires_at IS NULL OR expires_at > $2) GROUP BY showtime_id"#,
            &ids,
            self.ambient.now(),
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().map(|row| (row.showtime_id.into(), row.occupied)).collect())
    }

    /// A customer's hold that can still be used.
    pub async fn open_hold(&self, user_id: UserId, id: HoldId) -> Result<Option<Hold>, Failure> {
        let row = sqlx::query_as!(
            hold::Row,
            "SELECT id, epoch, showtime_id, user_id, booking_id, seats, expires_at, extended FROM seating.holds
             WHERE id = $1 AND user_id = $2 AND booking_id IS NULL AND state = 'held' AND expires_at > $3",
            id.uuid(),
            user_id.uuid(),
            self.ambient.now(),
        );
        Ok(row.fetch_optional(&self.pool).await?.map(Into::into))
    }
}
