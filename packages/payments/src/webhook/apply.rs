//! What an event changes.
//!
//! A charge's news are settled like any other: the higher outcome counts. A refund's news carry the charge, because a
//! refund proves a capture, whichever of the two arrives first. What does not fit our books changes nothing and becomes an
//! incident; nothing is ever matched by its amount.

use serde::Serialize;
use usher_database::Failure;

use crate::{
    Payments, customer_text,
    incident::{CONTRADICTION, FOREIGN_REFUND, OpenIncident},
    payment::Payment,
    provider::{ChargeRecord, Event, News, RefundNews},
    refund::SettleRefund,
    settle::Outcome,
};

/// What an event came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// The books say now at least what it says.
    Merged,
    /// It says nothing that is an outcome.
    Ignored,
    /// It is about nothing of ours, or contradicts it; an incident is open.
    Incident,
}

impl Applied {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::Ignored => "ignored",
            Self::Incident => "incident",
        }
    }
}

impl Payments {
    /// Merges an event into the books and marks it as applied. Again, and in any order, is harmless.
    pub async fn apply(&self, event: &Event) -> Result<Applied, Failure> {
        let applied = match &event.news {
            News::Other => Applied::Ignored,
            News::Charge(record) => match self.find(record).await? {
                Err(applied) => applied,
                Ok(payment) => self.apply_charge(&payment, record).await?,
            },
            News::Refund(news) => match self.find(&news.charge).await? {
                Err(applied) => applied,
                Ok(payment) => {
                    self.apply_charge(&payment, &news.charge).await?;
                    self.apply_refund(&payment, news).await?
                }
            },
        };
        sqlx::query!(
            "UPDATE payments.webhooks SET applied_at = $2, outcome = $3 WHERE event_id = $1",
            event.id,
            self.ambient.now(),
            applied.as_str(),
        )
        .execute(&self.pool)
        .await?;
        Ok(applied)
    }

    /// The payment that a charge is of, if both mean the same.
    async fn find(&self, record: &ChargeRecord) -> Result<Result<Payment, Applied>, Failure> {
        let Some(payment) = self.by_reference(&record.reference).await? else {
            if Outcome::of(record).is_none_or(|outcome| !matches!(outcome, Outcome::Captured { .. })) {
                return Ok(Err(Applied::Ignored)); // No money moved, and nothing is on record: nothing to say.
            }
            let incident = OpenIncident {
                kind: CONTRADICTION,
                reference: record.reference.clone(),
                payment: None,
                refund: None,
                detail: format!("the provider captured {:?}, and no payment is on record", record.amount),
                customer_text: customer_text::CHECKED,
            };
            self.open_incident(incident).await?;
            return Ok(Err(Applied::Incident));
        };
        if record.amount.is_some_and(|amount| amount != payment.amount) {
            self.contradicted(&payment, format!("the provider tells of {:?}", record.amount)).await?;
            return Ok(Err(Applied::Incident));
        }
        Ok(Ok(payment))
    }

    async fn apply_charge(&self, payment: &Payment, record: &ChargeRecord) -> Result<Applied, Failure> {
        let Some(outcome) = Outcome::of(record) else { return Ok(Applied::Ignored) };
        self.settle_news(&payment.reference, outcome).await?;
        Ok(Applied::Merged)
    }

    async fn apply_refund(&self, payment: &Payment, news: &RefundNews) -> Result<Applied, Failure> {
        let RefundNews { reference, is_ours, amount, state, .. } = news;
        let refunds = self.refunds(payment.id).await?;
        let known = refunds.iter().find(|refund| refund.reference == *reference);
        if !is_ours || known.is_none_or(|refund| refund.amount != *amount) {
            let incident = OpenIncident {
                kind: FOREIGN_REFUND,
                reference: reference.clone(),
                payment: Some(payment.id),
                refund: known.map(|refund| refund.id),
                detail: format!("the provider gave back {amount} of {}, and we did not ask for it", payment.reference),
                customer_text: customer_text::CHECKED,
            };
            self.open_incident(incident).await?;
            return Ok(Applied::Incident);
        }
        let _working = self.in_its_trace(&payment.reference).await?;
        self.settle_refund(SettleRefund { reference: reference.clone(), state: state.clone() }).await?;
        Ok(Applied::Merged)
    }
}
