//! The way back, as the step refund-payment calls it: whatever stands at the provider under one reference, afterwards the
//! customer has their money.
//!
//! It asks what really happened and never what we believe happened. A charge is given back under one refund reference,
//! however often and by whomever. Where nothing was charged the reference is closed at the provider, so that a charge
//! which is still under way is refused when it arrives. Safe when the charge never ran, when this runs twice, and when
//! nobody knows. It touches only the reference that it is about.

use serde::{Deserialize, Serialize};
use usher_core::{
    ids::{BookingId, EventId, RefundId},
    money::Money,
};
use usher_database::{
    Failure,
    outbox::{self, Message},
};
use usher_telemetry::trace;

use crate::{
    Payments,
    attempt::{Call, Heard},
    open::{Open, Opened},
    payment::{Payment, Status},
    provider::{ChargeRecord, ChargeState, ProviderFailure},
    reference,
    refund::{self, Amount, OpenRefund, OpenedRefund, Purpose, Refund, RefundStatus},
    settle::{Outcome, Settle},
};

/// What the customer's account looks like now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "undone", rename_all = "snake_case")]
pub enum Undone {
    /// Nothing was charged, and nothing can be any more.
    NothingCharged,
    /// What was to be given back was given back, now or before.
    Refunded {
        /// How much of it by this refund.
        amount: Money,
    },
    /// The provider has the refund and has not decided on it, which can take days.
    Pending {
        /// The refund.
        refund: RefundId,
        /// How much.
        amount: Money,
    },
}

/// The money is not back, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// The provider did not answer. A further attempt finds out.
    #[error("the outcome of the refund is unknown: {reason}")]
    Unknown {
        /// What was seen instead of an answer.
        reason: String,
    },
    /// The provider or our own books say no, for good: a person has to look.
    #[error("the payment cannot be given back: {reason}")]
    Refused {
        /// Why.
        reason: String,
    },
    /// The provider refused the refund for good. An incident is open, and the money is still owed to the customer.
    #[error("the refund failed: {code}")]
    Failed {
        /// Why, in the provider's words.
        code: String,
    },
    /// The database did not answer. A further attempt continues.
    #[error("the refund could not be recorded")]
    Transient(#[from] Failure),
}

impl From<ProviderFailure> for RefundError {
    fn from(failure: ProviderFailure) -> Self {
        match failure {
            ProviderFailure::Unclear(reason) => Self::Unknown { reason },
            ProviderFailure::Rejected(reason) => Self::Refused { reason },
        }
    }
}

impl Payments {
    /// Takes back what `execution` charged for the booking, if it did. `key` is execution and step of the undo.
    pub async fn undo(&self, booking: BookingId, execution: &str, key: &str) -> Result<Undone, RefundError> {
        self.reverse(booking, &reference::charge(execution), key, None).await
    }

    /// Gives back what is left of what the booking's own execution charged: for another execution, whose step has this
    /// `key`.
    pub async fn refund(&self, booking: BookingId, key: &str) -> Result<Undone, RefundError> {
        self.give_back_of(booking, key, None).await
    }

    /// Gives back a part: what the policy allows for seats that were given back. Under one reference of its own, the same
    /// for every try; nothing is asked of the provider where nothing is to be given back.
    pub async fn refund_part(&self, booking: BookingId, key: &str, part: &Part) -> Result<Undone, RefundError> {
        self.give_back_of(booking, key, Some(part)).await
    }

    async fn give_back_of(&self, booking: BookingId, key: &str, part: Option<&Part>) -> Result<Undone, RefundError> {
        let payment = self.by_booking(booking).await?;
        let charge = payment.map_or_else(|| reference::charge_of_booking(booking), |payment| payment.reference);
        self.reverse(booking, &charge, key, part).await
    }

    pub(crate) async fn reverse(
        &self,
        booking: BookingId,
        charge: &str,
        key: &str,
        part: Option<&Part>,
    ) -> Result<Undone, RefundError> {
        let record = self.probe(charge).await?;
        match (&record.state, record.amount) {
            (ChargeState::Captured, Some(amount)) => {
                self.book_capture(booking, &record, amount, key).await?;
                self.give_back(charge, amount, part).await
            }
            (ChargeState::Captured, None) => Err(RefundError::Refused {
                reason: format!("the provider has a charge without an amount under {charge}"),
            }),
            (ChargeState::Declined { .. } | ChargeState::Cancelled, _) => {
                self.book_closed(&record, key).await?;
                Ok(Undone::NothingCharged)
            }
            (ChargeState::Authorised | ChargeState::Pending | ChargeState::RequiresAction { .. }, _) => {
                Err(RefundError::Unknown { reason: "the provider has neither charged nor cancelled".to_owned() })
            }
        }
    }

    /// What stands under the reference for good: where nothing was captured so far, nothing will be.
    async fn probe(&self, charge: &str) -> Result<ChargeRecord, RefundError> {
        let payment = self.by_reference(charge).await?.map(|payment| payment.id);
        let look_up = self.provider.look_up(charge);
        match self.noted::<_, RefundError>(payment, Call::LookUp, look_up, |found| Heard::of(found.as_ref())).await? {
            Some(record) if record.state.is_final() => Ok(record),
            Some(_) | None => {
                self.noted(payment, Call::Cancel, self.provider.cancel(charge), |record| Heard::of(Some(record))).await
            }
        }
    }

