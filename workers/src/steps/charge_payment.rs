//! Charges the customer: the point of no return. Undone by asking the provider what was charged, and giving it back.

use usher_bookings::{Status, progress::Advance};
use usher_core::money::Money;
use usher_payments::{ChargeError, ChargeRequest, RefundError, Undone};
use usher_workflows::{
    booking::{Charged, Refunded, SagaData},
    error::{Reason, StepError},
};

use super::reserve_seats::advance;
use crate::step::{Step, StepContext};

/// One charge under one reference, however often it is tried.
pub struct ChargePayment;

impl Step for ChargePayment {
    const NAME: &'static str = "charge-payment";
    type Output = Charged;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Charged, StepError> {
        let request = ChargeRequest {
            booking: data.booking_id,
            execution: cx.envelope.name.clone(),
            key: cx.effect(),
            amount: data.total,
            method: data.payment_method,
        };
        let reserved = advance(cx, Advance { id: data.booking_id, to: Status::Reserved });
        let (reserved, begun) = tokio::join!(reserved, cx.contexts.payments.begin_charge(request));
        reserved?;
        let charged = begun.map_err(refusal)?.finish().await.map_err(refusal)?;
        Ok(Charged { payment_id: charged.payment })
    }
}

fn refusal(error: ChargeError) -> StepError {
    match error {
        ChargeError::Declined { code } => StepError::Rejected(Reason::PaymentDeclined, code),
        ChargeError::Unknown { reason } => StepError::Unknown(reason),
        ChargeError::Refused { reason } => StepError::Rejected(Reason::InvalidRequest, reason),
        ChargeError::Transient(failure) => StepError::Transient(failure.to_string()),
    }
}

/// Whatever was taken goes back; where nothing was, nothing can be taken any more.
pub struct RefundPayment;

impl Step for RefundPayment {
    const NAME: &'static str = "refund-payment";
    type Output = Refunded;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Refunded, StepError> {
        let undone = cx.contexts.payments.refund(data.booking_id, &cx.effect()).await.map_err(|error| match error {
            RefundError::Unknown { reason } => StepError::Unknown(reason),
            RefundError::Refused { reason } => StepError::Rejected(Reason::InvalidRequest, reason),
            RefundError::Transient(failure) => StepError::Transient(failure.to_string()),
        })?;
        Ok(Refunded {
            amount: match undone {
                Undone::Refunded { amount } => amount,
                Undone::NothingCharged => Money::zero(data.total.currency),
            },
        })
    }
}
