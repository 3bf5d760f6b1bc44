//! Writing down what the provider said of a refund: its status, the ledger, the incident, the event, in one transaction.
//!
//! Whatever is heard, from an answer, a webhook or a report, is merged with what is known. So it may come twice and in any
//! order, and needs no inbox: only what changes the status is posted and told.

use std::collections::HashMap;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::ambient::SharedAmbient;
use usher_database::{group_commit::Apply, outbox};

use super::{Refund, RefundStanding, RefundStatus, by_references};
use crate::{
    events,
    incident::{self, OpenIncident},
    ledger::{self, Posting},
    provider::RefundState,
};

/// The incident of a refund that the provider will not make.
pub const REFUND_FAILED: &str = "refund_failed";

/// The incident of a refund that was made and came back.
pub const REFUND_REVERSED: &str = "refund_reversed";

/// What the provider said of the refund under a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleRefund {
    /// The refund's reference. It must have been opened.
    pub reference: String,
    /// What it said.
    pub state: RefundState,
}

/// Settles refunds in batches.
#[derive(Debug)]
pub(crate) struct Settling(pub(crate) SharedAmbient);

impl Apply<SettleRefund, Refund> for Settling {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [SettleRefund],
    ) -> BoxFuture<'a, Result<Vec<Refund>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.0.now();
            let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
            lock(&mut *connection, &references).await?;
            let before = by_references(&mut *connection, &references).await?;
            let before: HashMap<&str, &Refund> =
                before.iter().map(|refund| (refund.reference.as_str(), refund)).collect();
            let news = merge(commands, &before)?;
            update(&mut *connection, &news, now).await?;
            let after = by_references(&mut *connection, &references).await?;
            let (mut postings, mut incidents, mut told) = (Vec::new(), Vec::new(), Vec::new());
            for refund in &after {
                let Some(known) = before.get(refund.reference.as_str()) else { continue };
                if known.status.standing() == refund.status.standing() {
                    continue;
                }
                postings.extend(postings_of(known.status.standing(), refund));
                incidents.extend(incident_of(refund));
                told.extend(events::of_refund(&*self.0, refund));
                metrics::counter!("usher_refunds_total", "outcome" => refund.status.standing().as_str()).increment(1);
            }
            ledger::post(&mut *connection, &postings, now).await?;
            incident::open(&mut *connection, &*self.0, &incidents).await?;
            outbox::write(&mut *connection, &told, now).await?;
            let after: HashMap<_, _> = after.into_iter().map(|refund| (refund.reference.clone(), refund)).collect();
            let in_order = commands.iter().map(|command| after.get(&command.reference).cloned());
            in_order.map(|refund| refund.ok_or(sqlx::Error::RowNotFound)).collect()
        })
    }
}

async fn lock(connection: &mut PgConnection, references: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT FROM payments.refunds WHERE reference = ANY($1) ORDER BY id FOR UPDATE", references)
        .execute(connection)
        .await?;
    Ok(())
}

/// A refund's new state, with what was heard on the way.
struct News<'a> {
    reference: &'a str,
    standing: RefundStanding,
    provider_id: Option<&'a str>,
    code: Option<&'a str>,
}

/// The refunds of which something new is known after all that these commands heard.
fn merge<'a>(commands: &'a [SettleRefund], before: &HashMap<&str, &Refund>) -> Result<Vec<News<'a>>, sqlx::Error> {
    let mut merged: HashMap<&str, News<'a>> = HashMap::new();
    for SettleRefund { reference, state } in commands {
        let known = before.get(reference.as_str()).ok_or(sqlx::Error::RowNotFound)?.status.standing();
        let news =
            merged.entry(reference).or_insert(News { reference, standing: known, provider_id: None, code: None });
        news.standing = news.standing.merge(state.standing());
        news.provider_id = news.provider_id.or(state.provider_id());
        news.code = news.code.or(state.code());
    }
    let mut news: Vec<_> = merged
        .into_values()
        .filter(|news| before.get(news.reference).is_some_and(|known| known.status.standing() != news.standing))
        .collect();
    news.sort_unstable_by_key(|news| news.reference);
    Ok(news)
}

async fn update(connection: &mut PgConnection, news: &[News<'_>], now: OffsetDateTime) -> Result<(), sqlx::Error> {
    if news.is_empty() {
        return Ok(());
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let references: Vec<_> = news.iter().map(|one| one.reference.to_owned()).collect();
    let standings: Vec<_> = news.iter().map(|one| one.standing.as_str().to_owned()).collect();
    let provider_ids: Vec<_> = news.iter().map(|one| owned(one.provider_id)).collect();
    let codes: Vec<_> = news.iter().map(|one| owned(one.code)).collect();
    // The references are named twice for the planner, as in `crate::settle`.
    sqlx::query!(
        "UPDATE payments.refunds AS refund
         SET status = new.status,
           action = CASE WHEN new.status = 'requires_action' THEN 'customer' END,
           provider_id = coalesce(refund.provider_id, new.provider_id,
             CASE WHEN new.status IN ('succeeded', 'reversed') THEN refund.reference END),
           code = coalesce(refund.code, new.code, CASE WHEN new.status IN ('failed', 'reversed') THEN 'unknown' END),
           settled_at = CASE WHEN new.status NOT IN ('pending', 'requires_action') THEN $5::timestamptz END
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new (reference, status, provider_id, code)
         WHERE refund.reference = new.reference AND refund.reference = ANY($1)",
        &references,
        &standings,
        &provider_ids as &[Option<String>],
        &codes as &[Option<String>],
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the ledger is told of a refund that stands elsewhere now. A reversal that we hear of before the success means that
/// both happened.
fn postings_of(before: RefundStanding, refund: &Refund) -> Vec<Posting> {
    let posting = |kind| Posting {
        payment: refund.payment,
        booking: refund.booking,
        kind,
        reference: refund.reference.clone(),
        amount: refund.amount,
        source: refund.source,
    };
    match (before, refund.status.standing()) {
        (_, RefundStanding::Succeeded) => vec![posting(ledger::Kind::Refund)],
        (RefundStanding::Succeeded, RefundStanding::Reversed) => vec![posting(ledger::Kind::Reversal)],
        (_, RefundStanding::Reversed) => vec![posting(ledger::Kind::Refund), posting(ledger::Kind::Reversal)],
        _ => Vec::new(),
    }
}

/// The incident that a refund's new status is, if it is one: the money is still owed to the customer.
fn incident_of(refund: &Refund) -> Option<OpenIncident> {
    let (kind, code) = match &refund.status {
        RefundStatus::Failed { code } => (REFUND_FAILED, code),
        RefundStatus::Reversed { code, .. } => (REFUND_REVERSED, code),
        _ => return None,
    };
    Some(OpenIncident {
        kind,
        reference: refund.reference.clone(),
        payment: Some(refund.payment),
        refund: Some(refund.id),
        detail: format!("{} of {}: {code}", refund.amount, refund.booking),
        customer_text: "refund_delayed",
    })
}
