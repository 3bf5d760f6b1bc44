//! Charges the customer: the point of no return. Undone by asking the provider what was charged, and giving it back.

use usher_bookings::{Status, progress::Advance};
use usher_core::money::Money;
use usher_payments::{ChargeError, ChargeRequest, RefundError, Undone, challenge::Parked};
use usher_workflows::{
    booking::{Charged, Refunded, SagaData},
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
