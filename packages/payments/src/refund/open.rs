//! Writing down that money is about to be given back, before the provider is asked.
//!
//! Here is decided which account it leaves: once tickets were issued the money is revenue, before that a prepayment. The
//! payment's row is locked while that is read, so that a recognition cannot slip in between.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{ambient::SharedAmbient, ids::RefundId, money::Money};
use usher_database::group_commit::Apply;
use uuid::Uuid;

use super::{Refund, by_references};

/// What is about to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRefund {
    /// The reference of a captured charge.
    pub charge_reference: String,
    /// The key under which the provider will know the refund.
    pub reference: String,
    /// How much, in the charge's currency.
    pub amount: Money,
}

/// What was found under the refund's reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedRefund {
    /// Nothing: this is the first time, and nobody has asked the provider.
    Fresh(Refund),
    /// The refund of an earlier attempt; the provider may have been asked.
    Found(Refund),
    /// There is no payment under the charge's reference in that currency.
    NoPayment,
}

/// Opens refunds in batches. More than was captured is an error of the constraint `refunds_within_captured`.
#[derive(Debug)]
pub(crate) struct Opening(pub(crate) SharedAmbient);

impl Apply<OpenRefund, OpenedRefund> for Opening {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [OpenRefund],
    ) -> BoxFuture<'a, Result<Vec<OpenedRefund>, sqlx::Error>> {
        Box::pin(async move {
            lock(connection, commands).await?;
            let ids: Vec<_> = commands.iter().map(|_| RefundId::new(&*self.0)).collect();
            let inserted = insert(connection, commands, &ids, self.0.now()).await?;
            let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
            let refunds = by_references(connection, &references).await?;
            let refunds: HashMap<_, _> = refunds.iter().map(|refund| (refund.reference.as_str(), refund)).collect();
            let outcomes =
                commands.iter().zip(ids).map(|(command, id)| match refunds.get(command.reference.as_str()) {
                    None => OpenedRefund::NoPayment,
                    Some(refund) if inserted.contains(&id.uuid()) => OpenedRefund::Fresh((*refund).clone()),
                    Some(refund) => OpenedRefund::Found((*refund).clone()),
                });
            Ok(outcomes.collect())
        })
    }
}

async fn lock(connection: &mut PgConnection, commands: &[OpenRefund]) -> Result<(), sqlx::Error> {
    let charges: Vec<_> = commands.iter().map(|command| command.charge_reference.clone()).collect();
    sqlx::query!("SELECT FROM payments.payments WHERE reference = ANY($1) ORDER BY id FOR NO KEY UPDATE", &charges)
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert(
    connection: &mut PgConnection,
    commands: &[OpenRefund],
    ids: &[RefundId],
    now: OffsetDateTime,
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let charges: Vec<_> = commands.iter().map(|command| command.charge_reference.clone()).collect();
    let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
    let amounts: Vec<_> = commands.iter().map(|command| command.amount.amount).collect();
    let currencies: Vec<_> = commands.iter().map(|command| command.amount.currency.to_string()).collect();
    let inserted = sqlx::query_scalar!(
        "INSERT INTO payments.refunds (id, payment_id, reference, amount, source, opened_at)
         SELECT new.id, payment.id, new.reference, new.amount,
           CASE WHEN EXISTS (
             SELECT FROM payments.transfers AS transfer WHERE transfer.payment_id = payment.id AND transfer.kind = 'recognise'
           ) THEN 'revenue' ELSE 'customer_prepayments' END,
           $6
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[])
           AS new (id, charge_reference, reference, amount, currency)
         JOIN payments.payments AS payment
           ON payment.reference = new.charge_reference AND payment.currency = new.currency
         WHERE payment.reference = ANY($2)
         ORDER BY new.reference
         ON CONFLICT (reference) DO NOTHING
         RETURNING id",
        &ids,
        &charges,
        &references,
        &amounts,
        &currencies,
        now,
    );
    Ok(inserted.fetch_all(connection).await?.into_iter().collect())
}
