//! Finding out what nobody knows, by the clock: what no saga asks for any more.
//!
//! A reconciler without input. It looks up every payment that has been open or unknown for longer than a saga takes, then
//! holds what is left against the provider's report. What is unknown for a day becomes an incident, which is resolved as
//! soon as the outcome is known. Money that came after a refusal was told goes back under the same reference that the
//! booking's own undo uses, so it goes back once.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};
use usher_core::ids::{BookingId, PaymentId};
use usher_database::{
    Failure,
    event::trace::{Working, enter},
};
use uuid::Uuid;

use crate::{
    Payments,
    attempt::{Call, Heard},
    customer_text,
    incident::{CONTRADICTION, LATE_SUCCESS, OpenIncident, PAYMENT_UNKNOWN},
    payment::{Payment, Row},
    provider::{Movement, ReportLine},
    settle::{Outcome, Settle},
};

/// How long a payment is left to its saga, whose four attempts take 174 s.
const PATIENCE: Duration = Duration::minutes(5);

/// How long a payment may be unknown before a person hears of it.
const A_DAY: Duration = Duration::hours(24);

/// How far back is looked without an incident: a day, and some for a reconciler that was away.
const WINDOW: Duration = Duration::hours(72);

/// How many payments one round takes on, so that it comes to an end.
const ROUND: i64 = 200;

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resolved {
    /// Payments whose outcome is known now.
    pub settled: usize,
    /// Payments that are still unknown.
    pub unknown: usize,
    /// Late payments that went back.
    pub given_back: usize,
}

impl Payments {
    /// One round.
    pub async fn resolve(&self) -> Result<Resolved, Failure> {
        let mut resolved = Resolved { given_back: self.give_back_late().await?, ..Resolved::default() };
        let mut left = Vec::new();
        for payment in self.unresolved().await? {
            if self.look_up_again(&payment).await? {
                resolved.settled += 1;
            } else {
                left.push(payment);
            }
        }
        let by_report = self.resolve_by_report(&left).await?;
        resolved.settled += by_report.len();
        left.retain(|payment| !by_report.contains(&payment.id));
        for payment in &left {
            self.open_after_a_day(payment).await?;
        }
        resolved.unknown = left.len();
        Ok(resolved)
    }

