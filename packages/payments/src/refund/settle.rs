//! Writing down what the provider said to a refund: its status, the ledger, the event, in one transaction. Written once;
//! who comes later finds it.

use std::collections::HashMap;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{ambient::SharedAmbient, ids::PaymentId};
use usher_database::{once::ApplyOnce, outbox::Message};

use super::{Refund, RefundStatus, by_references};
use crate::{
    events,
    ledger::{self, Refunded},
    payment::{self, Payment},
    provider::RefundState,
};

/// What the provider said of the refund under a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleRefund {
    /// The charge's reference.
    pub charge_reference: String,
    /// The refund's reference. It must have been opened.
    pub reference: String,
    /// What it said.
    pub state: RefundState,
}

/// Settles refunds in batches.
#[derive(Debug)]
pub(crate) struct Settling(pub(crate) SharedAmbient);

impl ApplyOnce<SettleRefund, RefundStatus> for Settling {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [&'a SettleRefund],
        told: &'a mut Vec<Message>,
    ) -> BoxFuture<'a, Result<Vec<RefundStatus>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.0.now();
            let changed = update(connection, commands, now).await?;
            let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
            let refunds = by_references(connection, &references).await?;
            let charges: Vec<_> = commands.iter().map(|command| command.charge_reference.clone()).collect();
            let payments = payment::by_references(connection, &charges).await?;
            let payments: HashMap<PaymentId, Payment> =
                payments.into_iter().map(|payment| (payment.id, payment)).collect();
            let mut postings = Vec::new();
            for refund in refunds.iter().filter(|refund| changed.contains(&refund.reference)) {
                let payment = payments.get(&refund.payment).ok_or(sqlx::Error::RowNotFound)?;
                postings.extend(posting(payment, refund));
                told.extend(events::of_refund(&*self.0, payment, refund));
                metrics::counter!("usher_refunds_total", "outcome" => label(&refund.status)).increment(1);
            }
            ledger::post(connection, &postings, now).await?;
            let statuses: HashMap<_, _> = refunds.into_iter().map(|refund| (refund.reference, refund.status)).collect();
            let in_order = commands.iter().map(|command| statuses.get(&command.reference).cloned());
            in_order.map(|status| status.ok_or(sqlx::Error::RowNotFound)).collect()
        })
    }
}

/// Writes the outcomes that are news, and answers the references of the refunds that they changed. They are named twice
/// for the planner, as in [`crate::settle`].
async fn update(
    connection: &mut PgConnection,
    commands: &[&SettleRefund],
    now: OffsetDateTime,
) -> Result<Vec<String>, sqlx::Error> {
    let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
    let (provider_ids, codes): (Vec<_>, Vec<_>) = commands
        .iter()
        .map(|command| match &command.state {
            RefundState::Succeeded { id } => (Some(id.clone()), None),
            RefundState::Failed { code } => (None, Some(code.clone())),
        })
        .unzip();
    sqlx::query_scalar!(
        "UPDATE payments.refunds AS refund
         SET status = CASE WHEN new.code IS NULL THEN 'succeeded' ELSE 'failed' END,
           provider_id = new.provider_id, code = new.code, settled_at = $4
         FROM unnest($1::text[], $2::text[], $3::text[]) AS new (reference, provider_id, code)
         WHERE refund.reference = new.reference AND refund.reference = ANY($1) AND refund.status = 'pending'
         RETURNING refund.reference",
        &references,
        &provider_ids as &[Option<String>],
        &codes as &[Option<String>],
        now,
    )
    .fetch_all(connection)
    .await
}

/// What the ledger is told of a refund.
fn posting(payment: &Payment, refund: &Refund) -> Option<Refunded> {
    matches!(refund.status, RefundStatus::Succeeded { .. }).then(|| Refunded {
        payment: payment.id,
        booking: payment.booking,
        reference: refund.reference.clone(),
        amount: refund.amount,
        source: refund.source,
    })
}

const fn label(status: &RefundStatus) -> &'static str {
    match status {
        RefundStatus::Pending => "pending",
        RefundStatus::Succeeded { .. } => "succeeded",
        RefundStatus::Failed { .. } => "failed",
    }
}
