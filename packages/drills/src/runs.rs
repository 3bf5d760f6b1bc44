//! What is remembered of each run.

use serde_json::Value;
use sqlx::PgPool;
use time::OffsetDateTime;
use usher_core::ids::DrillId;
use usher_database::Failure;

use crate::report::Report;

/// One run as it is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: DrillId,
    /// Of which drill.
    pub name: String,
    /// With which seed.
    pub seed: u64,
    /// How it ended; nothing while it runs, or when the runner died.
    pub verdict: Option<String>,
    /// When it began.
    pub began_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Why there is no report.
    pub failure: Option<String>,
}

/// Notes that a run begins.
pub async fn begin(pool: &PgPool, id: DrillId, name: &str, seed: u64, at: OffsetDateTime) -> Result<(), Failure> {
    let seed = seed.cast_signed();
    sqlx::query!(
        "INSERT INTO drills.runs (id, name, seed, began_at) VALUES ($1, $2, $3, $4)",
        id.uuid(),
        name,
        seed,
        at
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Notes how a run ended.
pub async fn end(pool: &PgPool, id: DrillId, report: &Report) -> Result<(), Failure> {
    let body = serde_json::to_value(report).unwrap_or_default();
    sqlx::query!(
        "UPDATE drills.runs SET verdict = $2, ended_at = $3, report = $4 WHERE id = $1",
        id.uuid(),
        report.verdict.as_str(),
        report.identity.ended_at,
        body,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Notes why a run came to no report.
pub async fn fail(pool: &PgPool, id: DrillId, failure: &str, at: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!("UPDATE drills.runs SET failure = $2, ended_at = $3 WHERE id = $1", id.uuid(), failure, at)
        .execute(pool)
        .await?;
    Ok(())
}

/// The latest runs, newest first.
pub async fn latest(pool: &PgPool, limit: i64) -> Result<Vec<Run>, Failure> {
    let rows = sqlx::query!(
        "SELECT id, name, seed, verdict, began_at, ended_at, failure FROM drills.runs ORDER BY id DESC LIMIT $1",
        limit
    );
    let runs = rows.fetch_all(pool).await?.into_iter().map(|row| Run {
        id: row.id.into(),
        name: row.name,
        seed: row.seed.cast_unsigned(),
        verdict: row.verdict,
        began_at: row.began_at,
        ended_at: row.ended_at,
        failure: row.failure,
    });
    Ok(runs.collect())
}

/// One run, with its report if it has come to one.
pub async fn get(pool: &PgPool, id: DrillId) -> Result<Option<(Run, Option<Value>)>, Failure> {
    let row = sqlx::query!(
        "SELECT name, seed, verdict, began_at, ended_at, failure, report FROM drills.runs WHERE id = $1",
        id.uuid()
    );
    Ok(row.fetch_optional(pool).await?.map(|row| {
        let run = Run {
            id,
            name: row.name,
            seed: row.seed.cast_unsigned(),
            verdict: row.verdict,
            began_at: row.began_at,
            ended_at: row.ended_at,
            failure: row.failure,
        };
        (run, row.report)
    }))
}
