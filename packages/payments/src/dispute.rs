//! Money that the customer's bank took back: a dispute, or chargeback.
//!
//! While it is open, and for good once it is lost, the customer has that money; the database lets nobody refund it a second
//! time. It is known by the provider's own name for it, so hearing of it twice is one dispute.

use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, DisputeId, PaymentId},
    money::Money,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{
    Payments,
    incident::{self, OpenIncident},
    ledger::{self, Account, Posting},
    payment::money,
};

/// The incident of a dispute: somebody has to answer the bank in time.
pub const DISPUTED: &str = "disputed";

/// A dispute, as the provider tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The reference of the charge that is disputed.
    pub charge_reference: String,
    /// The provider's own name for the dispute.
    pub provider_id: String,
    /// How much the bank took.
    pub amount: Money,
}

/// A dispute as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub id: DisputeId,
    /// The payment that is disputed.
    pub payment: PaymentId,
    /// Its booking.
    pub booking: BookingId,
    /// The provider's own name for it.
    pub provider_id: String,
    /// How much the bank took.
    pub amount: Money,
    /// `open`, `won` or `lost`.
    pub status: String,
    /// When we heard of it.
    pub opened_at: OffsetDateTime,
    /// When we heard how it ended.
    pub closed_at: Option<OffsetDateTime>,
}

/// Which disputes.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this payment.
    pub payment: Option<PaymentId>,
    /// Of this booking.
    pub booking: Option<BookingId>,
    /// `open`, `won` or `lost`.
    pub status: Option<String>,
    /// Those that are older than this one.
    pub cursor: Option<DisputeId>,
    /// At most this many.
    pub limit: i64,
}

/// What is known of the dispute afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disputed {
    /// It is on record, now or since before.
    Recorded,
    /// There is no captured payment under the charge's reference in that currency.
    NoPayment,
}

impl Payments {
    /// Writes down that the customer's bank took money, with its posting and an incident.
    pub async fn record_dispute(&self, dispute: &Dispute) -> Result<Disputed, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let Some(captured) = ledger::captured(&mut transaction, &dispute.charge_reference, dispute.amount).await?
        else {
            return Ok(Disputed::NoPayment);
        };
        let ledger::Captured { payment, booking, source } = captured;
        let inserted = sqlx::query!(
            "INSERT INTO payments.disputes (id, payment_id, provider_id, amount, source, opened_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (provider_id) DO NOTHING",
            DisputeId::new(&*self.ambient).uuid(),
            payment.uuid(),
            dispute.provider_id,
            dispute.amount.amount,
            source.as_str(),
            now,
        );
        if inserted.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(Disputed::Recorded);
        }
        let posting = Posting {
            payment,
            booking,
            kind: ledger::Kind::Dispute,
            reference: dispute.provider_id.clone(),
            amount: dispute.amount,
            source,
        };
        ledger::post(&mut transaction, &[posting], now).await?;
        let incident = OpenIncident {
            kind: DISPUTED,
            reference: dispute.provider_id.clone(),
            payment: Some(payment),
            refund: None,
            detail: format!("{} of {} is disputed", dispute.amount, dispute.charge_reference),
            customer_text: "payment_checked",
        };
        incident::open(&mut transaction, &*self.ambient, &[incident]).await?;
        transaction.commit().await?;
        Ok(Disputed::Recorded)
    }

    /// Writes down how a dispute ended; one that is won brings the money back. False when there is none open.
    pub async fn close_dispute(&self, provider_id: &str, is_won: bool) -> Result<bool, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let closed = sqlx::query!(
            "UPDATE payments.disputes AS dispute SET status = CASE WHEN $2 THEN 'won' ELSE 'lost' END, closed_at = $3
             FROM payments.payments AS payment
             WHERE dispute.provider_id = $1 AND dispute.status = 'open' AND payment.id = dispute.payment_id
             RETURNING payment.id, payment.booking_id, payment.currency, dispute.amount, dispute.source",
            provider_id,
            is_won,
            now,
        );
        let Some(row) = closed.fetch_optional(&mut *transaction).await? else { return Ok(false) };
        if is_won {
            let posting = Posting {
                payment: row.id.into(),
                booking: row.booking_id.into(),
                kind: ledger::Kind::DisputeWon,
                reference: provider_id.to_owned(),
                amount: money(row.amount, &row.currency)?,
                source: Account::named(&row.source)?,
            };
            ledger::post(&mut transaction, &[posting], now).await?;
        }
        transaction.commit().await?;
        let how = if is_won { "the dispute was won" } else { "the dispute was lost" };
        self.resolve_incident(DISPUTED, provider_id, how).await?;
        Ok(true)
    }

    /// One dispute.
    pub async fn dispute(&self, id: DisputeId) -> Result<Option<Stored>, Failure> {
        let row = sqlx::query_as!(
            Row,
            "SELECT dispute.id, dispute.payment_id, payment.booking_id, dispute.provider_id, dispute.amount, payment.currency,
               dispute.status, dispute.opened_at, dispute.closed_at
             FROM payments.disputes AS dispute JOIN payments.payments AS payment ON payment.id = dispute.payment_id
             WHERE dispute.id = $1",
            id.uuid(),
        );
        Ok(row.fetch_optional(&self.pool).await?.map(Stored::try_from).transpose()?)
    }

    /// Disputes, newest first.
    pub async fn disputes(&self, filter: &Filter) -> Result<Vec<Stored>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT dispute.id, dispute.payment_id, payment.booking_id, dispute.provider_id, dispute.amount, payment.currency,
               dispute.status, dispute.opened_at, dispute.closed_at
             FROM payments.disputes AS dispute JOIN payments.payments AS payment ON payment.id = dispute.payment_id
             WHERE ($1::uuid IS NULL OR dispute.payment_id = $1) AND ($2::uuid IS NULL OR payment.booking_id = $2)
               AND ($3::text IS NULL OR dispute.status = $3) AND ($4::uuid IS NULL OR dispute.id < $4)
             ORDER BY dispute.id DESC LIMIT $5",
            filter.payment.map(PaymentId::uuid),
            filter.booking.map(BookingId::uuid),
            filter.status,
            filter.cursor.map(DisputeId::uuid),
            filter.limit,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(Stored::try_from).collect::<Result<_, _>>()?)
    }
}

/// A row as PostgreSQL has it, with booking and currency of its payment.
struct Row {
    id: Uuid,
    payment_id: Uuid,
    booking_id: Uuid,
    provider_id: String,
    amount: i64,
    currency: String,
    status: String,
    opened_at: OffsetDateTime,
    closed_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Stored {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.id.into(),
            payment: row.payment_id.into(),
            booking: row.booking_id.into(),
            provider_id: row.provider_id,
            amount: money(row.amount, &row.currency)?,
            status: row.status,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        })
    }
}
