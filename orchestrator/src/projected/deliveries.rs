//! What workers were given: the SQL of it.

use std::collections::HashMap;

use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use usher_workflows::delivery::{Delivered, Delivery};

use super::id;

/// A note of a worker as it is stored, under its execution.
pub(crate) fn stored(delivered: Delivered, now: OffsetDateTime) -> (String, Delivery) {
    let Delivered { saga, name, step, attempt, worker, receives, took, outcome } = delivered;
    let delivery = Delivery { step, attempt, worker, receives, began_at: now - took, ended_at: now, outcome };
    (id(&saga, &name), delivery)
}

/// Writes notes down.
pub(crate) async fn record(
    connection: &mut PgConnection,
    deliveries: &HashMap<String, Vec<Delivery>>,
) -> Result<(), sqlx::Error> {
    let Some(written_at) = deliveries.values().flatten().map(|delivery| delivery.ended_at).max() else { return Ok(()) };
    let (mut ids, mut texts) = (Vec::new(), Vec::new());
    for (id, deliveries) in deliveries {
        ids.push(id.clone());
        texts.push(serde_json::to_string(deliveries).map_err(|error| sqlx::Error::Encode(Box::new(error)))?);
    }
    sqlx::query!(
        "INSERT INTO orchestrator.deliveries (execution_id, written_at, deliveries)
         SELECT id, $1, deliveries FROM unnest($2::text[], $3::text[]) AS new (id, deliveries)",
        written_at,
        &ids,
        &texts,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The notes of an execution, oldest first.
pub(crate) async fn of(pool: &PgPool, id: &str) -> Result<Vec<Delivery>, sqlx::Error> {
    let rows = sqlx::query_scalar!("SELECT deliveries FROM orchestrator.deliveries WHERE execution_id = $1", id);
    let mut deliveries = Vec::new();
    for row in rows.fetch_all(pool).await? {
        let part: Vec<Delivery> = serde_json::from_str(&row).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        deliveries.extend(part);
    }
    deliveries.sort_by_key(|delivery| delivery.began_at);
    Ok(deliveries)
}

/// Removes notes that are older than a moment, at most `limit`, and tells how many.
pub(crate) async fn prune(pool: &PgPool, before: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let pruned = sqlx::query!(
        "DELETE FROM orchestrator.deliveries WHERE ctid IN (
           SELECT ctid FROM orchestrator.deliveries WHERE written_at < $1 LIMIT $2)",
        before,
        limit,
    );
    Ok(pruned.execute(pool).await?.rows_affected())
}
