//! Charges: one row a reference, whatever arrives under it.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use usher_core::ambient::SharedAmbient;
use usher_database::group_commit::Apply;
use uuid::Uuid;

use super::super::ids;

/// A request that was understood, with what its method makes of it.
#[derive(Debug, Clone)]
pub(in crate::simulator) struct Arrived {
    pub(in crate::simulator) reference: String,
    pub(in crate::simulator) amount: i64,
    pub(in crate::simulator) currency: String,
    pub(in crate::simulator) method: String,
    pub(in crate::simulator) captures: bool,
    pub(in crate::simulator) verdict: Verdict,
}

/// What becomes of a charge that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Verdict {
    /// Captured, or authorised where the merchant wants to capture later.
    Good,
    /// The customer has to do something.
    Challenged,
    Declined(&'static str),
    Pending(OffsetDateTime),
}

/// What stands under the reference afterwards.
#[derive(Debug)]
pub(in crate::simulator) struct Outcome {
    pub(in crate::simulator) row: Row,
    /// False when something stood there before.
    pub(in crate::simulator) is_new: bool,
}

/// A row as PostgreSQL has it.
#[derive(Debug, Clone)]
pub(in crate::simulator) struct Row {
    pub(in crate::simulator) reference: String,
    pub(in crate::simulator) id: Uuid,
    pub(in crate::simulator) amount: Option<i64>,
    pub(in crate::simulator) currency: Option<String>,
    pub(in crate::simulator) method: Option<String>,
    pub(in crate::simulator) status: String,
    pub(in crate::simulator) code: Option<String>,
    pub(in crate::simulator) captures_at: Option<OffsetDateTime>,
    pub(in crate::simulator) captures: bool,
    pub(in crate::simulator) refunded: i64,
}

impl Row {
    /// Where it stands at a moment: pending ends by the clock alone.
    pub(in crate::simulator) fn status_at(&self, now: OffsetDateTime) -> &str {
        let is_over = self.captures_at.is_some_and(|moment| moment <= now);
        if self.status == "pending" && is_over { "captured" } else { &self.status }
    }
}

/// Records charges in batches.
#[derive(Debug)]
pub(in crate::simulator) struct Arriving(pub(in crate::simulator) SharedAmbient);

impl Apply<Arrived, Outcome> for Arriving {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Arrived],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(async move {
            let drafts: Vec<Row> = commands.iter().map(|command| draft(command, ids::fresh(&*self.0))).collect();
            let inserted = insert(connection, &drafts, self.0.now()).await?;
            let others: Vec<String> =
                drafts.iter().filter(|row| !inserted.contains(&row.id)).map(|row| row.reference.clone()).collect();
            let mut found = HashMap::new();
            if !others.is_empty() {
                let rows = by_references(connection, &others).await?;
                found.extend(rows.into_iter().map(|row| (row.reference.clone(), row)));
            }
            let outcomes = drafts.into_iter().map(|row| {
                if inserted.contains(&row.id) {
                    return Ok(Outcome { row, is_new: true });
                }
                let row = found.get(&row.reference).cloned().ok_or(sqlx::Error::RowNotFound)?;
                Ok(Outcome { row, is_new: false })
            });
            outcomes.collect()
        })
    }

    /// The insert decides alone; what it met is looked up afterwards, and a reference is never given up.
    fn autocommits(&self) -> bool {
        true
    }
}

fn draft(command: &Arrived, id: Uuid) -> Row {
    let (status, code, captures_at) = match command.verdict {
        Verdict::Good => (good(command.captures), None, None),
        Verdict::Challenged => ("requires_action", None, None),
        Verdict::Declined(code) => ("declined", Some(code.to_owned()), None),
        Verdict::Pending(until) => ("pending", None, Some(until)),
    };
    Row {
        reference: command.reference.clone(),
        id,
        amount: Some(command.amount),
        currency: Some(command.currency.clone()),
        method: Some(command.method.clone()),
        status: status.to_owned(),
        code,
        captures_at,
        captures: command.captures,
        refunded: 0,
    }
}

const fn good(captures: bool) -> &'static str {
    if captures { "captured" } else { "authorised" }
}

