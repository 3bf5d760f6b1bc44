//! Paying a customer past the provider, because a refund failed or came back: the record of it, and nothing that moves money.
//!
//! One payout a refund, of its whole amount, once that refund can move no money any more. It is posted to the ledger and
//! resolves the refund's incident.

use sqlx::PgConnection;
use usher_core::ids::{PayoutId, RefundId, UserId};
use usher_database::Failure;

use crate::{
    Payments,
    ledger::{self, Posting},
    refund::{Refund, RefundStanding, by_references},
};

/// A payout that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The refund that could not be made.
    pub refund: RefundId,
    /// How it was paid: bank transfer, voucher, cash.
    pub method: String,
    /// Where the proof is, such as the number of the transfer. Never the customer's account.
    pub evidence: String,
    /// Who paid.
    pub by: UserId,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaidOut {
    /// It is on record, now or since before.
    Recorded(Refund),
    /// The refund did not fail, or the customer has that money by another way, so nothing is owed.
    NotOwed(Refund),
    /// There is no such refund.
    NotFound,
}

impl Payments {
    /// Writes down that a customer was paid past the provider.
    pub async fn record_payout(&self, payout: &Payout) -> Result<PaidOut, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let Some(refund) = locked(&mut transaction, payout.refund).await? else { return Ok(PaidOut::NotFound) };
        if !matches!(refund.status.standing(), RefundStanding::Failed | RefundStanding::Reversed) {
            return Ok(PaidOut::NotOwed(refund));
        }
        let inserted = sqlx::query!(
            "INSERT INTO payments.payouts (id, refund_id, payment_id, amount, method, evidence, paid_by, paid_at)
             SELECT $1, $2, payment.id, $4::bigint, $5, $6, $7, $8 FROM payments.payments AS payment
             WHERE payment.id = $3 AND payment.amount >= $4::bigint + payments.gone(payment.id) + (
               SELECT coalesce(sum(other.amount), 0) FROM payments.refunds AS other
               WHERE other.payment_id = payment.id AND other.status IN ('pending', 'requires_action', 'succeeded')
             )
             ON CONFLICT (refund_id) DO NOTHING",
            PayoutId::new(&*self.ambient).uuid(),
            refund.id.uuid(),
            refund.payment.uuid(),
            refund.amount.amount,
            payout.method,
            payout.evidence,
            payout.by.uuid(),
            now,
        );
        if inserted.execute(&mut *transaction).await?.rows_affected() == 0 {
            let known = sqlx::query_scalar!("SELECT id FROM payments.payouts WHERE refund_id = $1", refund.id.uuid());
            let known = known.fetch_optional(&mut *transaction).await?;
            return Ok(if known.is_some() { PaidOut::Recorded(refund) } else { PaidOut::NotOwed(refund) });
        }
        let posting = Posting {
            payment: refund.payment,
            booking: refund.booking,
            kind: ledger::Kind::Payout,
            reference: refund.reference.clone(),
            amount: refund.amount,
            source: refund.source,
        };
        ledger::post(&mut transaction, &[posting], now).await?;
        let resolution = format!("paid out by {}: {}", payout.method, payout.evidence);
        sqlx::query!(
            "UPDATE payments.incidents SET resolution = $2, resolved_at = $3 WHERE refund_id = $1 AND resolved_at IS NULL",
            refund.id.uuid(),
            resolution,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(PaidOut::Recorded(refund))
    }
}

/// The payment first, as everybody locks them, then the refund.
async fn locked(connection: &mut PgConnection, id: RefundId) -> Result<Option<Refund>, sqlx::Error> {
    sqlx::query!(
        "SELECT FROM payments.payments WHERE id = (SELECT payment_id FROM payments.refunds WHERE id = $1) FOR NO KEY UPDATE",
        id.uuid(),
    )
    .execute(&mut *connection)
    .await?;
    let reference = sqlx::query_scalar!("SELECT reference FROM payments.refunds WHERE id = $1 FOR UPDATE", id.uuid())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(reference) = reference else { return Ok(None) };
    Ok(by_references(connection, &[reference]).await?.pop())
}
