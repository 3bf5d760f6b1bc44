//! One row that should not be as it is.

use serde::Serialize;
use usher_core::ids::{BookingId, ShowtimeId};

use crate::Invariant;

/// A broken invariant, with the exact row: what there should be, and what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which promise is broken.
    pub invariant: Invariant,
    /// The booking, where there is one to name.
    pub booking: Option<BookingId>,
    /// The showtime, where it is about a seat.
    pub showtime: Option<ShowtimeId>,
    /// The seat, as it is stored.
    pub seat: Option<String>,
    /// What there should be.
    pub expected: String,
    /// What there is.
    pub found: String,
}

impl Finding {
    pub(crate) fn new(invariant: Invariant, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { invariant, booking: None, showtime: None, seat: None, expected: expected.into(), found: found.into() }
    }

    pub(crate) fn of(self, booking: impl Into<Option<BookingId>>) -> Self {
        Self { booking: booking.into(), ..self }
    }

    pub(crate) fn at(self, showtime: ShowtimeId, seat: &str) -> Self {
        Self { showtime: Some(showtime), seat: Some(seat.to_owned()), ..self }
    }
}
