//! The port to whoever moves the money.
//!
//! # Promises
//!
//! An adapter keeps these, and everything else in this crate rests on them:
//!
//! - A **reference** is ours, and the provider knows a charge or a refund by it. The same reference again, from any
//!   process at any time, is the same charge with the same answer, never a second one. Another amount under a used
//!   reference is refused and changes nothing.
//! - `Ok` is an **answer**: what it says has happened and will not unhappen. [`Answer::Declined`] is final for its
//!   reference.
//! - [`ProviderFailure::Unclear`] is **silence**: a time-out, a dropped connection, a 5xx, a 409, an answer we cannot
//!   read. The request may have had its effect, may have it later, or never. Only [`look_up`](PaymentProvider::look_up)
//!   tells, and "nothing there" means nothing *yet*: what was sent may still arrive.
//! - [`ProviderFailure::Rejected`] is **our mistake**: the provider understood that it cannot understand, and nothing
//!   happened. The same request will be rejected again until somebody repairs it.
//! - [`cancel`](PaymentProvider::cancel) is the **last word** on a reference that was not captured. Afterwards no charge
//!   under it can succeed, not even one that was sent before and arrives later. It answers with what stands then: when the
//!   charge was faster, that is the captured charge, and cancelling changed nothing.
//! - An **authorisation** keeps money ready and moves none. [`capture`](PaymentProvider::capture) takes it, once however
//!   often it is asked; [`cancel`](PaymentProvider::cancel) lets it go.
//! - A refund never exceeds what its charge captured; the provider refuses it, with a code, as [`RefundState::Failed`].
//!
//! # Crashes
//!
//! A process may die after any call, before it could write down the answer. It asks again with the same reference, or
//! looks up first; both are safe by the promises above. Adapters keep no state of their own, hold no transaction, and
//! always come back within their time-outs.
//!
//! To add a provider, implement the trait in a file beside `http.rs` and `stripe.rs`; the binary chooses.

pub mod http;
pub mod methods;
pub mod stripe;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::money::Money;

use crate::refund::RefundStanding;

pub use http::{HttpProvider, HttpSettings};
pub use stripe::{StripeProvider, StripeSettings};

/// The code of a charge that came after its reference was [cancelled](PaymentProvider::cancel).
pub const CANCELLED: &str = "cancelled";

/// What the provider said to a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It keeps the customer's money ready, and takes it when asked to.
    Authorised {
        /// Its own name for the charge.
        id: String,
    },
    /// It waits for the customer to prove who they are; the charge goes on by itself afterwards.
    RequiresAction {
        /// Where the customer does it.
        url: String,
    },
    /// It has the customer's money.
    Captured {
        /// Its own name for the charge.
        id: String,
    },
    /// It has not, and will not under this reference.
    Declined {
        /// Why, in its words, such as `insufficient_funds`.
        code: String,
    },
}

/// Where a charge stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChargeState {
    /// Not decided; ask again later.
    Pending,
    /// Waits for the customer to prove who they are.
    RequiresAction {
        /// Where they do it.
        url: String,
    },
    /// The provider keeps the customer's money ready.
    Authorised,
    /// The provider has the customer's money.
    Captured,
    /// Refused.
    Declined {
        /// Why.
        code: String,
    },
    /// Closed before anything was captured.
    Cancelled,
}

impl ChargeState {
    /// Whether it is an end: captured, declined or cancelled.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Captured | Self::Declined { .. } | Self::Cancelled)
    }
}

/// What the provider knows of one charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChargeRecord {
    /// Its own name for the charge.
    pub id: String,
    /// Ours.
    pub reference: String,
    /// Absent when the reference was cancelled before any charge arrived.
    pub amount: Option<Money>,
    /// Absent in the same case.
    pub method: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: ChargeState,
}

/// Where a refund stands, as the provider tells it. Unlike a charge, a refund that succeeded can still come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// The provider works on it, for seconds or for days.
    Pending {
        /// The provider's own name for the refund.
        id: String,
    },
    /// The provider waits for the customer, such as for the number of an account.
    RequiresAction {
        /// The provider's own name for the refund.
        id: String,
    },
    /// The money is on its way back.
    Succeeded {
        /// The provider's own name for the refund.
        id: String,
    },
    /// The provider will not give it back.
    Failed {
        /// Why.
        code: String,
    },
    /// It was called off at the provider before any money moved.
    Cancelled {
        /// The provider's own name for the refund.
        id: String,
    },
    /// The money left and came back.
    Reversed {
        /// The provider's own name for the refund.
        id: String,
        /// Why.
        code: String,
    },
}

impl RefundState {
    /// Without names and reasons.
    pub const fn standing(&self) -> RefundStanding {
        match self {
            Self::Pending { .. } => RefundStanding::Pending,
            Self::RequiresAction { .. } => RefundStanding::RequiresAction,
            Self::Succeeded { .. } => RefundStanding::Succeeded,
            Self::Failed { .. } => RefundStanding::Failed,
            Self::Cancelled { .. } => RefundStanding::Cancelled,
            Self::Reversed { .. } => RefundStanding::Reversed,
        }
    }

