//! Ledger, payments and the provider's report, held against one another: the daily three-way reconciliation.
//!
//! What the provider did and we did not hear of is booked: a refund that succeeded or came back, a dispute, and a refund that
//! somebody made by hand at the provider, which is ours by the reference of its charge and never by its amount. What cannot be
//! booked is a break. A break is known by what it is about, keeps the day on which it was first seen, has an owner, and is
//! closed with a reason - by a person, or because it is no longer there.

mod breaks;
pub mod file;

use std::collections::{HashMap, HashSet};

use time::{Duration, OffsetDateTime};
use usher_core::money::Money;

use crate::{
    Payments, SettleRefund,
    dispute::{Dispute, Disputed},
    incident::{FOREIGN_REFUND, OpenIncident},
    ledger::{self, Posting},
    provider::{Movement, ProviderFailure, RefundState, ReportLine},
    refund::{Purpose, RefundStanding},
};

pub use breaks::Break;

/// What is younger than this may still be on its way from one side to another.
const SETTLING: Duration = Duration::minutes(10);

/// What a reconciliation came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Reconciled {
    /// Movements of the provider that were compared.
    pub lines: usize,
    /// Of these, the ones that we had not heard of and booked.
    pub booked: usize,
    /// What is open now, the oldest first.
    pub breaks: Vec<Break>,
}

/// Why there is no reconciliation.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The provider did not give its report.
    #[error("the provider's report cannot be had")]
    Provider(#[from] ProviderFailure),
    /// The database did not answer.
    #[error("the books cannot be read")]
    Books(#[from] usher_database::Failure),
}

impl From<sqlx::Error> for ReconcileError {
    fn from(error: sqlx::Error) -> Self {
        Self::Books(error.into())
    }
}

/// One disagreement, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub kind: &'static str,
    pub reference: String,
    pub detail: String,
}

fn seen(kind: &'static str, reference: &str, detail: String) -> Seen {
    Seen { kind, reference: reference.to_owned(), detail }
}

/// A side of ours: where a charge or a refund stands, and how much it is.
struct Row {
    standing: String,
    amount: Money,
}

impl Payments {
    /// Reads the provider's own report from `since` on, and reconciles.
    pub async fn reconcile(&self, since: OffsetDateTime) -> Result<Reconciled, ReconcileError> {
        let (mut lines, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.provider.report(since, cursor.as_deref()).await?;
            lines.extend(page.lines);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        self.reconcile_lines(&lines, since).await
    }

    /// Reconciles with a report that somebody has in hand. It has to be complete from `since` on.
    pub async fn reconcile_lines(
        &self,
        lines: &[ReportLine],
        since: OffsetDateTime,
    ) -> Result<Reconciled, ReconcileError> {
        let now = self.ambient.now();
        let mut found = Vec::new();
        let mut booked = 0;
        for line in lines {
            match self.compare(line, now).await? {
                Compared::Agrees => {}
                Compared::Booked => booked += 1,
                Compared::Breaks(seen) => found.push(seen),
            }
        }
        found.extend(self.missing_at_the_provider(lines, since, now).await?);
        found.extend(self.missing_in_the_ledger(now).await?);
        let breaks = breaks::record(self, &found, now).await?;
        metrics::gauge!("usher_reconciliation_breaks").set(f64::from(u32::try_from(breaks.len()).unwrap_or(u32::MAX)));
        Ok(Reconciled { lines: lines.len(), booked, breaks })
    }

    async fn compare(&self, line: &ReportLine, now: OffsetDateTime) -> Result<Compared, ReconcileError> {
        match line.movement {
            Movement::Charge => self.compare_charge(line, now).await,
            Movement::Refund => self.compare_refund(line, RefundState::Succeeded { id: line.id.clone() }).await,
            Movement::Reversal => {
                let state = RefundState::Reversed { id: line.id.clone(), code: "reported".to_owned() };
                self.compare_refund(line, state).await
            }
            Movement::Dispute => {
                let dispute = Dispute {
                    charge_reference: line.charge_reference.clone(),
                    provider_id: line.id.clone(),
                    amount: line.amount,
                };
                let known = sqlx::query_scalar!("SELECT id FROM payments.disputes WHERE provider_id = $1", line.id);
                if known.fetch_optional(&self.pool).await?.is_some() {
                    return Ok(Compared::Agrees);
                }
                Ok(match self.record_dispute(&dispute).await? {
                    Disputed::Recorded => Compared::Booked,
                    Disputed::NoPayment => breaks("dispute-of-nobody", line),
                })
            }
            Movement::DisputeWon => {
                let status =
                    sqlx::query_scalar!("SELECT status FROM payments.disputes WHERE provider_id = $1", line.id);
                Ok(match status.fetch_optional(&self.pool).await?.as_deref() {
                    Some("won") => Compared::Agrees,
                    Some("open") if self.close_dispute(&line.id, true).await? => Compared::Booked,
                    _ => breaks("dispute-won-of-nobody", line),
                })
            }
        }
    }

    async fn compare_charge(&self, line: &ReportLine, now: OffsetDateTime) -> Result<Compared, ReconcileError> {
        let row =
            sqlx::query!("SELECT status, amount, currency FROM payments.payments WHERE reference = $1", line.reference);
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok(breaks("charge-of-nobody", line)) };
        let amount = crate::payment::money(row.amount, &row.currency)?;
        let ours = Row { standing: row.status, amount };
        if ours.amount != line.amount {
            return Ok(Compared::Breaks(differs("charge-amount", line, &ours)));
        }
        let is_young = line.at + SETTLING > now;
        Ok(if ours.standing == "captured" || is_young {
            Compared::Agrees
        } else {
            Compared::Breaks(differs("charge-not-captured-here", line, &ours))
        })
    }

