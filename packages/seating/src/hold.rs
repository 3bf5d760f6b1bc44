//! A hold, and what can be wrong with a write to it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    seat::SeatName,
};

/// Seats kept for somebody until a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// Its fence.
    pub epoch: i64,
    /// For which showtime.
    pub showtime_id: ShowtimeId,
    /// Whose it is.
    pub user_id: UserId,
    /// The booking that took it over.
    pub booking_id: Option<BookingId>,
    /// Which seats.
    pub seats: Vec<SeatName>,
    /// Until when.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Whether the one extension was used.
    pub extended: bool,
}

/// A write that came too late: the hold is not what the writer thinks it is, and nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Fenced {
    /// The seats are somebody else's, or the epoch is an old one.
    #[error("the hold is no longer the owner of its seats")]
    Lost,
    /// The hold's time is over.
    #[error("the hold expired")]
    Expired,
    /// The one extension was used, or the ceiling is reached.
    #[error("the hold cannot be extended again")]
    NotExtendable,
    /// No such hold, or not this customer's.
    #[error("there is no such hold")]
    Unknown,
}

/// A row of `seating.holds`.
pub(crate) struct Row {
    pub id: uuid::Uuid,
    pub epoch: i64,
    pub showtime_id: uuid::Uuid,
    pub user_id: uuid::Uuid,
    pub booking_id: Option<uuid::Uuid>,
    pub seats: Vec<String>,
    pub expires_at: OffsetDateTime,
    pub extended: bool,
}

impl From<Row> for Hold {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            epoch: row.epoch,
            showtime_id: row.showtime_id.into(),
            user_id: row.user_id.into(),
            booking_id: row.booking_id.map(Into::into),
            seats: row.seats.iter().filter_map(|seat| seat.parse().ok()).collect(),
            expires_at: row.expires_at,
            extended: row.extended,
        }
    }
}