    /// The provider's own name for the refund, where it told one.
    pub fn provider_id(&self) -> Option<&str> {
        match self {
            Self::Pending { id }
            | Self::RequiresAction { id }
            | Self::Succeeded { id }
            | Self::Cancelled { id }
            | Self::Reversed { id, .. } => Some(id),
            Self::Failed { .. } => None,
        }
    }

    /// The reason, where there is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Failed { code } | Self::Reversed { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFailure {
    /// Nobody knows whether the request had its effect. Says what was seen instead of an answer.
    #[error("the payment provider gave no clear answer: {0}")]
    Unclear(String),
    /// The request was wrong and had no effect. Says what the provider says.
    #[error("the payment provider rejected our request: {0}")]
    Rejected(String),
}

/// News that the provider sends by itself: a webhook, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its own name for it. The same news may come again under the same name.
    pub id: String,
    /// Its own word for what happened, for operators.
    pub kind: String,
    /// What it means for us.
    pub news: News,
}

/// What an event means for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Where a charge stood when it was sent. Later news may have come before.
    Charge(ChargeRecord),
    /// Where a refund stood.
    Refund(RefundNews),
    /// Nothing that we act on.
    Other,
}

impl News {
    /// Our reference of the charge that it is about.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Charge(record) => Some(&record.reference),
            Self::Refund(news) => Some(&news.charge.reference),
            Self::Other => None,
        }
    }
}

/// Where a refund stood, and the charge that it gives back: a refund proves a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundNews {
    /// Our reference of it, or the provider's own name for one that we did not ask for.
    pub reference: String,
    /// Whether we asked for it.
    pub is_ours: bool,
    /// How much.
    pub amount: Money,
    /// Where it stood.
    pub state: RefundState,
    /// Its charge.
    pub charge: ChargeRecord,
}

/// A webhook with a good signature that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event cannot be read: {0}")]
pub struct Unreadable(pub String);

/// What a line of the provider's report tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// Money that came in.
    Charge,
    /// Money that went back.
    Refund,
    /// Money that went back and returned: a refund that did not reach the customer.
    Reversal,
    /// Money that the customer's bank took.
    Dispute,
    /// Money that it had taken and gave back: the dispute was won.
    DisputeWon,
}

/// One movement in the provider's own books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// In or back.
    pub movement: Movement,
    /// The provider's own name for it.
    pub id: String,
    /// Our reference of it.
    pub reference: String,
    /// Our reference of the charge; the same as `reference` for a charge.
    pub charge_reference: String,
    /// How much.
    #[serde(flatten)]
    pub amount: Money,
    /// When the provider made it.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A part of the report, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// The movements.
    pub lines: Vec<ReportLine>,
    /// Where the next part begins; absent at the end.
    pub next: Option<String>,
}

/// A payment provider. The promises are on the [module's page](self).
#[async_trait]
pub trait PaymentProvider: Send + Sync + std::fmt::Debug {
    /// Whether a means of payment is one that the provider knows, so that a request can be refused before anything is
    /// reserved for it. Asks nobody.
    fn accepts(&self, method: &str) -> bool;

    /// Takes `amount` (above zero) from the customer. After `Ok` it is decided; after `Unclear`, look it up.
    async fn charge(&self, reference: &str, amount: Money, method: &str) -> Result<Answer, ProviderFailure>;

    /// The same, but keeps the money ready instead of taking it.
    async fn authorise(&self, reference: &str, amount: Money, method: &str) -> Result<Answer, ProviderFailure>;

    /// Takes what was authorised under the reference: captured, or declined when it is no longer to be had. After `Unclear`,
    /// look it up.
    async fn capture(&self, reference: &str, amount: Money) -> Result<Answer, ProviderFailure>;

    /// What stands under a charge's reference, or `None` when no charge has arrived under it so far.
    async fn look_up(&self, reference: &str) -> Result<Option<ChargeRecord>, ProviderFailure>;

    /// Closes a charge's reference for good unless it was captured, and tells what stands under it from now on:
    /// captured, declined or cancelled, never anything open.
    async fn cancel(&self, reference: &str) -> Result<ChargeRecord, ProviderFailure>;

    /// Gives `amount` of a captured charge back. After `Ok` the provider has it, decided or not; after `Unclear`, look it up.
    async fn refund(
        &self,
        charge_reference: &str,
        refund_reference: &str,
        amount: Money,
    ) -> Result<RefundState, ProviderFailure>;

    /// What stands under a refund's reference, or `None` when none has arrived under it so far.
    async fn look_up_refund(&self, refund_reference: &str) -> Result<Option<RefundState>, ProviderFailure>;

    /// Reads the body of a webhook whose signature was found good.
    fn read_event(&self, body: &[u8]) -> Result<Event, Unreadable>;

    /// The provider's own record of what moved, from `since` on, for the audit. `cursor` is the last part's `next`. A
    /// line can appear late between older ones, so an audit reads from a moment at which everything was agreed.
    async fn report(&self, since: OffsetDateTime, cursor: Option<&str>) -> Result<Report, ProviderFailure>;
}
