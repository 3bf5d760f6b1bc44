//! Refunds: asked for of a payment, approved by a second person, followed, and paid out another way when they fail.

pub(crate) mod approve;
pub(crate) mod cancel;
pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod payout;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, PaymentId, RefundId, UserId},
    problem::Kind,
};
use usher_database::idempotency::Answer;
use usher_payments::{
    Refund, customer_text,
    refund::{Action, Decided, RefundStatus},
};
use utoipa::ToSchema;

use crate::{money::Money, problem::Problem, routes::payments::get::Message};

/// Money on its way back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
pub(crate) struct RefundView {
    #[schema(value_type = String, example = "rfd_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: RefundId,
    #[schema(value_type = String)]
    payment_id: PaymentId,
    #[schema(value_type = String)]
    booking_id: BookingId,
    amount: Money,
    /// `undo`, `cancellation`, `goodwill`, or `by_hand`: made at the provider, past us.
    purpose: &'static str,
    /// Why, in the words of whoever asked.
    reason: String,
    /// Only `succeeded` means that the money is on its way to the customer.
    #[schema(pattern = "^(pending|requires_action|succeeded|failed|cancelled|reversed)$", example = "succeeded")]
    status: &'static str,
    /// Whom it waits for: `approval` of a second person, or the `customer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    /// Why it failed or came back, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    message: Message,
    /// Who asked; null when a cancellation did.
    #[schema(value_type = Option<String>)]
    requested_by: Option<UserId>,
    /// The second person.
    #[schema(value_type = Option<String>)]
    decided_by: Option<UserId>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    settled_at: Option<OffsetDateTime>,
}

impl From<&Refund> for RefundView {
    fn from(refund: &Refund) -> Self {
        let action = match refund.status {
            RefundStatus::RequiresAction { action: Action::Approval } => Some("approval"),
            RefundStatus::RequiresAction { action: Action::Customer } => Some("customer"),
            _ => None,
        };
        let code = match &refund.status {
            RefundStatus::Failed { code } | RefundStatus::Reversed { code, .. } => Some(code.clone()),
            _ => None,
        };
        Self {
            id: refund.id,
            payment_id: refund.payment,
            booking_id: refund.booking,
            amount: refund.amount.into(),
            purpose: refund.purpose.as_str(),
            reason: refund.reason.clone(),
            status: refund.status.standing().as_str(),
            action,
            code,
            message: customer_text::of_refund(&refund.status).into(),
            requested_by: refund.requested_by,
            decided_by: refund.decided_by,
            created_at: refund.opened_at,
            settled_at: refund.settled_at,
        }
    }
}

/// What became of a decision, as an answer; `too_late` says why it cannot be decided any more.
fn decided(decided: Decided, too_late: &str) -> Result<(Refund, Answer), Problem> {
    match decided {
        Decided::Done(refund) => answer(200, &refund).map(|answer| (refund, answer)),
        Decided::SamePerson => {
            Err(Problem::new(Kind::Forbidden, "You asked for this refund; somebody else has to approve it."))
        }
        Decided::NotWaiting(refund) => {
            let standing = refund.status.standing().as_str();
            Err(Problem::new(Kind::Conflict, too_late).with("refund_status", standing))
        }
        Decided::NotFound => Err(Problem::not_found("refund")),
    }
}

/// The refund as an answer that is stored for repetitions.
fn answer(status: i16, refund: &Refund) -> Result<Answer, Problem> {
    let body = serde_json::to_value(RefundView::from(refund))
        .map_err(|error| Problem::new(Kind::Internal, "The refund could not be shown.").because(error))?;
    Ok(Answer { status, body })
}
