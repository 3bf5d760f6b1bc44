//! The point of no return, as the step charge-payment calls it.
//!
//! Open, ask, settle: a transaction, a call with no transaction open, a transaction. The first attempt asks straight away.
//! An attempt that finds the payment of an earlier one looks up first, because that one may have been heard. After an
//! unclear answer we look up at once; if that does not tell either, the payment is unknown, and the next attempt begins
//! with a look-up. "Not found" after a lost answer is no proof either, yet asking again with the same reference is safe.
//! Each call is an [`attempt`](crate::attempt) on record.
//!
//! What the saga was told once, it is told for ever: a charge that the provider captured after it had declined is no
//! reason to go forward for a saga that has gone back.

use serde::{Deserialize, Serialize};
use usher_core::{
    ids::{BookingId, PaymentId},
    money::Money,
};
use usher_database::Failure;
use usher_telemetry::trace;

use crate::{
    Payments,
    attempt::{Asking, Call, Heard},
    capture::CaptureAt,
    open::{Open, Opened},
    payment::Status,
    provider::{CANCELLED, ChargeRecord, ChargeState, ProviderFailure},
    reference,
    settle::{Outcome, Settle},
};

/// What to charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    /// What it pays for.
    pub booking: BookingId,
    /// The name of the execution; the charge's reference is made of it.
    pub execution: String,
    /// Execution and step, under which the inbox remembers the outcome.
    pub key: String,
    /// How much.
    pub amount: Money,
    /// The provider's token for the means of payment.
    pub method: String,
}

/// The customer has paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charged {
    /// The payment.
    pub payment: PaymentId,
    /// The provider's own name for the charge.
    pub provider_id: String,
    /// How much.
    pub amount: Money,
}

/// The customer has not paid, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum ChargeError {
    /// The provider said no, for good. The code is [`CANCELLED`] when the charge was undone before it arrived.
    #[error("the payment was declined: {code}")]
    Declined {
        /// Why, in the provider's words.
        code: String,
    },
    /// The customer has to prove who they are first. The step is answered once they did, or ran out of time.
    #[error("the payment waits for the customer")]
    Challenged {
        /// The payment.
        payment: PaymentId,
        /// Where they do it.
        url: String,
    },
    /// The provider did not answer, and nor did it tell when asked again. Neither success nor failure may be assumed; a
    /// further attempt with the same request finds out.
    #[error("the outcome of the payment is unknown: {reason}")]
    Unknown {
        /// What was seen instead of an answer.
        reason: String,
    },
    /// The request contradicts what is on record or what the provider accepts. It was not charged by this call and never
    /// will be, however often it is repeated: go back, and tell a person.
    #[error("the payment cannot be asked for: {reason}")]
    Refused {
        /// The contradiction.
        reason: String,
    },
    /// The database did not answer. The charge may have been made; a further attempt finds it.
    #[error("the payment could not be recorded")]
    Transient(#[from] Failure),
}

impl Payments {
    /// Charges the customer once, however often it is called for one execution.
    pub async fn charge(&self, request: ChargeRequest) -> Result<Charged, ChargeError> {
        self.begin_charge(request).await?.finish().await
    }

    /// The first half of a charge: makes durable that it is about to be asked for. Nothing has been asked yet, and if
    /// nothing ever is, the undo finds nothing.
    pub async fn begin_charge(&self, request: ChargeRequest) -> Result<Begun<'_>, ChargeError> {
        if request.amount.amount <= 0 {
            return Err(refused(format!("{} is not an amount to charge", request.amount)));
        }
        let charge = Charge { payments: self, reference: reference::charge(&request.execution), request };
        let opened = charge.open().await?;
        Ok(Begun { charge, opened })
    }
}

/// A charge that may be asked for now.
pub struct Begun<'a> {
    charge: Charge<'a>,
    opened: Opened,
}

impl Begun<'_> {
    /// The second half: asks the provider, and makes the answer durable.
    pub async fn finish(self) -> Result<Charged, ChargeError> {
        let Self { charge, opened } = self;
        match opened {
            Opened::Fresh(payment) => charge.ask(Asking::first(payment)).await,
            Opened::Found(payment) if payment.amount != charge.request.amount => {
                Err(refused(format!("{} was asked under {} before", payment.amount, payment.reference)))
            }
            Opened::Found(payment) if payment.status.is_settled() => {
                let told = charge.payments.told(&payment).await?;
                charge.answer(payment.id, told)
            }
            Opened::Found(payment) => charge.look_up_and_ask(payment.id).await,
            Opened::Elsewhere => Err(refused("another execution asked this booking to pay".to_owned())),
        }
    }
}

struct Charge<'a> {
    payments: &'a Payments,
    request: ChargeRequest,
    reference: String,
}

