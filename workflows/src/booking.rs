//! The data of the booking and the cancellation saga: their input, and what each step adds to it.
//!
//! Only ids, amounts and seat names travel. Names, addresses and card data stay with the contexts that own them.

use serde::{Deserialize, Serialize};
use usher_core::{
    ids::{BookingId, HoldId, PaymentId, ShowtimeId, UserId},
    money::Money,
    seat::SeatName,
};

/// One seat and what it cost when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedSeat {
    /// The seat.
    pub seat: SeatName,
    /// Its price, fixed at the request.
    pub price: Money,
}

/// The input of both sagas, and with the optional parts the input of each of their steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SagaData {
    /// The booking.
    pub booking_id: BookingId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub showtime_id: ShowtimeId,
    /// Where they will sit.
    pub seats: Vec<PricedSeat>,
    /// The sum of the seats' prices.
    pub total: Money,
    /// The provider's name for a way of paying.
    pub payment_method: String,
    /// Seats that the customer already held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
    /// The trace of the request that began it (W3C `traceparent`). Whatever it looks like, it stops no saga.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Added by reserve-seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Held>,
    /// Added by charge-payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Charged>,
    /// Added by refund-payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Refunded>,
    /// Added by release-seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// Added by the state that turned the saga round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// The output of reserve-seats: the claim and its fence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The hold.
    pub hold_id: HoldId,
    /// Every later write to these seats has to state it.
    pub epoch: i64,
}

/// The output of charge-payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charged {
    /// The payment.
    pub payment_id: PaymentId,
}

/// The output of issue-tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// How many tickets are valid.
    pub tickets: usize,
}

/// The output of refund-payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// What was given back; zero when nothing had been taken.
    pub amount: Money,
}

/// The output of release-seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// `rejected` or `cancelled`.
    pub outcome: String,
}

/// What a Catch puts into the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error's name.
    #[serde(rename = "Error")]
    pub error: Option<String>,
    /// What happened.
    #[serde(rename = "Cause")]
    pub cause: Option<String>,
}
