//! The point of no return, as the step charge-payment calls it.
//!
//! Open, ask, settle: a transaction, a call with no transaction open, a transaction. The first attempt asks straight away.
//! An attempt that finds the payment of an earlier one looks up first, because that one may have been heard. After an
//! unclear answer we look up at once; if that does not tell either, the payment is unknown, and the next attempt begins
//! with a look-up. "Not found" after a lost answer is no proof either, yet asking again with the same reference is safe.

use serde::{Deserialize, Serialize};
use usher_core::{
    ids::{BookingId, PaymentId},
    money::Money,
};
use usher_database::Failure;

use crate::{
    Payments,
    open::{Open, Opened},
    payment::Status,
    provider::{CANCELLED, ChargeRecord, ProviderFailure},
    reference,
    settle::{Outcome, Settle, Settled},
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
        let attempt = Attempt { payments: self, reference: reference::charge(&request.execution), request };
        let opened = attempt.open().await?;
        Ok(Begun { attempt, opened })
    }
}

/// A charge that may be asked for now.
pub struct Begun<'a> {
    attempt: Attempt<'a>,
    opened: Opened,
}

impl Begun<'_> {
    /// The second half: asks the provider, and makes the answer durable.
    pub async fn finish(self) -> Result<Charged, ChargeError> {
        let Self { attempt, opened } = self;
        match opened {
            Opened::Fresh(_) => attempt.ask().await,
            Opened::Found(payment) if payment.amount != attempt.request.amount => {
                Err(refused(format!("{} was asked under {} before", payment.amount, payment.reference)))
            }
            Opened::Found(payment) if payment.status.is_settled() => {
                attempt.answer(Settled { payment: payment.id, status: payment.status })
            }
            Opened::Found(_) => attempt.look_up_and_ask().await,
            Opened::Elsewhere => Err(refused("another execution asked this booking to pay".to_owned())),
        }
    }
}

struct Attempt<'a> {
    payments: &'a Payments,
    request: ChargeRequest,
    reference: String,
}

impl Attempt<'_> {
    async fn open(&self) -> Result<Opened, Failure> {
        let ChargeRequest { booking, amount, ref method, .. } = self.request;
        self.payments.open(Open { booking, reference: self.reference.clone(), amount, method: method.clone() }).await
    }

    /// For an attempt that is not the first.
    async fn look_up_and_ask(&self) -> Result<Charged, ChargeError> {
        match self.payments.provider.look_up(&self.reference).await {
            Ok(Some(record)) => self.conclude(&record).await,
            Ok(None) => self.ask().await,
            Err(failure) => self.unknown(failure.to_string()).await,
        }
    }

    async fn ask(&self) -> Result<Charged, ChargeError> {
        match self.payments.provider.charge(&self.reference, self.request.amount, &self.request.method).await {
            Ok(answer) => self.settle(answer.into()).await,
            Err(ProviderFailure::Rejected(reason)) => Err(refused(reason)),
            Err(ProviderFailure::Unclear(reason)) => self.look_up_once(reason).await,
        }
    }

    /// After an unclear answer, of which `reason` says what was seen.
    async fn look_up_once(&self, reason: String) -> Result<Charged, ChargeError> {
        match self.payments.provider.look_up(&self.reference).await {
            Ok(Some(record)) => self.conclude(&record).await,
            Ok(None) => self.unknown(format!("{reason}; no charge has arrived so far")).await,
            Err(failure) => self.unknown(format!("{reason}; looking it up: {failure}")).await,
        }
    }

    async fn conclude(&self, record: &ChargeRecord) -> Result<Charged, ChargeError> {
        if let Some(amount) = record.amount
            && amount != self.request.amount
        {
            return Err(refused(format!("the provider has a charge of {amount} under {}", self.reference)));
        }
        match Outcome::of(record) {
            Some(outcome) => self.settle(outcome).await,
            None => self.unknown("the provider has not decided yet".to_owned()).await,
        }
    }

    async fn settle(&self, outcome: Outcome) -> Result<Charged, ChargeError> {
        let settle = Settle { reference: self.reference.clone(), outcome };
        self.answer(self.payments.settle(&self.request.key, settle).await?)
    }

    async fn unknown(&self, reason: String) -> Result<Charged, ChargeError> {
        self.payments.mark_unknown(&self.reference).await?;
        Err(ChargeError::Unknown { reason })
    }

    fn answer(&self, settled: Settled) -> Result<Charged, ChargeError> {
        match settled.status {
            Status::Captured { provider_id } => {
                Ok(Charged { payment: settled.payment, provider_id, amount: self.request.amount })
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