    /// Makes the books know a charge that the provider has, before they are told that it goes back.
    async fn book_capture(
        &self,
        booking: BookingId,
        record: &ChargeRecord,
        amount: Money,
        key: &str,
    ) -> Result<(), RefundError> {
        let (reference, method) = (record.reference.clone(), record.method.clone().unwrap_or_default());
        match self.open(Open { booking, reference, amount, method, call: None, trace: trace::current() }).await? {
            Opened::Elsewhere => {
                let reason =
                    format!("another execution's payment is on record for this booking, not {}", record.reference);
                return Err(RefundError::Refused { reason });
            }
            Opened::Found(payment) if payment.amount != amount => {
                let reason = format!("we asked for {}, the provider has {amount}", payment.amount);
                return Err(RefundError::Refused { reason });
            }
            Opened::Found(Payment { status: Status::Captured { .. }, .. }) => return Ok(()),
            Opened::Found(_) | Opened::Fresh(_) => {}
        }
        self.settle_as_found(record, &format!("{key}/captured")).await
    }

    /// Settles the payment of a charge that failed or never was, if one was opened.
    async fn book_closed(&self, record: &ChargeRecord, key: &str) -> Result<(), RefundError> {
        match &self.by_reference(&record.reference).await? {
            Some(payment) if matches!(payment.status, Status::Open | Status::Unknown | Status::Authorised { .. }) => {
                self.settle_as_found(record, &format!("{key}/closed")).await
            }
            // The saga hears now that nothing was charged; should that turn out wrong, the money goes back.
            Some(payment) => self.told(payment).await.map(drop).map_err(RefundError::from),
            None => Ok(()),
        }
    }

    async fn settle_as_found(&self, record: &ChargeRecord, key: &str) -> Result<(), RefundError> {
        if let Some(outcome) = Outcome::of(record) {
            self.settle(key, Settle::told(record.reference.clone(), outcome)).await?;
        }
        Ok(())
    }

    async fn give_back(&self, charge: &str, captured: Money, part: Option<&Part>) -> Result<Undone, RefundError> {
        let nothing = Undone::Refunded { amount: Money::zero(captured.currency) };
        let open = match part {
            None => OpenRefund::by_saga(charge, &reference::refund(charge), Amount::Rest, Purpose::Undo),
            Some(Part { amount: Amount::Exactly(money) | Amount::AtMost(money), .. }) if money.amount <= 0 => {
                return Ok(nothing);
            }
            Some(part) => {
                let reference = part.reference.clone().unwrap_or_else(|| reference::refund(charge));
                OpenRefund::by_saga(charge, &reference, part.amount, part.purpose)
            }
        };
        let saga = part.and_then(|part| part.saga);
        let (refund, is_first) = match self.open_refund(open).await.map_err(within_captured)? {
            OpenedRefund::Fresh(refund) => (refund, true),
            OpenedRefund::Found(refund) => (refund, false),
            OpenedRefund::Nothing => return Ok(nothing), // All of it went back under other references.
        };
        let refund = self.carry_out(charge, refund, is_first).await?;
        let amount = refund.amount;
        match refund.status {
            RefundStatus::Succeeded { .. } => Ok(Undone::Refunded { amount }),
            RefundStatus::Failed { code } | RefundStatus::Reversed { code, .. } => Err(RefundError::Failed { code }),
            RefundStatus::Pending | RefundStatus::RequiresAction { .. } => {
                self.follow(&refund, saga).await?;
                Ok(Undone::Pending { refund: refund.id, amount })
            }
            RefundStatus::Cancelled => Err(RefundError::Refused { reason: "the refund was called off".to_owned() }),
        }
    }

    /// Asks for the saga that waits until the provider has decided, and tells the customer then.
    async fn follow(&self, refund: &Refund, saga: Option<&'static str>) -> Result<(), Failure> {
        let Some(saga) = saga else { return Ok(()) };
        // A row of its own each time: the start of a saga that runs is harmless, a second row under one number is not.
        let start = Message { id: EventId::new(&*self.ambient).uuid(), ..refund::start(saga, refund) };
        let mut connection = self.pool.acquire().await?;
        Ok(outbox::write(&mut connection, &[start], self.ambient.now()).await?)
    }
}

/// A part of a charge to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The key under which the provider will know it; that of the whole charge's refund when there is none.
    pub reference: Option<String>,
    /// How much.
    pub amount: Amount,
    /// What for.
    pub purpose: Purpose,
    /// The saga that waits for a provider that cannot decide at once.
    pub saga: Option<&'static str>,
}

/// The database's refusal to give back more than was captured, in the words of this context.
fn within_captured(failure: Failure) -> RefundError {
    if exceeds_captured(&failure) {
        return RefundError::Refused { reason: "more would be given back than was captured".to_owned() };
    }
    RefundError::Transient(failure)
}

/// Whether the database refused to give back more than was captured.
pub fn exceeds_captured(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(error)
        if error.as_database_error().and_then(|error| error.constraint()) == Some("refunds_within_captured"))
}