impl Charge<'_> {
    const fn call(&self) -> Call {
        match self.payments.capture_at {
            CaptureAt::Charge => Call::Charge,
            CaptureAt::Issue => Call::Authorise,
        }
    }

    async fn open(&self) -> Result<Opened, Failure> {
        let ChargeRequest { booking, amount, ref method, .. } = self.request;
        let (reference, method) = (self.reference.clone(), method.clone());
        let (call, trace) = (Some(self.call()), trace::current());
        self.payments.open(Open { booking, reference, amount, method, call, trace }).await
    }

    /// For an attempt that is not the first.
    async fn look_up_and_ask(&self, payment: PaymentId) -> Result<Charged, ChargeError> {
        let asking = self.payments.ask(payment, Call::LookUp).await?;
        match self.payments.provider.look_up(&self.reference).await {
            Ok(Some(record)) => self.conclude(asking, &record).await,
            Ok(None) => {
                self.payments.heard(asking, Heard::of(None)).await?;
                self.ask(self.payments.ask(payment, self.call()).await?).await
            }
            Err(failure) => self.unheard(asking, &failure, failure.to_string()).await,
        }
    }

    async fn ask(&self, asking: Asking) -> Result<Charged, ChargeError> {
        let ChargeRequest { amount, method, .. } = &self.request;
        let answer = match self.payments.capture_at {
            CaptureAt::Charge => self.payments.provider.charge(&self.reference, *amount, method).await,
            CaptureAt::Issue => self.payments.provider.authorise(&self.reference, *amount, method).await,
        };
        match answer.map(Outcome::of_answer) {
            Ok(Ok(outcome)) => self.settle(asking, outcome).await,
            Ok(Err(url)) => self.challenged(asking, url).await,
            Err(ProviderFailure::Rejected(reason)) => {
                self.payments.heard(asking, (Heard::Rejected, &reason)).await?;
                Err(refused(reason))
            }
            Err(ProviderFailure::Unclear(reason)) => {
                self.payments.heard(asking, (Heard::Unknown, &reason)).await?;
                self.look_up_once(asking.payment, reason).await
            }
        }
    }

    /// After an unclear answer, of which `reason` says what was seen.
    async fn look_up_once(&self, payment: PaymentId, reason: String) -> Result<Charged, ChargeError> {
        let asking = self.payments.ask(payment, Call::LookUp).await?;
        match self.payments.provider.look_up(&self.reference).await {
            Ok(Some(record)) => self.conclude(asking, &record).await,
            Ok(None) => {
                self.payments.heard(asking, Heard::of(None)).await?;
                self.unknown(format!("{reason}; no charge has arrived so far")).await
            }
            Err(failure) => self.unheard(asking, &failure, format!("{reason}; looking it up: {failure}")).await,
        }
    }

    async fn conclude(&self, asking: Asking, record: &ChargeRecord) -> Result<Charged, ChargeError> {
        if let Some(amount) = record.amount
            && amount != self.request.amount
        {
            self.payments.heard(asking, (Heard::Answered, "another amount")).await?;
            return Err(refused(format!("the provider has a charge of {amount} under {}", self.reference)));
        }
        match (Outcome::of(record), &record.state) {
            (Some(outcome), _) => self.settle(asking, outcome).await,
            (None, ChargeState::RequiresAction { url }) => self.challenged(asking, url.clone()).await,
            (None, _) => {
                self.payments.heard(asking, Heard::of(Some(record))).await?;
                self.unknown("the provider has not decided yet".to_owned()).await
            }
        }
    }

    async fn settle(&self, asking: Asking, outcome: Outcome) -> Result<Charged, ChargeError> {
        let (heard, detail) = outcome.heard();
        let detail = detail.to_owned();
        let settle = Settle { reference: self.reference.clone(), outcome, is_told: true, asking: Some(asking) };
        let settled = self.payments.settle(&self.request.key, settle).await?;
        if settled.attempt != Some(asking.id) {
            // Another attempt was quicker, and its answer is this one's; what this one heard is still on record.
            self.payments.heard(asking, (heard, &detail)).await?;
        }
        self.answer(settled.payment, settled.status)
    }

    async fn challenged(&self, asking: Asking, url: String) -> Result<Charged, ChargeError> {
        self.payments.heard(asking, (Heard::Answered, "requires_action")).await?;
        self.payments.mark_unknown(&self.reference).await?;
        Err(ChargeError::Challenged { payment: asking.payment, url })
    }

    async fn unheard(&self, asking: Asking, failure: &ProviderFailure, reason: String) -> Result<Charged, ChargeError> {
        self.payments.heard(asking, Heard::of_failure(failure)).await?;
        self.unknown(reason).await
    }

    async fn unknown(&self, reason: String) -> Result<Charged, ChargeError> {
        self.payments.mark_unknown(&self.reference).await?;
        Err(ChargeError::Unknown { reason })
    }

    fn answer(&self, payment: PaymentId, status: Status) -> Result<Charged, ChargeError> {
        match status {
            Status::Authorised { provider_id } | Status::Captured { provider_id } => {
                Ok(Charged { payment, provider_id, amount: self.request.amount })
            }
            Status::Declined { code } => Err(ChargeError::Declined { code }),
            Status::Void => Err(ChargeError::Declined { code: CANCELLED.to_owned() }),
            Status::Open | Status::Unknown => {
                Err(ChargeError::Unknown { reason: "the payment is not settled".to_owned() })
            }
        }
    }
}

const fn refused(reason: String) -> ChargeError {
    ChargeError::Refused { reason }
}
