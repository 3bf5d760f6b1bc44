//! What waits in the outboxes.

use std::collections::HashSet;

use sqlx::PgPool;
use time::OffsetDateTime;
use usher_database::Failure;

use crate::facts::OutboxRow;

/// The most rows of one outbox that become findings, the oldest first: when nobody sends, the thousandth row tells nothing
/// that the first did not.
const MOST: i64 = 1000;

/// Which of these executions are still to be started.
pub(crate) async fn starts(outboxes: &[PgPool], names: &[String]) -> Result<HashSet<String>, Failure> {
    let mut waiting = HashSet::new();
    for pool in outboxes {
        let found = sqlx::query_scalar!(
            r#"SELECT payload ->> 'name' AS "name!" FROM usher.outbox WHERE kind = 'start' AND payload ->> 'name' = ANY($1)"#,
            names,
        );
        waiting.extend(found.fetch_all(pool).await?);
    }
    Ok(waiting)
}

/// The rows that were written before this moment and are still there.
pub(crate) async fn older_than(outboxes: &[PgPool], moment: OffsetDateTime) -> Result<Vec<OutboxRow>, Failure> {
    let mut rows = Vec::new();
    for pool in outboxes {
        let found = sqlx::query_as!(
            OutboxRow,
            "SELECT id, kind, topic, coalesce(payload ->> 'name', payload ->> 'subject') AS about, written_at
             FROM usher.outbox WHERE written_at < $1 ORDER BY written_at, id LIMIT $2",
            moment,
            MOST,
        );
        rows.extend(found.fetch_all(pool).await?);
    }
    Ok(rows)
}