    /// Payments that have been without an outcome for too long, oldest first. Their numbers sort by age, so the primary
    /// key finds the recent ones; the others have an incident.
    async fn unresolved(&self) -> Result<Vec<Payment>, Failure> {
        let now = self.ambient.now();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, booking_id, reference, amount, currency, method, status, provider_id, code, opened_at, settled_at
             FROM payments.payments
             WHERE status IN ('open', 'unknown') AND opened_at < $1
               AND (id > $2 OR id IN (SELECT payment_id FROM payments.incidents WHERE kind = $3 AND resolved_at IS NULL))
             ORDER BY opened_at LIMIT $4",
            now - PATIENCE,
            lowest_id(now - WINDOW),
            PAYMENT_UNKNOWN,
            ROUND,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(Payment::try_from).collect::<Result<_, _>>()?)
    }

    /// Whether the outcome is known now.
    async fn look_up_again(&self, payment: &Payment) -> Result<bool, Failure> {
        let asking = self.ask(payment.id, Call::LookUp).await?;
        let record = match self.provider.look_up(&payment.reference).await {
            Ok(record) => record,
            Err(failure) => {
                self.heard(asking, Heard::of_failure(&failure)).await?;
                return Ok(false);
            }
        };
        self.heard(asking, Heard::of(record.as_ref())).await?;
        let Some(record) = record else { return Ok(false) };
        if record.amount.is_some_and(|amount| amount != payment.amount) {
            self.contradicted(payment, format!("the provider has {:?} under {}", record.amount, record.reference))
                .await?;
            return Ok(false);
        }
        let Some(outcome) = Outcome::of(&record) else { return Ok(false) };
        self.settle_news(&payment.reference, outcome).await?;
        Ok(true)
    }

    /// The payments that the provider's own record knows as captured. Only by our reference, never by the amount.
    async fn resolve_by_report(&self, payments: &[Payment]) -> Result<Vec<PaymentId>, Failure> {
        let Some(since) = payments.iter().map(|payment| payment.opened_at).min() else { return Ok(Vec::new()) };
        let wanted: HashMap<&str, &Payment> =
            payments.iter().map(|payment| (payment.reference.as_str(), payment)).collect();
        let (mut settled, mut cursor) = (Vec::new(), None);
        loop {
            let Ok(page) = self.provider.report(since, cursor.as_deref()).await else { return Ok(settled) };
            for line in page.lines.iter().filter(|line| line.movement == Movement::Charge) {
                let Some(payment) = wanted.get(line.reference.as_str()) else { continue };
                if self.settle_by_line(payment, line).await? {
                    settled.push(payment.id);
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(settled);
            }
        }
    }

    async fn settle_by_line(&self, payment: &Payment, line: &ReportLine) -> Result<bool, Failure> {
        if line.amount != payment.amount {
            self.contradicted(payment, format!("the provider's report has {} under {}", line.amount, line.reference))
                .await?;
            return Ok(false);
        }
        self.settle_news(&payment.reference, Outcome::Captured { provider_id: line.id.clone() }).await?;
        Ok(true)
    }

    /// Writes down what became known while no saga asked. Every outcome of a reference is news once.
    pub(crate) async fn settle_news(&self, reference: &str, outcome: Outcome) -> Result<(), Failure> {
        let _working = self.in_its_trace(reference).await?;
        let key = format!("{reference}/news/{}", outcome.as_str());
        self.settle(&key, Settle::news(reference.to_owned(), outcome)).await?;
        self.resolve_incident(PAYMENT_UNKNOWN, reference, "the outcome became known").await?;
        Ok(())
    }

    /// What is told of a payment while the value lives belongs to the trace of its booking's request.
    pub(crate) async fn in_its_trace(&self, reference: &str) -> Result<Option<Working>, Failure> {
        let row = sqlx::query!("SELECT booking_id, traceparent FROM payments.payments WHERE reference = $1", reference);
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok(None) };
        let trace = row.traceparent.and_then(|trace| trace.parse().ok());
        Ok(trace.map(|trace| enter(&BookingId::from(row.booking_id).to_string(), trace)))
    }

    async fn open_after_a_day(&self, payment: &Payment) -> Result<(), Failure> {
        if payment.opened_at + A_DAY > self.ambient.now() {
            return Ok(());
        }
        let incident = OpenIncident {
            kind: PAYMENT_UNKNOWN,
            reference: payment.reference.clone(),
            payment: Some(payment.id),
            refund: None,
            detail: format!("nobody knows what became of {} since {}", payment.amount, payment.opened_at),
            customer_text: customer_text::CHECKED,
        };
        self.open_incident(incident).await.map(drop)
    }

    pub(crate) async fn contradicted(&self, payment: &Payment, detail: String) -> Result<(), Failure> {
        let incident = OpenIncident {
            kind: CONTRADICTION,
            reference: payment.reference.clone(),
            payment: Some(payment.id),
            refund: None,
            detail: format!("we asked for {}; {detail}", payment.amount),
            customer_text: customer_text::CHECKED,
        };
        self.open_incident(incident).await.map(drop)
    }

    /// Gives back what was captured after a refusal was told. What cannot be given back now stays an open incident.
    pub async fn give_back_late(&self) -> Result<usize, Failure> {
        let late = sqlx::query!(
            r#"SELECT incident.reference, payment.booking_id FROM payments.incidents AS incident
               JOIN payments.payments AS payment ON payment.id = incident.payment_id
               WHERE incident.kind = $1 AND incident.resolved_at IS NULL ORDER BY incident.opened_at LIMIT $2"#,
            LATE_SUCCESS,
            ROUND,
        );
        let mut given_back = 0;
        for row in late.fetch_all(&self.pool).await? {
            let _working = self.in_its_trace(&row.reference).await?;
            let key = format!("{}/late", row.reference);
            match self.reverse(BookingId::from(row.booking_id), &row.reference, &key, None).await {
                Ok(_) => {
                    self.resolve_incident(LATE_SUCCESS, &row.reference, "given back").await?;
                    given_back += 1;
                }
                Err(error) => tracing::warn!(%error, reference = row.reference, "a late payment is not back yet"),
            }
        }
        Ok(given_back)
    }
}

/// Lower than every number that was made at the moment or later.
fn lowest_id(moment: OffsetDateTime) -> Uuid {
    let milliseconds = u128::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    Uuid::from_u128(milliseconds << 80)
}
