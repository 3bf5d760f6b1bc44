//! What there is to say to a customer, as facts; the words are in `templates/`.
//!
//! A notice carries what the words need and nothing else: no address, no name, nothing of a card. To add one, add a
//! variant here, a template, and its line in [`text`](crate::text).

use time::OffsetDateTime;
use usher_core::{money::Money, seat::SeatName};

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The tickets are durable and paid for.
    BookingConfirmed {
        /// Title of the film.
        movie: String,
        /// Name of the house.
        theater: String,
        /// Name of the room.
        screen: String,
        /// When it begins. Told in the offset it carries, so give it in the theater's.
        starts_at: OffsetDateTime,
        /// The seats.
        seats: Vec<SeatName>,
        /// What was paid.
        total: Money,
        /// How many tickets there are.
        tickets: u32,
    },
    /// No seat was sold and no money kept.
    BookingRejected {
        /// Title of the film.
        movie: String,
        /// The seats that were asked for.
        seats: Vec<SeatName>,
        /// Why.
        reason: Rejection,
        /// Whether money was taken and could not be sent back: it is still owed.
        is_owed: bool,
    },
    /// A confirmed booking is no more.
    BookingCancelled {
        /// Title of the film.
        movie: String,
        /// The seats that were given back.
        seats: Vec<SeatName>,
        /// Whether other seats of the booking stay.
        is_part: bool,
        /// Whether the house called the showtime off.
        by_house: bool,
        /// What became of the money.
        money: MoneyBack,
    },
    /// Where a refund stands.
    Refund {
        /// Title of the film.
        movie: String,
        /// How much it is about.
        amount: Money,
        /// What there is to say.
        news: RefundNews,
    },
}

/// What became of the money of a cancelled booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyBack {
    /// Nothing is given back.
    Nothing,
    /// The provider made the refund.
    Sent(Money),
    /// The provider has it, and has not decided: nothing is refunded so far.
    Pending(Money),
    /// The provider refused. The money is still owed.
    Failed,
}

/// Where a refund stands, as the customer hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the state that it is named after")]
pub enum RefundNews {
    Pending,
    RequiresAction,
    Succeeded,
    Failed,
    Cancelled,
    Reversed,
}

impl Notice {
    /// The name of its template, and how messages of this kind are found.
    pub const fn template(&self) -> &'static str {
        match self {
            Self::BookingConfirmed { .. } => "booking-confirmed",
            Self::BookingRejected { .. } => "booking-rejected",
            Self::BookingCancelled { .. } => "booking-cancelled",
            Self::Refund { news: RefundNews::Pending, .. } => "refund-pending",
            Self::Refund { news: RefundNews::RequiresAction, .. } => "refund-requires-action",
            Self::Refund { news: RefundNews::Succeeded, .. } => "refund-succeeded",
            Self::Refund { news: RefundNews::Failed, .. } => "refund-failed",
            Self::Refund { news: RefundNews::Cancelled, .. } => "refund-cancelled",
            Self::Refund { news: RefundNews::Reversed, .. } => "refund-reversed",
        }
    }
}

/// Why a booking came to nothing, as far as it helps the customer to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Somebody else was quicker.
    SeatUnavailable,
    /// The seats were not paid for in time.
    HoldExpired,
    /// The payment arrived when the seats had gone to somebody else; it goes back.
    PaidTooLate,
    /// The bank said no.
    PaymentDeclined,
    /// The customer changed their mind on the way.
    BookingCancelled,
    /// The house called the showtime off.
    ShowtimeCancelled,
    /// Anything else: our side, and nothing the customer did.
    Unforeseen,
}

impl Rejection {
    /// From the error name that the saga ended with.
    pub fn of_error(name: &str) -> Self {
        match name {
            "SeatUnavailable" => Self::SeatUnavailable,
            "HoldExpired" => Self::HoldExpired,
            "PaymentDeclined" => Self::PaymentDeclined,
            "BookingCancelled" => Self::BookingCancelled,
            "ShowtimeCancelled" => Self::ShowtimeCancelled,
            _ => Self::Unforeseen,
        }
    }

    /// What the customer reads: what happened, whose turn it is, and no blame.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::SeatUnavailable => {
                "Somebody else was a moment quicker. Other seats may still be free; please have a look."
            }
            Self::HoldExpired => {
                "The time for which we could keep the seats ran out before the payment was done. You are welcome to try again."
            }
            Self::PaidTooLate => {
                "Your payment arrived when the seats had already gone to somebody else. We have given it back in full; your bank may need a few days to show it."
            }
            Self::PaymentDeclined => {
                "Your bank did not accept the payment; it did not tell us why. You are welcome to try again, or with another way to pay."
            }
            Self::BookingCancelled => "You cancelled it before it was complete.",
            Self::ShowtimeCancelled => "The theater has called this showtime off. We are sorry.",
            Self::Unforeseen => {
                "Something went wrong on our side. It was nothing you did, and you are welcome to try again."
            }
        }
    }
}