/// Answers the ids that got in; the others' references are taken.
async fn insert(
    connection: &mut PgConnection,
    rows: &[Row],
    now: OffsetDateTime,
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let references: Vec<_> = rows.iter().map(|row| row.reference.clone()).collect();
    let amounts: Vec<_> = rows.iter().map(|row| row.amount).collect();
    let currencies: Vec<_> = rows.iter().map(|row| row.currency.clone()).collect();
    let methods: Vec<_> = rows.iter().map(|row| row.method.clone()).collect();
    let statuses: Vec<_> = rows.iter().map(|row| row.status.clone()).collect();
    let codes: Vec<_> = rows.iter().map(|row| row.code.clone()).collect();
    let moments: Vec<_> = rows.iter().map(|row| row.captures_at).collect();
    let captures: Vec<_> = rows.iter().map(|row| row.captures).collect();
    let inserted = sqlx::query_scalar!(
        "INSERT INTO simulator.charges
           (id, reference, amount, currency, method, status, code, captures_at, created_at, captures)
         SELECT id, reference, amount, currency, method, status, code, captures_at, $9, captures
         FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $10::boolean[])
           AS new (id, reference, amount, currency, method, status, code, captures_at, captures)
         ORDER BY reference
         ON CONFLICT (reference) DO NOTHING
         RETURNING id",
        &ids,
        &references,
        &amounts as &[Option<i64>],
        &currencies as &[Option<String>],
        &methods as &[Option<String>],
        &statuses,
        &codes as &[Option<String>],
        &moments as &[Option<OffsetDateTime>],
        now,
        &captures,
    );
    Ok(inserted.fetch_all(connection).await?.into_iter().collect())
}

pub(in crate::simulator) async fn by_references(
    connection: &mut PgConnection,
    references: &[String],
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "SELECT reference, id, amount, currency, method, status, code, captures_at, captures, refunded
         FROM simulator.charges WHERE reference = ANY($1)",
        references,
    )
    .fetch_all(connection)
    .await
}

/// Closes a reference unless it is decided, and answers what stands. One statement decides between this and a charge that
/// arrives at the same moment.
pub(in crate::simulator) async fn cancel(
    pool: &PgPool,
    reference: &str,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Row, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO simulator.charges AS charge (id, reference, status, created_at) VALUES ($1, $2, 'cancelled', $3)
         ON CONFLICT (reference) DO UPDATE SET status = 'cancelled'
         WHERE charge.status IN ('authorised', 'requires_action') OR (charge.status = 'pending' AND charge.captures_at > $3)",
        id,
        reference,
        now,
    )
    .execute(pool)
    .await?;
    let mut connection = pool.acquire().await?;
    let rows = by_references(&mut connection, &[reference.to_owned()]).await?;
    rows.into_iter().next().ok_or(sqlx::Error::RowNotFound)
}

/// Moves a charge on from one of the statuses, unless it has moved meanwhile, and answers what stands.
pub(in crate::simulator) async fn move_on(
    pool: &PgPool,
    reference: &str,
    from: &[&str],
    to: &str,
    code: Option<&str>,
) -> Result<Option<Row>, sqlx::Error> {
    let from: Vec<String> = from.iter().map(|status| (*status).to_owned()).collect();
    sqlx::query!(
        "UPDATE simulator.charges SET status = $3, code = $4 WHERE reference = $1 AND status = ANY($2)",
        reference,
        &from,
        to,
        code,
    )
    .execute(pool)
    .await?;
    let mut connection = pool.acquire().await?;
    Ok(by_references(&mut connection, &[reference.to_owned()]).await?.into_iter().next())
}

/// The charge that the provider names so.
pub(in crate::simulator) async fn by_id(pool: &PgPool, id: Uuid) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "SELECT reference, id, amount, currency, method, status, code, captures_at, captures, refunded
         FROM simulator.charges WHERE id = $1",
        id,
    )
    .fetch_optional(pool)
    .await
}

impl Row {
    /// What a challenge that was passed becomes.
    pub(in crate::simulator) const fn when_good(&self) -> &'static str {
        good(self.captures)
    }
}
