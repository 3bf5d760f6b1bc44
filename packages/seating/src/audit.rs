//! What this context tells to the audit: the holds of bookings with the seats that are theirs now, and the claims that no
//! hold can explain.
//!
//! A claim counts as a hold's only when hold, showtime, seat and epoch agree, as they have to for every write. Each
//! reading is one statement, so holds and claims are of one moment.

use std::ops::RangeInclusive;

use time::OffsetDateTime;
use usher_core::ids::{BookingId, HoldId, ShowtimeId};
use usher_database::Failure;
use uuid::Uuid;

use crate::Seating;

/// A booking's hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldFacts {
    /// The hold.
    pub id: HoldId,
    /// The booking that has it.
    pub booking: BookingId,
    /// For which showtime.
    pub showtime: ShowtimeId,
    /// What becomes of it: `held`, `sold` or `released`.
    pub state: String,
    /// The seats that are its own now.
    pub claims: Vec<ClaimFacts>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was sold or released.
    pub ended_at: Option<OffsetDateTime>,
}

/// A seat that belongs to a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFacts {
    /// The seat.
    pub seat: String,
    /// Sold, or held until a moment.
    pub is_sold: bool,
}

/// A claim that contradicts its hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayClaim {
    /// The showtime.
    pub showtime: ShowtimeId,
    /// The seat.
    pub seat: String,
    /// The hold that it names.
    pub hold: HoldId,
    /// The booking of that hold.
    pub booking: Option<BookingId>,
    /// The contradiction.
    pub reason: String,
}

impl Seating {
    /// The holds of the bookings whose ids are in any of the ranges, which must not overlap.
    pub async fn audit_facts(&self, ranges: &[RangeInclusive<BookingId>]) -> Result<Vec<HoldFacts>, Failure> {
        let (from, to): (Vec<Uuid>, Vec<Uuid>) =
            ranges.iter().map(|range| (range.start().uuid(), range.end().uuid())).unzip();
        // The seats are looked up in the list of results, so that it happens for these holds only, whatever is planned.
        let rows = sqlx::query!(
            r#"SELECT hold.id, hold.booking_id AS "booking_id!", hold.showtime_id, hold.state, hold.created_at, hold.ended_at,
                 ARRAY(SELECT claim.seat FROM unnest(hold.seats) AS wanted (seat)
                       JOIN seating.claims AS claim ON claim.showtime_id = hold.showtime_id AND claim.seat = wanted.seat
                       WHERE claim.hold_id = hold.id AND claim.epoch = hold.epoch) AS "owned!",
                 ARRAY(SELECT claim.seat FROM unnest(hold.seats) AS wanted (seat)
                       JOIN seating.claims AS claim ON claim.showtime_id = hold.showtime_id AND claim.seat = wanted.seat
                       WHERE claim.hold_id = hold.id AND claim.epoch = hold.epoch AND claim.expires_at IS NULL) AS "sold!"
               FROM unnest($1::uuid[], $2::uuid[]) AS range (first, last)
               JOIN seating.holds AS hold ON hold.booking_id BETWEEN range.first AND range.last AND hold.booking_id IS NOT NULL"#,
            &from,
            &to,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let facts = rows.map(|row| HoldFacts {
            id: row.id.into(),
            booking: row.booking_id.into(),
            showtime: row.showtime_id.into(),
            state: row.state,
            claims: row.owned.into_iter().map(|seat| ClaimFacts { is_sold: row.sold.contains(&seat), seat }).collect(),
            created_at: row.created_at,
            ended_at: row.ended_at,
        });
        Ok(facts.collect())
    }

    /// The claims that no hold can explain, of the whole schema. A seat whose time is over is explained by the clock, yet
    /// its hold must still be what the claim says.
    pub async fn audit_stray_claims(&self) -> Result<Vec<StrayClaim>, Failure> {
        let rows = sqlx::query!(
            r#"SELECT showtime_id AS "showtime_id!", seat AS "seat!", hold_id AS "hold_id!", booking_id, reason AS "reason!"
               FROM (
                 SELECT claim.showtime_id, claim.seat, claim.hold_id, hold.booking_id,
                   CASE
                     WHEN hold.id IS NULL THEN 'claimed by a hold that does not exist'
                     WHEN hold.showtime_id <> claim.showtime_id THEN 'claimed by a hold of another showtime'
                     WHEN claim.seat <> ALL (hold.seats) THEN 'claimed by a hold of other seats'
                     WHEN hold.epoch <> claim.epoch THEN 'claimed under another epoch than its hold has'
                     WHEN claim.expires_at IS NULL AND hold.booking_id IS NULL THEN 'sold without a booking'
                     WHEN claim.expires_at IS NULL AND hold.state <> 'sold' THEN 'sold, and its hold is ' || hold.state
                     WHEN hold.state = 'released' THEN 'claimed by a hold that was released'
                   END AS reason
                 FROM seating.claims AS claim LEFT JOIN seating.holds AS hold ON hold.id = claim.hold_id
               ) AS claims
               WHERE reason IS NOT NULL ORDER BY showtime_id, seat"#,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let strays = rows.map(|row| StrayClaim {
            showtime: row.showtime_id.into(),
            seat: row.seat,
            hold: row.hold_id.into(),
            booking: row.booking_id.map(BookingId::from),
            reason: row.reason,
        });
        Ok(strays.collect())
    }
}
