//! Writing down that money is about to be given back, before the provider is asked.
//!
//! Here is decided which account it leaves: once tickets were issued the money is revenue, before that a prepayment. The
//! payment's row is locked while that is read, so that a recognition cannot slip in between. A refund that has a saga of
//! its own gets the command that starts it in the same transaction, unless it waits for approval.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{
    ambient::SharedAmbient,
    ids::{RefundId, UserId},
    money::Money,
};
use usher_database::{
    event,
    group_commit::Apply,
    outbox::{self, Kind, Message},
};
use uuid::Uuid;

use super::{Purpose, Refund, RefundStatus, by_references};

/// What is about to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRefund {
    /// The reference of a captured charge.
    pub charge_reference: String,
    /// The key under which the provider will know the refund.
    pub reference: String,
    /// How much.
    pub amount: Amount,
    /// What for.
    pub purpose: Purpose,
    /// Why, in the words of whoever asks.
    pub reason: String,
    /// Who asks; nobody when a saga does.
    pub requested_by: Option<UserId>,
    /// Whether a second person has to approve before the provider is asked.
    pub needs_approval: bool,
    /// The saga that carries it out, if it has one of its own.
    pub saga: Option<&'static str>,
}

/// How much to give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// This, or nothing.
    Exactly(Money),
    /// This, or what is left if that is less.
    AtMost(Money),
    /// What is left.
    Rest,
}

impl OpenRefund {
    /// What a saga gives back of itself: nobody asks, nobody approves.
    pub fn by_saga(charge_reference: &str, reference: &str, amount: Amount, purpose: Purpose) -> Self {
        Self {
            charge_reference: charge_reference.to_owned(),
            reference: reference.to_owned(),
            amount,
            purpose,
            reason: String::new(),
            requested_by: None,
            needs_approval: false,
            saga: None,
        }
    }
}

impl Amount {
    /// Minor units and currency; all there can be, in any currency, for the rest.
    fn columns(self) -> (i64, Option<String>, bool) {
        match self {
            Self::Exactly(money) => (money.amount, Some(money.currency.to_string()), false),
            Self::AtMost(money) => (money.amount, Some(money.currency.to_string()), true),
            Self::Rest => (i64::MAX, None, true),
        }
    }
}

/// What was found under the refund's reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedRefund {
    /// Nothing: this is the first time, and nobody has asked the provider.
    Fresh(Refund),
    /// The refund of an earlier attempt; the provider may have been asked.
    Found(Refund),
    /// Nothing is left to give back, or there is no payment under the charge's reference in that currency.
    Nothing,
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
            let now = self.0.now();
            let ids: Vec<_> = commands.iter().map(|_| RefundId::new(&*self.0)).collect();
            let inserted = insert(connection, commands, &ids, now).await?;
            let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
            let refunds = by_references(connection, &references).await?;
            let refunds: HashMap<_, _> = refunds.iter().map(|refund| (refund.reference.as_str(), refund)).collect();
            let mut starts = Vec::new();
            let mut outcomes = Vec::with_capacity(commands.len());
            for (command, id) in commands.iter().zip(ids) {
                outcomes.push(match refunds.get(command.reference.as_str()) {
                    None => OpenedRefund::Nothing,
                    Some(refund) if inserted.contains(&id.uuid()) => {
                        let asked = refund.status == RefundStatus::Pending;
                        starts.extend(command.saga.filter(|_| asked).map(|saga| start(saga, refund)));
                        OpenedRefund::Fresh((*refund).clone())
                    }
                    Some(refund) => OpenedRefund::Found((*refund).clone()),
                });
            }
            outbox::write(connection, &starts, now).await?;
            Ok(outcomes)
        })
    }
}

/// The command that starts a refund's saga. Its row has the refund's number, so that whoever handed it over can discard it.
pub(crate) fn start(saga: &str, refund: &Refund) -> Message {
    let payload = json!({ "name": refund.id, "input": input(refund) });
    Message { id: refund.id.uuid(), kind: Kind::Start, topic: saga.to_owned(), payload }
}

/// What a refund's saga begins with: ids and the amount, and nothing that the refund's row could contradict later.
pub(super) fn input(refund: &Refund) -> serde_json::Value {
    let mut input = json!({
        "refund_id": refund.id, "payment_id": refund.payment, "booking_id": refund.booking, "amount": refund.amount,
    });
    if let Some(context) = event::trace::of(&refund.booking.to_string()) {
        input["traceparent"] = context.to_string().into();
    }
    input
}

impl Refund {
    /// What its saga begins with.
    pub fn saga_input(&self) -> serde_json::Value {
        input(self)
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
    let text = |of: fn(&OpenRefund) -> &str| commands.iter().map(|one| of(one).to_owned()).collect::<Vec<_>>();
    let (mut amounts, mut currencies, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    for (amount, currency, at_most) in commands.iter().map(|command| command.amount.columns()) {
        amounts.push(amount);
        currencies.push(currency);
        limits.push(at_most);
    }
    let askers: Vec<Option<Uuid>> = commands.iter().map(|one| one.requested_by.map(UserId::uuid)).collect();
    let inserted = sqlx::query_scalar!(
        "INSERT INTO payments.refunds
           (id, payment_id, reference, amount, source, purpose, reason, requested_by, status, action, opened_at, released_at)
         SELECT new.id, payment.id, new.reference,
           CASE WHEN new.at_most THEN least(new.amount, payment.amount - held.amount) ELSE new.amount END,
           CASE WHEN EXISTS (
             SELECT FROM payments.transfers AS transfer WHERE transfer.payment_id = payment.id AND transfer.kind = 'recognise'
           ) THEN 'revenue' ELSE 'customer_prepayments' END,
           new.purpose, new.reason, new.requested_by,
           CASE WHEN new.needs_approval THEN 'requires_action' ELSE 'pending' END,
           CASE WHEN new.needs_approval THEN 'approval' END,
           $11, $11
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bool[], $7::text[], $8::text[], $9::uuid[],
             $10::bool[])
           AS new (id, charge_reference, reference, amount, currency, at_most, purpose, reason, requested_by, needs_approval)
         JOIN payments.payments AS payment
           ON payment.reference = new.charge_reference AND payment.currency = coalesce(new.currency, payment.currency)
         CROSS JOIN LATERAL (
           SELECT (coalesce(sum(other.amount), 0) + payments.gone(payment.id))::bigint AS amount FROM payments.refunds AS other
           WHERE other.payment_id = payment.id AND other.status IN ('pending', 'requires_action', 'succeeded')
         ) AS held
         WHERE payment.reference = ANY($2) AND (NOT new.at_most OR payment.amount > held.amount)
         ORDER BY new.reference
         ON CONFLICT (reference) DO NOTHING
         RETURNING id",
        &ids,
        &text(|one| &one.charge_reference),
        &text(|one| &one.reference),
        &amounts,
        &currencies as &[Option<String>],
        &limits,
        &text(|one| one.purpose.as_str()),
        &text(|one| &one.reason),
        &askers as &[Option<Uuid>],
        &commands.iter().map(|one| one.needs_approval).collect::<Vec<_>>(),
        now,
    );
    Ok(inserted.fetch_all(connection).await?.into_iter().collect())
}
