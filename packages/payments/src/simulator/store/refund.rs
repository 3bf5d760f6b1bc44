//! Refunds: one row a reference, never more than the charge.

use futures::future::BoxFuture;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::ambient::SharedAmbient;
use usher_database::group_commit::Apply;
use uuid::Uuid;

use super::{super::ids, charge};

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
}

/// Records refunds in batches, one after the other within each: two of them may be for one charge.
#[derive(Debug)]
pub(in crate::simulator) struct Arriving(pub(in crate::simulator) SharedAmbient);

impl Apply<Arrived, Outcome> for Arriving {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Arrived],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.0.now();
            let mut outcomes = Vec::with_capacity(commands.len());
            for command in commands {
                outcomes.push(match by_reference(connection, &command.reference).await? {
                    Some(row) if is_same(&row, command) => Outcome::Found(row),
                    Some(_) => Outcome::Conflict,
                    None if take(connection, command, now).await? => {
                        Outcome::Made(insert(connection, command, ids::fresh(&*self.0), now).await?)
                    }
                    None => Outcome::Refused(reason(connection, command, now).await?),
                });
            }
            Ok(outcomes)
        })
    }
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
        "SELECT reference, id, charge_reference, amount FROM simulator.refunds WHERE reference = $1",
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

async fn insert(
    connection: &mut PgConnection,
    command: &Arrived,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Row, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "INSERT INTO simulator.refunds (reference, id, charge_reference, amount, created_at) VALUES ($1, $2, $3, $4, $5)
         RETURNING reference, id, charge_reference, amount",
        command.reference,
        id,
        command.charge_reference,
        command.amount,
        now,
    )
    .fetch_one(connection)
    .await
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
