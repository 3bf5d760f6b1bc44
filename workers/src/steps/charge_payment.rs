//! Charges the customer: the point of no return. Undone by asking the provider what was charged, and giving it back.

use usher_bookings::{Status, progress::Advance};
use usher_core::money::Money;
use usher_payments::{
    ChargeError, ChargeRequest, Part, RefundError, Undone,
    challenge::Parked,
    refund::{Amount, Purpose},
};
use usher_workflows::{
    booking::{Charged, Refunded, SagaData, Terms},
    definitions::REFUND,
    error::{Reason, StepError},
};

use super::reserve_seats::advance;
use crate::step::{Parks, Step, StepContext, transient};

/// One charge under one reference, however often it is tried. Where the customer has to confirm it, the step waits without
/// a worker.
pub struct ChargePayment;

impl Parks for ChargePayment {
    const NAME: &'static str = "charge-payment";
    type Output = Charged;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Option<Charged>, StepError> {
        let request = ChargeRequest {
            booking: data.booking_id,
            execution: cx.envelope.name.clone(),
            key: cx.effect(),
            amount: data.total,
            method: data.payment_method,
        };
        let payments = &cx.contexts.payments;
        let reserved = advance(cx, Advance { id: data.booking_id, to: Status::Reserved });
        let (reserved, begun) = tokio::join!(reserved, payments.begin_charge(request.clone()));
        reserved?;
        match begun.map_err(refusal)?.finish().await {
            Err(ChargeError::Challenged { payment, url }) => {
                match payments.park(payment, &cx.envelope.task_token, &url).await.map_err(transient)? {
                    Parked::Waiting => Ok(None),
                    Parked::Settled => payments.charge(request).await.map(|paid| Some(charged(&paid))).map_err(refusal),
                }
            }
            answer => answer.map(|paid| Some(charged(&paid))).map_err(refusal),
        }
    }
}

fn charged(charged: &usher_payments::Charged) -> Charged {
    Charged { payment_id: charged.payment }
}

fn refusal(error: ChargeError) -> StepError {
    match error {
        ChargeError::Declined { code } => StepError::Rejected(Reason::PaymentDeclined, code),
        ChargeError::Challenged { .. } => StepError::Unknown("the payment waits for the customer".to_owned()),
        ChargeError::Unknown { reason } => StepError::Unknown(reason),
        ChargeError::Refused { reason } => StepError::Rejected(Reason::InvalidRequest, reason),
        ChargeError::Transient(failure) => StepError::Transient(failure.to_string()),
    }
}

/// Whatever was taken goes back, or what the terms of a cancellation say; where nothing was, nothing can be taken any more.
pub struct RefundPayment;

impl Step for RefundPayment {
    const NAME: &'static str = "refund-payment";
    type Input = SagaData;
    type Output = Refunded;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Refunded, StepError> {
        let (reference, amount, purpose) = match data.cancellation {
            None => (None, Amount::Rest, Purpose::Undo),
            // A part has a name of its own at the provider; a whole booking is given back under one, whoever does it.
            Some(Terms { part, refund, .. }) => {
                (part.map(|_| cx.effect()), Amount::AtMost(refund), Purpose::Cancellation)
            }
        };
        let part = Part { reference, amount, purpose, saga: Some(REFUND.name) };
        let nothing = Refunded { amount: Money::zero(data.total.currency), pending: false, owed: false };
        match cx.contexts.payments.refund_part(data.booking_id, &cx.effect(), &part).await {
            Ok(Undone::Refunded { amount }) => Ok(Refunded { amount, ..nothing }),
            Ok(Undone::Pending { amount, .. }) => Ok(Refunded { amount, pending: true, ..nothing }),
            Ok(Undone::NothingCharged) => Ok(nothing),
            // Trying again would not help, and the seats need not wait: the incident is somebody's work from here on.
            Err(RefundError::Failed { .. }) => Ok(Refunded { owed: true, ..nothing }),
            Err(error) => Err(failed(error)),
        }
    }
}

/// What the saga makes of a refund that was not made.
pub(super) fn failed(error: RefundError) -> StepError {
    match error {
        RefundError::Unknown { reason } => StepError::Unknown(reason),
        RefundError::Failed { code: reason } | RefundError::Refused { reason } => {
            StepError::Rejected(Reason::InvalidRequest, reason)
        }
        RefundError::Transient(failure) => StepError::Transient(failure.to_string()),
    }
}
