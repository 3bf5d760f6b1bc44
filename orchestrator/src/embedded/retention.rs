//! Removing executions that ended long ago, with their history.
//!
//! A few at a time, so that nobody waits for a long delete. The rows are locked first and looked at again with the lock
//! held: an execution that is redriven at this moment is either running again, and stays, or gone, and its redrive is told
//! that there is none.

use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

/// How long after its end an execution can be redriven, as on AWS. Nothing is removed before, whatever is asked for.
pub const REDRIVE_WINDOW: Duration = Duration::days(14);

/// Removes the executions that ended before a moment, oldest first, at most `limit`, and tells how many.
pub(super) async fn prune(pool: &PgPool, before: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let pruned = sqlx::query!(
        "WITH old AS MATERIALIZED (
           SELECT id FROM orchestrator.executions WHERE stopped_at < $1 ORDER BY stopped_at LIMIT $2 FOR UPDATE SKIP LOCKED
         ), history AS (
           DELETE FROM orchestrator.history USING old WHERE history.execution_id = old.id
         ), listed AS (
           DELETE FROM orchestrator.sagas USING old WHERE sagas.id = old.id
         )
         DELETE FROM orchestrator.executions USING old WHERE executions.id = old.id",
        before,
        limit,
    );
    Ok(pruned.execute(pool).await?.rows_affected())
}

/// When an execution ended; nothing when it runs or is not there.
pub(super) async fn stopped_at(pool: &PgPool, id: &str) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    let stopped_at = sqlx::query_scalar!("SELECT stopped_at FROM orchestrator.executions WHERE id = $1", id);
    Ok(stopped_at.fetch_optional(pool).await?.flatten())
}
