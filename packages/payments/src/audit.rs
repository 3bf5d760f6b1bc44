//! What this context tells to the audit: payments with their refunds and postings, and postings without a payment.
//!
//! The audit holds rows against ledger and both against the provider, so nothing is derived here: a figure that this
//! context computed from the ledger would agree with the ledger whatever it says. A reading is one snapshot, because a
//! refund is written together with its posting and must be seen together with it.

use std::{collections::HashMap, ops::RangeInclusive};

use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, PaymentId},
    money::Money,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{
    Payments,
    ledger::Account,
    payment::{Payment, Row, money},
    refund::Purpose,
};

pub use crate::refund::RefundStanding;

/// A payment and everything that is on record for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFacts {
    /// The payment.
    pub payment: Payment,
    /// What was asked back of it.
    pub refunds: Vec<RefundFacts>,
    /// What was paid out past the provider, because a refund failed.
    pub payouts: Vec<AsideFacts>,
    /// What the customer's bank took, and whether it gave it back.
    pub disputes: Vec<AsideFacts>,
    /// Its rows in the ledger.
    pub transfers: Vec<TransferFacts>,
}

/// Money that went past the refunds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideFacts {
    /// The refund that was paid out, or the provider's name of the dispute.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The account that it left.
    pub source: Account,
    /// Whether it returned: a dispute that was won.
    pub returned: bool,
}

/// A refund, as its row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundFacts {
    /// The key under which the provider knows it.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// The account that the money leaves.
    pub source: Account,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it stands.
    pub standing: RefundStanding,
    /// When it was first asked for, or settled if it was.
    pub moved_at: OffsetDateTime,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferFacts {
    /// The payment that it names.
    pub payment: PaymentId,
    /// The booking that it names.
    pub booking: BookingId,
    /// `capture`, `recognise`, `refund`, `reversal`, `payout`, `dispute`, `dispute_won` or `fee`.
    pub kind: String,
    /// What caused it.
    pub reference: String,
    /// The account that gains.
    pub debit: Account,
    /// The account that gives.
    pub credit: Account,
    /// How much.
    pub amount: Money,
}

/// The booking that a reference of ours is about, if it is made of one's id: what the provider's report is sorted by.
pub fn booking_of(reference: &str) -> Option<BookingId> {
    reference.split('/').next().and_then(|execution| execution.parse().ok())
}

impl Payments {
    /// The payments of the bookings whose ids are in any of the ranges, which must not overlap.
    pub async fn audit_facts(&self, ranges: &[RangeInclusive<BookingId>]) -> Result<Vec<PaymentFacts>, Failure> {
        let mut snapshot = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let payments = payments(&mut snapshot, ranges).await?;
        let ids: Vec<Uuid> = payments.iter().map(|payment| payment.id.uuid()).collect();
        let mut refunds = refunds(&mut snapshot, &ids).await?;
        let mut payouts = payouts(&mut snapshot, &ids).await?;
        let mut disputes = disputes(&mut snapshot, &ids).await?;
        let mut transfers = transfers(&mut snapshot, &ids).await?;
        snapshot.commit().await?;
        let facts = payments.into_iter().map(|payment| PaymentFacts {
            refunds: refunds.remove(&payment.id).unwrap_or_default(),
            payouts: payouts.remove(&payment.id).unwrap_or_default(),
            disputes: disputes.remove(&payment.id).unwrap_or_default(),
            transfers: transfers.remove(&payment.id).unwrap_or_default(),
            payment,
        });
        Ok(facts.collect())
    }

    /// The postings whose payment does not exist, of the whole ledger.
    pub async fn audit_stray_transfers(&self) -> Result<Vec<TransferFacts>, Failure> {
        let rows = sqlx::query_as!(
            TransferRow,
            "SELECT payment_id, booking_id, kind, reference, debit, credit, amount, currency FROM payments.transfers AS transfer
             WHERE NOT EXISTS (SELECT FROM payments.payments AS payment WHERE payment.id = transfer.payment_id)
             ORDER BY payment_id, kind, reference",
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(TransferFacts::try_from).collect::<Result<_, sqlx::Error>>()?)
    }
}

async fn payments(
    connection: &mut PgConnection,
    ranges: &[RangeInclusive<BookingId>],
) -> Result<Vec<Payment>, sqlx::Error> {
    let (from, to): (Vec<Uuid>, Vec<Uuid>) =
        ranges.iter().map(|range| (range.start().uuid(), range.end().uuid())).unzip();
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, booking_id, reference, amount, currency, method, status, provider_id, code, opened_at, settled_at
         FROM unnest($1::uuid[], $2::uuid[]) AS range (first, last)
         JOIN payments.payments ON booking_id BETWEEN range.first AND range.last",
        &from,
        &to,
    );
    rows.fetch_all(connection).await?.into_iter().map(Payment::try_from).collect()
}