    async fn compare_refund(&self, line: &ReportLine, state: RefundState) -> Result<Compared, ReconcileError> {
        let mut connection = self.pool.acquire().await?;
        let known = crate::refund::by_references(&mut connection, std::slice::from_ref(&line.reference)).await?.pop();
        drop(connection);
        let Some(known) = known else {
            return if matches!(state, RefundState::Succeeded { .. }) {
                self.book_by_hand(line).await
            } else {
                Ok(breaks("reversal-of-nobody", line))
            };
        };
        if known.amount != line.amount {
            let ours = Row { standing: known.status.standing().as_str().to_owned(), amount: known.amount };
            return Ok(Compared::Breaks(differs("refund-amount", line, &ours)));
        }
        let standing = known.status.standing();
        let after = self.settle_refund(SettleRefund { reference: line.reference.clone(), state }).await?;
        Ok(if after.status.standing() == standing { Compared::Agrees } else { Compared::Booked })
    }

    /// Books a refund that nobody here asked for. It is the charge's by its reference; where that is nobody's, it is a break.
    async fn book_by_hand(&self, line: &ReportLine) -> Result<Compared, ReconcileError> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let Some(captured) = ledger::captured(&mut transaction, &line.charge_reference, line.amount).await? else {
            return Ok(breaks("refund-of-nobody", line));
        };
        let ledger::Captured { payment, booking, source } = captured;
        let id = usher_core::ids::RefundId::new(&*self.ambient);
        let inserted = sqlx::query!(
            "INSERT INTO payments.refunds
               (id, payment_id, reference, amount, source, purpose, reason, status, provider_id, opened_at, released_at, settled_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'found in the report of the provider', $7, $8, $9, $10, $10)",
            id.uuid(),
            payment.uuid(),
            line.reference,
            line.amount.amount,
            source.as_str(),
            Purpose::ByHand.as_str(),
            RefundStanding::Succeeded.as_str(),
            line.id,
            line.at,
            now,
        );
        if let Err(error) = inserted.execute(&mut *transaction).await {
            let failure = usher_database::Failure::from(error);
            // A refund of ours holds the money that is gone: it will fail, and then there is room.
            return if crate::exceeds_captured(&failure) {
                Ok(breaks("refund-without-room", line))
            } else {
                Err(failure.into())
            };
        }
        let posting = Posting {
            payment,
            booking,
            kind: ledger::Kind::Refund,
            reference: line.reference.clone(),
            amount: line.amount,
            source,
        };
        ledger::post(&mut transaction, &[posting], now).await?;
        let incident = OpenIncident {
            kind: FOREIGN_REFUND,
            reference: line.reference.clone(),
            payment: Some(payment),
            refund: Some(id),
            detail: format!("{} of {} under {}", line.amount, line.charge_reference, line.id),
            customer_text: "payment_checked",
        };
        crate::incident::open(&mut transaction, &*self.ambient, &[incident]).await?;
        transaction.commit().await?;
        Ok(Compared::Booked)
    }

    /// What we hold for done since then, and the report does not have.
    async fn missing_at_the_provider(
        &self,
        lines: &[ReportLine],
        since: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Vec<Seen>, ReconcileError> {
        let of = |movement| -> HashSet<&str> {
            lines.iter().filter(|line| line.movement == movement).map(|line| line.reference.as_str()).collect()
        };
        let (charges, refunds) = (of(Movement::Charge), of(Movement::Refund));
        let captures = sqlx::query_scalar!(
            "SELECT reference FROM payments.payments WHERE status = 'captured' AND opened_at >= $1 AND settled_at < $2",
            since,
            now - SETTLING,
        );
        let refunded = sqlx::query_scalar!(
            "SELECT reference FROM payments.refunds
             WHERE status IN ('succeeded', 'reversed') AND released_at >= $1 AND settled_at < $2",
            since,
            now - SETTLING,
        );
        let captures = captures.fetch_all(&self.pool).await?.into_iter().filter(|one| !charges.contains(one.as_str()));
        let refunded = refunded.fetch_all(&self.pool).await?.into_iter().filter(|one| !refunds.contains(one.as_str()));
        let missing = |kind: &'static str| {
            move |reference: String| seen(kind, &reference, "done here, not in the provider's report".to_owned())
        };
        Ok(captures.map(missing("charge-not-reported")).chain(refunded.map(missing("refund-not-reported"))).collect())
    }

    /// What the rows say and the ledger does not.
    async fn missing_in_the_ledger(&self, now: OffsetDateTime) -> Result<Vec<Seen>, ReconcileError> {
        let rows = sqlx::query!(
            r#"SELECT reference AS "reference!", kind AS "kind!", amount AS "amount!", posted AS "posted!" FROM (
                 SELECT payment.reference, 'capture' AS kind, payment.amount, coalesce(sum(transfer.amount), 0)::bigint AS posted
                 FROM payments.payments AS payment LEFT JOIN payments.transfers AS transfer
                   ON transfer.payment_id = payment.id AND transfer.kind = 'capture' AND transfer.reference = payment.reference
                 WHERE payment.status = 'captured' AND payment.settled_at < $1 GROUP BY payment.id
                 UNION ALL
                 SELECT refund.reference, 'refund', refund.amount, coalesce(sum(transfer.amount), 0)::bigint
                 FROM payments.refunds AS refund LEFT JOIN payments.transfers AS transfer
                   ON transfer.payment_id = refund.payment_id AND transfer.kind = 'refund' AND transfer.reference = refund.reference
                 WHERE refund.status IN ('succeeded', 'reversed') AND refund.settled_at < $1 GROUP BY refund.id
               ) AS sides WHERE amount <> posted"#,
            now - SETTLING,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let described = rows.map(|row| {
            let detail = format!("{}: {} on record, {} in the ledger", row.kind, row.amount, row.posted);
            seen("not-in-the-ledger", &row.reference, detail)
        });
        // A reference has one break of a kind.
        let by_reference: HashMap<String, Seen> = described.map(|seen| (seen.reference.clone(), seen)).collect();
        Ok(by_reference.into_values().collect())
    }
}

enum Compared {
    Agrees,
    Booked,
    Breaks(Seen),
}

fn breaks(kind: &'static str, line: &ReportLine) -> Compared {
    let detail = format!("{} of {} under {}, charge {}", line.id, line.amount, line.reference, line.charge_reference);
    Compared::Breaks(seen(kind, &line.reference, detail))
}

fn differs(kind: &'static str, line: &ReportLine, ours: &Row) -> Seen {
    let detail = format!("{} with {} there, {} and {} here", line.id, line.amount, ours.amount, ours.standing);
    seen(kind, &line.reference, detail)
}
