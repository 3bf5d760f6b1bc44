//! What a booking has of its hold, for whoever has to decide about it: looked at, and nothing changed.

use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, HoldId, ShowtimeId},
    seat::SeatName,
};
use usher_database::Failure;

use crate::Seating;

/// A booking's hold and what of it is still its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Having {
    /// The hold.
    pub hold_id: HoldId,
    /// Its fence.
    pub epoch: i64,
    /// Whether its seats are sold.
    pub is_sold: bool,
    /// Until when they are kept, if they are not.
    pub expires_at: OffsetDateTime,
    /// Those of its seats that nobody else has.
    pub owned: Vec<SeatName>,
    /// How many it was made for.
    pub seats: usize,
}

impl Having {
    /// Whether it has all that it was made for.
    pub fn is_whole(&self) -> bool {
        self.owned.len() == self.seats
    }
}

impl Seating {
    /// What the booking has; nothing when it never had anything.
    pub async fn having(&self, booking: BookingId) -> Result<Option<Having>, Failure> {
        let row = sqlx::query!(
            r#"SELECT hold.id, hold.epoch, hold.state, hold.expires_at, cardinality(hold.seats) AS "seats!",
                 ARRAY(SELECT claim.seat FROM seating.claims AS claim
                       WHERE claim.showtime_id = hold.showtime_id AND claim.seat = ANY (hold.seats)
                         AND claim.hold_id = hold.id AND claim.epoch = hold.epoch ORDER BY claim.seat) AS "owned!"
               FROM seating.holds AS hold WHERE hold.booking_id = $1"#,
            booking.uuid(),
        );
        let row = row.fetch_optional(&self.pool).await?;
        Ok(row.map(|row| Having {
            hold_id: row.id.into(),
            epoch: row.epoch,
            is_sold: row.state == "sold",
            expires_at: row.expires_at,
            owned: row.owned.iter().filter_map(|seat| seat.parse().ok()).collect(),
            seats: usize::try_from(row.seats).unwrap_or_default(),
        }))
    }

    /// Which of the seats somebody else has now.
    pub async fn taken_by_others(
        &self,
        showtime: ShowtimeId,
        seats: &[SeatName],
        hold: Option<HoldId>,
    ) -> Result<Vec<SeatName>, Failure> {
        let seats: Vec<String> = seats.iter().map(ToString::to_string).collect();
        let taken = sqlx::query_scalar!(
            "SELECT seat FROM seating.claims WHERE showtime_id = $1 AND seat = ANY ($2) AND hold_id IS DISTINCT FROM $3
               AND (expires_at IS NULL OR expires_at > $4) ORDER BY seat",
            showtime.uuid(),
            &seats,
            hold.map(HoldId::uuid),
            self.ambient.now(),
        );
        Ok(taken.fetch_all(&self.pool).await?.iter().filter_map(|seat| seat.parse().ok()).collect())
    }
}