async fn refunds(
    connection: &mut PgConnection,
    payments: &[Uuid],
) -> Result<HashMap<PaymentId, Vec<RefundFacts>>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT refund.payment_id, refund.reference, refund.amount, payment.currency, refund.source, refund.purpose,
           refund.status, refund.opened_at, refund.settled_at
         FROM payments.refunds AS refund JOIN payments.payments AS payment ON payment.id = refund.payment_id
         WHERE refund.payment_id = ANY($1) ORDER BY refund.id",
        payments,
    );
    let mut refunds: HashMap<PaymentId, Vec<RefundFacts>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let standing = row.status.parse().map_err(|error: String| sqlx::Error::Decode(error.into()))?;
        refunds.entry(row.payment_id.into()).or_default().push(RefundFacts {
            reference: row.reference,
            amount: money(row.amount, &row.currency)?,
            source: Account::named(&row.source)?,
            purpose: Purpose::named(&row.purpose)?,
            standing,
            moved_at: row.settled_at.unwrap_or(row.opened_at),
        });
    }
    Ok(refunds)
}

type Aside = HashMap<PaymentId, Vec<AsideFacts>>;

async fn payouts(connection: &mut PgConnection, payments: &[Uuid]) -> Result<Aside, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT payout.payment_id, refund.reference, payout.amount, payment.currency, refund.source
         FROM payments.payouts AS payout
         JOIN payments.refunds AS refund ON refund.id = payout.refund_id
         JOIN payments.payments AS payment ON payment.id = payout.payment_id
         WHERE payout.payment_id = ANY($1)",
        payments,
    );
    let mut payouts = Aside::new();
    for row in rows.fetch_all(connection).await? {
        payouts.entry(row.payment_id.into()).or_default().push(AsideFacts {
            reference: row.reference,
            amount: money(row.amount, &row.currency)?,
            source: Account::named(&row.source)?,
            returned: false,
        });
    }
    Ok(payouts)
}

async fn disputes(connection: &mut PgConnection, payments: &[Uuid]) -> Result<Aside, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT dispute.payment_id, dispute.provider_id, dispute.amount, payment.currency, dispute.source,
             dispute.status = 'won' AS "returned!"
           FROM payments.disputes AS dispute JOIN payments.payments AS payment ON payment.id = dispute.payment_id
           WHERE dispute.payment_id = ANY($1)"#,
        payments,
    );
    let mut disputes = Aside::new();
    for row in rows.fetch_all(connection).await? {
        disputes.entry(row.payment_id.into()).or_default().push(AsideFacts {
            reference: row.provider_id,
            amount: money(row.amount, &row.currency)?,
            source: Account::named(&row.source)?,
            returned: row.returned,
        });
    }
    Ok(disputes)
}

async fn transfers(
    connection: &mut PgConnection,
    payments: &[Uuid],
) -> Result<HashMap<PaymentId, Vec<TransferFacts>>, sqlx::Error> {
    let rows = sqlx::query_as!(
        TransferRow,
        "SELECT payment_id, booking_id, kind, reference, debit, credit, amount, currency
         FROM payments.transfers WHERE payment_id = ANY($1)",
        payments,
    );
    let mut transfers: HashMap<PaymentId, Vec<TransferFacts>> = HashMap::new();
    for row in rows.fetch_all(connection).await? {
        let transfer = TransferFacts::try_from(row)?;
        transfers.entry(transfer.payment).or_default().push(transfer);
    }
    Ok(transfers)
}

struct TransferRow {
    payment_id: Uuid,
    booking_id: Uuid,
    kind: String,
    reference: String,
    debit: String,
    credit: String,
    amount: i64,
    currency: String,
}

impl TryFrom<TransferRow> for TransferFacts {
    type Error = sqlx::Error;

    fn try_from(row: TransferRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            payment: row.payment_id.into(),
            booking: row.booking_id.into(),
            kind: row.kind,
            reference: row.reference,
            debit: Account::named(&row.debit)?,
            credit: Account::named(&row.credit)?,
            amount: money(row.amount, &row.currency)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;

    #[test]
    fn a_reference_tells_its_booking() {
        let booking = BookingId::from(Uuid::from_u128(7));
        let charge = reference::charge_of_booking(booking);
        assert_eq!(booking_of(&charge), Some(booking));
        assert_eq!(booking_of(&reference::refund(&charge)), Some(booking));
        assert_eq!(booking_of("imported"), None);
    }
}
