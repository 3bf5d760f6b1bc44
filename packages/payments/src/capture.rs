//! When the money is taken: at the charge, or once the tickets are issued.
//!
//! A provider that can keep money ready lets a failed booking cost a void, which is free and at once, and not a refund,
//! which costs a fee and takes days. The price is that the money can turn out to be gone when it is to be taken. Tickets
//! that are issued stay valid then: it is an incident, for a person, and never the customer's loss.

use std::str::FromStr;

use usher_core::ids::BookingId;
use usher_database::Failure;

use crate::{
    Payments,
    attempt::{Call, Heard},
    incident::{CAPTURE_FAILED, OpenIncident},
    payment::{Payment, Status},
    provider::{Answer, ChargeState, ProviderFailure},
    recognise::Recognised,
    settle::{Outcome, Settle},
};

/// When the customer's money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaptureAt {
    /// By the step that charges.
    #[default]
    Charge,
    /// Kept ready by the step that charges, taken by the one that issues the tickets.
    Issue,
}

impl FromStr for CaptureAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "charge" => Ok(Self::Charge),
            "issue" => Ok(Self::Issue),
            other => Err(format!("`{other}` is neither `charge` nor `issue`")),
        }
    }
}

/// What became of the money for tickets that are issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collected {
    /// It is revenue.
    Revenue,
    /// There was none to collect, or it went back.
    Nothing,
    /// It was kept ready and could not be taken. An incident is open.
    Failed,
}

/// Nobody knows whether the money was taken.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The provider did not answer. A further attempt finds out.
    #[error("the outcome of the capture is unknown: {0}")]
    Unknown(String),
    /// The database did not answer. A further attempt continues.
    #[error("the capture could not be recorded")]
    Transient(#[from] Failure),
}

impl Payments {
    /// Books the money of a booking as revenue, because its tickets are issued; takes it first where it was only kept
    /// ready. Again is harmless.
    pub async fn collect(&self, booking: BookingId) -> Result<Collected, CollectError> {
        if self.recognise(booking).await? == Recognised::Revenue {
            return Ok(Collected::Revenue);
        }
        let Some(payment) = self.by_booking(booking).await? else { return Ok(Collected::Nothing) };
        if !matches!(payment.status, Status::Authorised { .. }) {
            return Ok(Collected::Nothing);
        }
        if !self.capture(&payment).await? {
            return Ok(Collected::Failed);
        }
        Ok(match self.recognise(booking).await? {
            Recognised::Revenue => Collected::Revenue,
            Recognised::Nothing => Collected::Nothing,
        })
    }

    /// Takes what was authorised; false when it is not to be had.
    async fn capture(&self, payment: &Payment) -> Result<bool, CollectError> {
        let asking = self.ask(payment.id, Call::Capture).await?;
        match self.provider.capture(&payment.reference, payment.amount).await {
            Ok(Answer::Captured { id }) => {
                self.heard(asking, (Heard::Answered, "captured")).await?;
                self.captured(payment, id).await?;
                Ok(true)
            }
            Ok(Answer::Declined { code }) => {
                self.heard(asking, (Heard::Declined, &code)).await?;
                self.capture_failed(payment, code).await
            }
            Ok(Answer::Authorised { .. } | Answer::RequiresAction { .. }) => {
                self.heard(asking, (Heard::Unknown, "not captured")).await?;
                Err(CollectError::Unknown("the provider has not captured".to_owned()))
            }
            Err(failure) => {
                self.heard(asking, Heard::of_failure(&failure)).await?;
                self.look_up_capture(payment, failure).await
            }
        }
    }

    /// After an unclear answer.
    async fn look_up_capture(&self, payment: &Payment, failure: ProviderFailure) -> Result<bool, CollectError> {
        let ProviderFailure::Unclear(reason) = failure else {
            return self.capture_failed(payment, failure.to_string()).await;
        };
        let asking = self.ask(payment.id, Call::LookUp).await?;
        match self.provider.look_up(&payment.reference).await {
            Ok(record) => {
                self.heard(asking, Heard::of(record.as_ref())).await?;
                match record {
                    Some(record) if record.state == ChargeState::Captured => {
                        self.captured(payment, record.id).await?;
                        Ok(true)
                    }
                    _ => Err(CollectError::Unknown(reason)),
                }
            }
            Err(failure) => {
                self.heard(asking, Heard::of_failure(&failure)).await?;
                Err(CollectError::Unknown(format!("{reason}; looking it up: {failure}")))
            }
        }
    }

    async fn captured(&self, payment: &Payment, provider_id: String) -> Result<(), Failure> {
        let settle = Settle::told(payment.reference.clone(), Outcome::Captured { provider_id });
        self.settle(&format!("{}/captured", payment.reference), settle).await?;
        self.resolve_incident(CAPTURE_FAILED, &payment.reference, "captured at another attempt").await?;
        Ok(())
    }

    async fn capture_failed(&self, payment: &Payment, code: String) -> Result<bool, CollectError> {
        let incident = OpenIncident {
            kind: CAPTURE_FAILED,
            reference: payment.reference.clone(),
            payment: Some(payment.id),
            refund: None,
            detail: format!("{} was authorised and could not be captured: {code}", payment.amount),
            customer_text: crate::customer_text::CHECKED,
        };
        self.open_incident(incident).await?;
        Ok(false)
    }
}
