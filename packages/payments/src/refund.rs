//! Money on its way back: a refund as it is stored.
//!
//! Refunds have rows of their own, because a payment can be given back in parts and a part can fail. [`open`] writes one
//! before the provider is asked, [`decide`] is what the second person says, [`execute`] asks, [`settle`] writes down what
//! was heard, merged as [`standing`] says. The database refuses a refund for which nothing is left.

mod decide;
mod execute;
mod open;
mod read;
mod settle;
mod standing;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, PaymentId, RefundId, UserId},
    money::Money,
};

use crate::ledger::Account;

pub use decide::Decided;
pub use open::{Amount, OpenRefund, OpenedRefund};
pub(crate) use open::{Opening, start};
pub use read::Filter;
pub(crate) use read::by_references;
pub(crate) use settle::Settling;
pub use settle::{REFUND_FAILED, REFUND_REVERSED, SettleRefund};
pub use standing::RefundStanding;

/// A payment, or a part of it, given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its name, and that of its execution where it has one.
    pub id: RefundId,
    /// What it gives back.
    pub payment: PaymentId,
    /// What that payment was for.
    pub booking: BookingId,
    /// The key under which the provider knows it.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The account that the money leaves.
    pub source: Account,
    /// What it is for.
    pub purpose: Purpose,
    /// Why, in the words of whoever asked.
    pub reason: String,
    /// Who asked; nobody when a saga did.
    pub requested_by: Option<UserId>,
    /// The second person, who approved or refused.
    pub decided_by: Option<UserId>,
    /// Where it stands.
    #[serde(flatten)]
    pub status: RefundStatus,
    /// When it was first asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// From when on the provider could be asked.
    #[serde(with = "time::serde::rfc3339")]
    pub released_at: OffsetDateTime,
    /// When its outcome became known to us.
    #[serde(with = "time::serde::rfc3339::option")]
    pub settled_at: Option<OffsetDateTime>,
}

/// What a refund is for: who reads the books has to tell a gift from what was owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The booking came to nothing.
    Undo,
    /// Seats were given back.
    Cancellation,
    /// A kindness: the tickets stay.
    Goodwill,
    /// Somebody made it at the provider; we only found it.
    ByHand,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Undo, Self::Cancellation, Self::Goodwill, Self::ByHand];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Undo => "undo",
            Self::Cancellation => "cancellation",
            Self::Goodwill => "goodwill",
            Self::ByHand => "by_hand",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self, sqlx::Error> {
        let found = Self::ALL.into_iter().find(|purpose| purpose.as_str() == name);
        found.ok_or_else(|| sqlx::Error::Decode(format!("no refund is for `{name}`").into()))
    }
}

/// Where a refund stands, with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RefundStatus {
    /// The provider was asked, or is about to be. The money counts as given back already.
    Pending,
    /// It waits for somebody.
    RequiresAction {
        /// For whom.
        action: Action,
    },
    /// The money is on its way to the customer.
    Succeeded {
        /// The provider's own name for the refund.
        provider_id: String,
    },
    /// The provider will not give it back: a person has to look.
    Failed {
        /// Why, in its words.
        code: String,
    },
    /// It was called off before any money moved.
    Cancelled,
    /// The money left and came back: a person has to look.
    Reversed {
        /// The provider's own name for the refund.
        provider_id: String,
        /// Why, in its words.
        code: String,
    },
}

/// Whom a refund waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A second person of ours has to approve; the provider has not been asked.
    Approval,
    /// The provider wants something of the customer.
    Customer,
}

impl RefundStatus {
    /// Without what belongs to it.
    pub const fn standing(&self) -> RefundStanding {
        match self {
            Self::Pending => RefundStanding::Pending,
            Self::RequiresAction { .. } => RefundStanding::RequiresAction,
            Self::Succeeded { .. } => RefundStanding::Succeeded,
            Self::Failed { .. } => RefundStanding::Failed,
            Self::Cancelled => RefundStanding::Cancelled,
            Self::Reversed { .. } => RefundStanding::Reversed,
        }
    }
}
