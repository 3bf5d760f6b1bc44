//! What others hear of payments: `payment.completed`, `payment.failed`, `refund.completed`, `refund.failed`,
//! `refund.reversed`, `refund.cancelled`.
//!
//! The subject is the booking, because that is what consumers know. To add an event, declare it, list it in [`ALL`], say in a
//! function when it is one, and run `make generate`.

use serde_json::json;
use usher_core::ambient::Ambient;
use usher_database::{
    event::{EventType, Field, Shape, field},
    outbox::Message,
};

use crate::{
    payment::{Payment, Status},
    refund::{Refund, RefundStatus},
};

/// Every event of this context.
pub const ALL: &[EventType] = &[COMPLETED, FAILED, REFUNDED, REFUND_FAILED, REFUND_REVERSED, REFUND_CANCELLED];

const COMPLETED: EventType =
    EventType { name: "payment.completed", version: 1, about: "The provider has the money.", data: PAYMENT };

const FAILED: EventType =
    EventType { name: "payment.failed", version: 1, about: "The provider declined; `code` says why.", data: PAYMENT };

const REFUNDED: EventType =
    EventType { name: "refund.completed", version: 1, about: "The money is on its way back.", data: REFUND };

const REFUND_FAILED: EventType = EventType {
    name: "refund.failed",
    version: 1,
    about: "The provider will not give the money back; `code` says why.",
    data: REFUND,
};

const REFUND_REVERSED: EventType = EventType {
    name: "refund.reversed",
    version: 1,
    about: "The money was given back and returned to us; `code` says why.",
    data: REFUND,
};

const REFUND_CANCELLED: EventType = EventType {
    name: "refund.cancelled",
    version: 1,
    about: "A refund was called off before any money moved.",
    data: REFUND,
};

const PAYMENT: &[Field] = &[
    field("payment_id", Shape::Id("pay")),
    field("amount", Shape::Money),
    field("code", Shape::Nullable(&Shape::Text)),
];

const REFUND: &[Field] = &[
    field("refund_id", Shape::Id("rfd")),
    field("payment_id", Shape::Id("pay")),
    field("amount", Shape::Money),
    field("code", Shape::Nullable(&Shape::Text)),
];

/// The event that a payment's new status is, if it is one: that nothing was ever charged is no news.
pub(crate) fn of_payment(ambient: &dyn Ambient, payment: &Payment) -> Option<Message> {
    let (event, code) = match &payment.status {
        Status::Captured { .. } => (COMPLETED, None),
        Status::Declined { code } => (FAILED, Some(code)),
        Status::Open | Status::Unknown | Status::Authorised { .. } | Status::Void => return None,
    };
    let data = json!({ "payment_id": payment.id, "amount": payment.amount, "code": code });
    Some(event.message(ambient, &payment.booking.to_string(), data))
}

/// The event that a refund's new status is, if it is one: that it was asked for is not yet news.
pub(crate) fn of_refund(ambient: &dyn Ambient, refund: &Refund) -> Option<Message> {
    let (event, code) = match &refund.status {
        RefundStatus::Succeeded { .. } => (REFUNDED, None),
        RefundStatus::Failed { code } => (REFUND_FAILED, Some(code)),
        RefundStatus::Reversed { code, .. } => (REFUND_REVERSED, Some(code)),
        RefundStatus::Cancelled => (REFUND_CANCELLED, None),
        RefundStatus::Pending | RefundStatus::RequiresAction { .. } => return None,
    };
    let data = json!({ "refund_id": refund.id, "payment_id": refund.payment, "amount": refund.amount, "code": code });
    Some(event.message(ambient, &refund.booking.to_string(), data))
}
