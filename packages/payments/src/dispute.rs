//! Money that the customer's bank took back: a dispute, or chargeback.
//!
//! While it is open, and for good once it is lost, the customer has that money; the database lets nobody refund it a second
//! time. It is known by the provider's own name for it, so hearing of it twice is one dispute.

use usher_core::{ids::DisputeId, money::Money};
use usher_database::Failure;

use crate::{
    Payments,
    incident::{self, OpenIncident},
    ledger::{self, Account, Posting},
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
                amount: crate::payment::money(row.amount, &row.currency)?,
                source: Account::named(&row.source)?,
            };
            ledger::post(&mut transaction, &[posting], now).await?;
        }
        transaction.commit().await?;
        let how = if is_won { "the dispute was won" } else { "the dispute was lost" };
        self.resolve_incident(DISPUTED, provider_id, how).await?;
        Ok(true)
    }
}
