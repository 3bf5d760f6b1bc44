//! What others hear of payments: `payment.completed`, `payment.failed`, `refund.completed`, `refund.failed`.
//!
//! The subject is the booking, because that is what consumers know. To add an event, add a function.

use serde_json::json;
use usher_core::ambient::Ambient;
use usher_database::outbox::{Message, event};

use crate::{
    payment::{Payment, Status},
    refund::{Refund, RefundStatus},
};

/// The event that a payment's new status is, if it is one: that nothing was ever charged is no news.
pub(crate) fn of_payment(ambient: &dyn Ambient, payment: &Payment) -> Option<Message> {
    let (topic, code) = match &payment.status {
        Status::Captured { .. } => ("payment.completed", None),
        Status::Declined { code } => ("payment.failed", Some(code)),
        Status::Open | Status::Unknown | Status::Authorised { .. } | Status::Void => return None,
    };
    let data = json!({ "payment_id": payment.id, "amount": payment.amount, "code": code });
    Some(event(ambient, topic, &payment.booking.to_string(), data))
}

/// The event that a refund's new status is, if it is one.
pub(crate) fn of_refund(ambient: &dyn Ambient, payment: &Payment, refund: &Refund) -> Option<Message> {
    let (topic, code) = match &refund.status {
        RefundStatus::Succeeded { .. } => ("refund.completed", None),
        RefundStatus::Failed { code } => ("refund.failed", Some(code)),
        RefundStatus::Pending => return None,
    };
    let data = json!({ "refund_id": refund.id, "payment_id": payment.id, "amount": refund.amount, "code": code });
    Some(event(ambient, topic, &payment.booking.to_string(), data))
}
