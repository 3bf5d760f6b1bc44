//! Money on its way back: a refund as it is stored, and the ways to read one.
//!
//! Refunds have rows of their own, because a payment can be given back in parts and a part can fail. Opened before the
//! provider is asked, settled after it answered, like a payment. The database refuses a refund for which nothing is left.

mod open;
mod settle;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{
    ids::{PaymentId, RefundId},
    money::Money,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{Payments, ledger::Account, payment::money};

pub(crate) use open::Opening;
pub use open::{OpenRefund, OpenedRefund};
pub use settle::SettleRefund;
pub(crate) use settle::Settling;

/// A payment, or a part of it, given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its name.
    pub id: RefundId,
    /// What it gives back.
    pub payment: PaymentId,
    /// The key under which the provider knows it.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The account that the money leaves.
    pub source: Account,
    /// Where it stands.
    #[serde(flatten)]
    pub status: RefundStatus,
    /// When it was first asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// When its outcome became known to us.
    #[serde(with = "time::serde::rfc3339::option")]
    pub settled_at: Option<OffsetDateTime>,
}

/// Where a refund stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RefundStatus {
    /// The provider was asked, or is about to be. The money counts as given back already.
    Pending,
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
}

impl Payments {
    /// The refunds of a payment, oldest first.
    pub async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT refund.id, refund.payment_id, refund.reference, refund.amount, payment.currency, refund.source,
               refund.status, refund.provider_id, refund.code, refund.opened_at, refund.settled_at
             FROM payments.refunds AS refund JOIN payments.payments AS payment ON payment.id = refund.payment_id
             WHERE refund.payment_id = $1 ORDER BY refund.id",
            payment.uuid(),
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(Refund::try_from).collect::<Result<_, _>>()?)
    }
}

/// The refunds under any of the references, in no order.
async fn by_references(connection: &mut PgConnection, references: &[String]) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT refund.id, refund.payment_id, refund.reference, refund.amount, payment.currency, refund.source,
           refund.status, refund.provider_id, refund.code, refund.opened_at, refund.settled_at
         FROM payments.refunds AS refund JOIN payments.payments AS payment ON payment.id = refund.payment_id
         WHERE refund.reference = ANY($1)",
        references,
    );
    rows.fetch_all(connection).await?.into_iter().map(Refund::try_from).collect()
}

/// A row as PostgreSQL has it, with the currency of its payment.
struct Row {
    id: Uuid,
    payment_id: Uuid,
    reference: String,
    amount: i64,
    currency: String,
    source: String,
    status: String,
    provider_id: Option<String>,
    code: Option<String>,
    opened_at: OffsetDateTime,
    settled_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Refund {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let status = match (row.status.as_str(), row.provider_id, row.code) {
            ("pending", ..) => RefundStatus::Pending,
            ("succeeded", Some(provider_id), _) => RefundStatus::Succeeded { provider_id },
            ("failed", _, Some(code)) => RefundStatus::Failed { code },
            (other, ..) => return Err(sqlx::Error::Decode(format!("no refund is `{other}`").into())),
        };
        Ok(Self {
            id: row.id.into(),
            payment: row.payment_id.into(),
            reference: row.reference,
            amount: money(row.amount, &row.currency)?,
            source: Account::named(&row.source)?,
            status,
            opened_at: row.opened_at,
            settled_at: row.settled_at,
        })
    }
}
