//! A booking and its states. Only this file says what a booking may become.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, HoldId, PartialCancellationId, ShowtimeId, UserId},
    money::Money,
    seat::SeatName,
};

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Written down; nothing has happened yet.
    Requested,
    /// The seats are held.
    Reserved,
    /// The money is there.
    Paid,
    /// The tickets are issued.
    Confirmed,
    /// Went back: no seat, no charge, no ticket.
    Rejected,
    /// The customer wants out; seats and money are on their way back.
    Cancelling,
    /// Went back because the customer wanted it.
    Cancelled,
}

/// What a booking may become. `bookings.may_become` in the database is the same list.
pub const TRANSITIONS: [(Status, Status); 11] = {
    use Status::{Cancelled, Cancelling, Confirmed, Paid, Rejected, Requested, Reserved};
    [
        (Requested, Reserved),
        (Reserved, Paid),
        (Paid, Confirmed),
        (Requested, Rejected),
        (Reserved, Rejected),
        (Paid, Rejected),
        (Requested, Cancelling),
        (Reserved, Cancelling),
        (Paid, Cancelling),
        (Confirmed, Cancelling),
        (Cancelling, Cancelled),
    ]
};

impl Status {
    /// All states, in the order of a booking's life.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Reserved,
        Self::Paid,
        Self::Confirmed,
        Self::Rejected,
        Self::Cancelling,
        Self::Cancelled,
    ];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Reserved => "reserved",
            Self::Paid => "paid",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a booking in this state may take the other.
    pub fn may_become(self, after: Self) -> bool {
        TRANSITIONS.contains(&(self, after))
    }

    /// Whether the saga has nothing left to do. A confirmed booking can still be cancelled, by another saga.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Rejected | Self::Cancelled)
    }

    /// How far forward the saga has come; states of the way back have no rank.
    pub(crate) const fn rank(self) -> Option<u8> {
        match self {
            Self::Requested => Some(0),
            Self::Reserved => Some(1),
            Self::Paid => Some(2),
            Self::Confirmed => Some(3),
            Self::Rejected | Self::Cancelling | Self::Cancelled => None,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state of a booking")]
pub struct UnknownStatus(String);

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// One booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its id, and the name of its execution.
    pub id: BookingId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub showtime_id: ShowtimeId,
    /// The seats with their prices, fixed at the request.
    pub seats: Vec<(SeatName, Money)>,
    /// Their sum.
    pub total: Money,
    /// The provider's name for a way of paying.
    pub payment_method: String,
    /// The hold that the customer had before.
    pub hold_id: Option<HoldId>,
    /// Where it stands.
    pub status: Status,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Which seats somebody else had, when that was the reason.
    pub taken_seats: Vec<SeatName>,
    /// Seats that were given back while others stayed.
    pub cancelled_seats: Vec<SeatName>,
    /// What was not given back for cancelled seats.
    pub kept: Money,
    /// The partial cancellation that is at work.
    pub parting: Option<PartialCancellationId>,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// When it last moved.
    pub updated_at: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_an_end() {
        for status in Status::ALL {
            assert!(!Status::Rejected.may_become(status));
            assert!(!Status::Cancelled.may_become(status));
            assert!(!status.may_become(status));
        }
    }

    #[test]
    fn states_read_back_from_their_text() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert!("CONFIRMED".parse::<Status>().is_err());
    }
}
