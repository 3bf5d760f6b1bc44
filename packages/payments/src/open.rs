//! Writing down that a payment is about to be asked for, before anybody is asked.
//!
//! The row is what makes a charge findable after a crash. Its reference is unique, so of many deliveries of one step
//! exactly one is told that it is the first; the others find the row and look up before they ask again. The first attempt
//! is begun by the same statement.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use sqlx::PgConnection;
use usher_core::{
    ambient::SharedAmbient,
    ids::{BookingId, PaymentId},
    money::Money,
    trace::TraceContext,
};
use usher_database::group_commit::Apply;

use crate::{
    attempt::Call,
    payment::{self, Payment},
};

/// What is about to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What it pays for.
    pub booking: BookingId,
    /// The key under which the provider will know the charge.
    pub reference: String,
    /// How much, above zero.
    pub amount: Money,
    /// The provider's token for the means of payment.
    pub method: String,
    /// The call that is made next; none when the charge was found at the provider.
    pub call: Option<Call>,
    /// The trace that it belongs to.
    pub trace: Option<TraceContext>,
}

/// What was found under the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Nothing: this is the first time, and nobody has asked the provider.
    Fresh(PaymentId),
    /// The payment of an earlier attempt; the provider may have been asked.
    Found(Payment),
    /// The booking has a payment under another reference. One booking is paid once.
    Elsewhere,
}

/// Opens payments in batches.
#[derive(Debug)]
pub(crate) struct Opening(pub(crate) SharedAmbient);

impl Apply<Open, Opened> for Opening {
    fn autocommits(&self) -> bool {
        true
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Open],
    ) -> BoxFuture<'a, Result<Vec<Opened>, sqlx::Error>> {
        Box::pin(async move {
            let ids: Vec<_> = commands.iter().map(|_| PaymentId::new(&*self.0)).collect();
            let inserted = insert(connection, commands, &ids, self.0.now()).await?;
            // Of two equal commands in one batch only the one whose id was taken is the first.
            let is_fresh = |id: &PaymentId| inserted.contains(id);
            let known: Vec<String> = commands
                .iter()
                .zip(&ids)
                .filter(|(_, id)| !is_fresh(id))
                .map(|(command, _)| command.reference.clone())
                .collect();
            let mut found: HashMap<String, Payment> = HashMap::new();
            if !known.is_empty() {
                let payments = payment::by_references(connection, &known).await?;
                found.extend(payments.into_iter().map(|payment| (payment.reference.clone(), payment)));
            }
            let outcomes = commands.iter().zip(ids).map(|(command, id)| {
                if is_fresh(&id) {
                    return Opened::Fresh(id);
                }
                found.get(&command.reference).cloned().map_or(Opened::Elsewhere, Opened::Found)
            });
            Ok(outcomes.collect())
        })
    }
}

/// Inserts in the order of the references, so that two processes with the same ones wait instead of deadlocking.
async fn insert(
    connection: &mut PgConnection,
    commands: &[Open],
    ids: &[PaymentId],
    now: time::OffsetDateTime,
) -> Result<HashSet<PaymentId>, sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let bookings: Vec<_> = commands.iter().map(|command| command.booking.uuid()).collect();
    let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
    let amounts: Vec<_> = commands.iter().map(|command| command.amount.amount).collect();
    let currencies: Vec<_> = commands.iter().map(|command| command.amount.currency.to_string()).collect();
    let methods: Vec<_> = commands.iter().map(|command| command.method.clone()).collect();
    let calls: Vec<_> = commands.iter().map(|command| command.call.map(|call| call.as_str().to_owned())).collect();
    let traces: Vec<_> = commands.iter().map(|command| command.trace.map(|trace| trace.to_string())).collect();
    let inserted = sqlx::query_scalar!(
        "WITH new AS (
           SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $8::text[], $9::text[])
             AS new (id, booking_id, reference, amount, currency, method, call, traceparent)
         ), opened AS (
           INSERT INTO payments.payments (id, booking_id, reference, amount, currency, method, opened_at, traceparent)
           SELECT id, booking_id, reference, amount, currency, method, $7, traceparent FROM new
           ORDER BY reference
           ON CONFLICT DO NOTHING
           RETURNING id
         ), begun AS (
           INSERT INTO payments.attempts (payment_id, id, call, began_at)
           SELECT id, id, call, $7 FROM opened JOIN new USING (id) WHERE call IS NOT NULL
         )
         SELECT id FROM opened",
        &ids,
        &bookings,
        &references,
        &amounts,
        &currencies,
        &methods,
        now,
        &calls as &[Option<String>],
        &traces as &[Option<String>],
    );
    Ok(inserted.fetch_all(connection).await?.into_iter().map(PaymentId::from).collect())
}
