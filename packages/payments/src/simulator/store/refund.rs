//! Refunds: one row a reference, never more than the charge. Most are made at once; what becomes of the others is in
//! [`Fate`].

use futures::future::BoxFuture;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::ambient::SharedAmbient;
use usher_database::group_commit::Apply;
use uuid::Uuid;

use super::{super::ids, charge};
use crate::provider::methods;

/// A request that was understood.
#[derive(Debug, Clone)]
pub(in crate::simulator) struct Arrived {
    pub(in crate::simulator) reference: String,
    pub(in crate::simulator) charge_reference: String,
    pub(in crate::simulator) amount: i64,
    pub(in crate::simulator) currency: String,
}

/// What became of it.
#[derive(Debug)]
pub(in crate::simulator) enum Outcome {
    Made(Row),
    Found(Row),
    /// The reference belongs to another refund.
    Conflict,
    /// The charge does not allow it, and why.
    Refused(&'static str),
}

/// A row as PostgreSQL has it.
#[derive(Debug, Clone)]
pub(in crate::simulator) struct Row {
    pub(in crate::simulator) reference: String,
    pub(in crate::simulator) id: Uuid,
    pub(in crate::simulator) charge_reference: String,
    pub(in crate::simulator) amount: i64,
    pub(in crate::simulator) status: String,
    pub(in crate::simulator) code: Option<String>,
    pub(in crate::simulator) turns_at: Option<OffsetDateTime>,
    pub(in crate::simulator) turns_into: Option<String>,
}

/// Why a refund came back.
const RETURNED: &str = "returned_by_bank";

impl Row {
    /// Where it stands at a moment: some change by the clock alone.
    pub(in crate::simulator) fn status_at(&self, now: OffsetDateTime) -> &str {
        match (self.turns_at, self.turns_into.as_deref()) {
            (Some(moment), Some(into)) if moment <= now => into,
            _ => &self.status,
        }
    }

    /// Why it stands there, where there is a reason.
    pub(in crate::simulator) fn code_at(&self, now: OffsetDateTime) -> Option<&str> {
        if self.status_at(now) == "reversed" { Some(RETURNED) } else { self.code.as_deref() }
    }
}

/// What becomes of a refund that is new, by the method that was charged.
struct Fate {
    status: &'static str,
    code: Option<&'static str>,
    turns_into: Option<&'static str>,
}

impl Fate {
    fn of(method: Option<&str>) -> Self {
        let (status, code, turns_into) = match method {
            Some(methods::REFUND_PENDING) => ("pending", None, Some("succeeded")),
            Some(methods::REFUND_ACTION) => ("requires_action", None, Some("succeeded")),
            Some(methods::REFUND_FAILS) => ("failed", Some("expired_or_canceled_card"), None),
            Some(methods::REFUND_REVERSED) => ("succeeded", None, Some("reversed")),
            _ => ("succeeded", None, None),
        };
        Self { status, code, turns_into }
    }
}

/// Records refunds in batches, one after the other within each: two of them may be for one charge.
#[derive(Debug)]
pub(in crate::simulator) struct Arriving {
    pub(in crate::simulator) ambient: SharedAmbient,
    /// How long it takes until one changes that does.
    pub(in crate::simulator) delay: std::time::Duration,
}

impl Apply<Arrived, Outcome> for Arriving {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Arrived],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let mut outcomes = Vec::with_capacity(commands.len());
            for command in commands {
                outcomes.push(match by_reference(connection, &command.reference).await? {
                    Some(row) if is_same(&row, command) => Outcome::Found(row),
                    Some(_) => Outcome::Conflict,
                    None => self.make(connection, command, now).await?,
                });
            }
            Ok(outcomes)
        })
    }
}

impl Arriving {
    async fn make(
        &self,
        connection: &mut PgConnection,
        command: &Arrived,
        now: OffsetDateTime,
    ) -> Result<Outcome, sqlx::Error> {
        give_back_what_returned(connection, &command.charge_reference, now).await?;
        let charges = charge::by_references(connection, std::slice::from_ref(&command.charge_reference)).await?;
        let fate = Fate::of(charges.first().and_then(|charge| charge.method.as_deref()));
        // One that fails takes nothing, and leaves a row all the same.
        if fate.status != "failed" && !take(connection, command, now).await? {
            return Ok(Outcome::Refused(reason(connection, command, now).await?));
        }
        let turns_at = fate.turns_into.map(|_| now + self.delay);
        let row = sqlx::query_as!(
            Row,
            "INSERT INTO simulator.refunds
               (reference, id, charge_reference, amount, status, code, turns_at, turns_into, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             RETURNING reference, id, charge_reference, amount, status, code, turns_at, turns_into",
            command.reference,
            ids::fresh(&*self.ambient),
            command.charge_reference,
            command.amount,
            fate.status,
            fate.code,
            turns_at,
            fate.turns_into,
            now,
        );
        Ok(Outcome::Made(row.fetch_one(connection).await?))
    }
}

/// Makes the money of refunds that came back refundable again.
async fn give_back_what_returned(
    connection: &mut PgConnection,
    charge_reference: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH returned AS (
           UPDATE simulator.refunds SET status = turns_into, code = $3, turned_at = turns_at, turns_at = NULL, turns_into = NULL
           WHERE charge_reference = $1 AND turns_at <= $2 AND turns_into = 'reversed' RETURNING amount
         )
         UPDATE simulator.charges SET refunded = refunded - (SELECT coalesce(sum(amount), 0) FROM returned)
         WHERE reference = $1 AND EXISTS (SELECT FROM returned)",
        charge_reference,
        now,
        RETURNED,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn is_same(row: &Row, command: &Arrived) -> bool {
    row.charge_reference == command.charge_reference && row.amount == command.amount
}

pub(in crate::simulator) async fn by_reference(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "SELECT reference, id, charge_reference, amount, status, code, turns_at, turns_into
         FROM simulator.refunds WHERE reference = $1",
        reference,
    )
    .fetch_optional(connection)
    .await
}

/// Takes the amount from what is left of the charge, if so much is left.
async fn take(connection: &mut PgConnection, command: &Arrived, now: OffsetDateTime) -> Result<bool, sqlx::Error> {
    let taken = sqlx::query!(
        "UPDATE simulator.charges SET refunded = refunded + $2
         WHERE reference = $1 AND currency = $3 AND refunded + $2 <= amount
           AND (status = 'captured' OR (status = 'pending' AND captures_at <= $4))",
        command.charge_reference,
        command.amount,
        command.currency,
        now,
    );
    Ok(taken.execute(connection).await?.rows_affected() == 1)
}

async fn reason(
    connection: &mut PgConnection,
    command: &Arrived,
    now: OffsetDateTime,
) -> Result<&'static str, sqlx::Error> {
    let charges = charge::by_references(connection, std::slice::from_ref(&command.charge_reference)).await?;
    Ok(match charges.first() {
        None => "charge_not_found",
        Some(charge) if charge.status_at(now) != "captured" => "charge_not_captured",
        Some(charge) if charge.currency.as_ref() != Some(&command.currency) => "wrong_currency",
        Some(_) => "exceeds_captured",
    })
}
