//! A payment as it is stored, and the ways to read one.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, PaymentId},
    money::{Currency, Money},
};
use usher_database::Failure;
use uuid::Uuid;

use crate::Payments;

/// What one booking was asked to pay, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its name.
    pub id: PaymentId,
    /// What it pays for.
    pub booking: BookingId,
    /// The key under which the provider knows the charge.
    pub reference: String,
    /// What was asked; refunds do not change it.
    pub amount: Money,
    /// The provider's token for the means of payment.
    pub method: String,
    /// Where it stands.
    #[serde(flatten)]
    pub status: Status,
    /// When it was first asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// When its outcome became known to us.
    #[serde(with = "time::serde::rfc3339::option")]
    pub settled_at: Option<OffsetDateTime>,
}

/// Where a payment stands, as far as we know. The provider knows better: an undo asks it and not this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// The provider was asked, or is about to be.
    Open,
    /// The provider was asked and did not answer. Neither success nor failure is assumed.
    Unknown,
    /// The provider keeps the customer's money ready; it is taken once the tickets are issued.
    Authorised {
        /// Its own name for the charge.
        provider_id: String,
    },
    /// The provider has the customer's money.
    Captured {
        /// Its own name for the charge.
        provider_id: String,
    },
    /// The provider refused.
    Declined {
        /// Why, in its words.
        code: String,
    },
    /// Closed at the provider before anything was charged; nothing can be charged any more.
    Void,
}

impl Status {
    /// Whether the outcome is known.
    pub const fn is_settled(&self) -> bool {
        !matches!(self, Self::Open | Self::Unknown)
    }
}

impl Payments {
    /// The payment of a booking.
    pub async fn by_booking(&self, booking: BookingId) -> Result<Option<Payment>, Failure> {
        let row = sqlx::query_as!(
            Row,
            "SELECT id, booking_id, reference, amount, currency, method, status, provider_id, code, opened_at, settled_at
             FROM payments.payments WHERE booking_id = $1",
            booking.uuid(),
        );
        Ok(row.fetch_optional(&self.pool).await?.map(Payment::try_from).transpose()?)
    }

    /// A payment by its name.
    pub async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, Failure> {
        let row = sqlx::query_as!(
            Row,
            "SELECT id, booking_id, reference, amount, currency, method, status, provider_id, code, opened_at, settled_at
             FROM payments.payments WHERE id = $1",
            id.uuid(),
        );
        Ok(row.fetch_optional(&self.pool).await?.map(Payment::try_from).transpose()?)
    }
}

impl Payments {
    /// The payment whose charge the provider knows by this reference.
    pub(crate) async fn by_reference(&self, reference: &str) -> Result<Option<Payment>, Failure> {
        let mut connection = self.pool.acquire().await?;
        Ok(by_references(&mut connection, &[reference.to_owned()]).await?.into_iter().next())
    }
}

/// The payments under any of the references, in no order.
pub(crate) async fn by_references(
    connection: &mut PgConnection,
    references: &[String],
) -> Result<Vec<Payment>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, booking_id, reference, amount, currency, method, status, provider_id, code, opened_at, settled_at
         FROM payments.payments WHERE reference = ANY($1)",
        references,
    );
    rows.fetch_all(connection).await?.into_iter().map(Payment::try_from).collect()
}

/// A row as PostgreSQL has it.
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) booking_id: Uuid,
    pub(crate) reference: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) method: String,
    pub(crate) status: String,
    pub(crate) provider_id: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) opened_at: OffsetDateTime,
    pub(crate) settled_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Payment {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let status = match (row.status.as_str(), row.provider_id, row.code) {
            ("open", ..) => Status::Open,
            ("unknown", ..) => Status::Unknown,
            ("authorised", Some(provider_id), _) => Status::Authorised { provider_id },
            ("captured", Some(provider_id), _) => Status::Captured { provider_id },
            ("declined", _, Some(code)) => Status::Declined { code },
            ("void", ..) => Status::Void,
            (other, ..) => return Err(sqlx::Error::Decode(format!("no payment is `{other}`").into())),
        };
        Ok(Self {
            id: row.id.into(),
            booking: row.booking_id.into(),
            reference: row.reference,
            amount: money(row.amount, &row.currency)?,
            method: row.method,
            status,
            opened_at: row.opened_at,
            settled_at: row.settled_at,
        })
    }
}

/// Minor units and a currency as two columns hold them.
pub(crate) fn money(amount: i64, currency: &str) -> Result<Money, sqlx::Error> {
    let currency: Currency = currency.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Money::new(amount, currency))
}
