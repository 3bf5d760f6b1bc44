//! The data of the saga that cancels a showtime.

use serde::{Deserialize, Serialize};
use usher_core::ids::{BookingId, ShowtimeId, UserId};

/// The input of the saga, and with the optional part the input of its step. It does not grow with the bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepData {
    /// The showtime.
    pub showtime_id: ShowtimeId,
    /// Who called it off.
    pub requested_by: UserId,
    /// How many bookings are cancelled at a time.
    pub page: u32,
    /// How many seconds lie between two pages.
    pub pause_seconds: u32,
    /// The trace of the request that called it off (W3C `traceparent`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Added by sweep-bookings: how far it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Swept>,
}

/// The output of sweep-bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// The last booking of the page; none once all were asked to be cancelled.
    pub cursor: Option<BookingId>,
    /// How often was looked since then whether all are.
    #[serde(default)]
    pub looks: u32,
    /// How many bookings still have seats; the sweep ends at 0.
    pub left: i64,
    /// How many seconds to wait before the next page.
    pub pause_seconds: u32,
}
