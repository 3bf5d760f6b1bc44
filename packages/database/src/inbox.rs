//! What was already handled, recorded in the transaction of its effect.
//!
//! A queue delivers at least once. A consumer that writes its effect and a row here together can be given the same message
//! ten times, in any order, by two workers at once: there is one effect, and every delivery gets the same answer.
//! The key is execution and step, never the message's own id: a retry of the step is a new message for the same effect.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::outbox::{Columns, Message};

/// The answers that are stored under any of the keys.
pub async fn answered(connection: &mut PgConnection, keys: &[String]) -> Result<HashMap<String, Value>, sqlx::Error> {
    let rows = sqlx::query!("SELECT key, answer FROM usher.inbox WHERE key = ANY($1)", keys);
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.key, row.answer)).collect())
}

/// When the answers under any of the keys were stored, which is when their effects happened.
pub async fn recorded(
    connection: &mut PgConnection,
    keys: &[String],
) -> Result<Vec<(String, OffsetDateTime)>, sqlx::Error> {
    let rows = sqlx::query!("SELECT key, recorded_at FROM usher.inbox WHERE key = ANY($1)", keys);
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.key, row.recorded_at)).collect())
}

/// Stores the answers with the effects that they report, and the messages that tell of those: whoever has both saves a
/// round trip by writing them together.
///
/// A key that another transaction stored meanwhile is a unique violation and undoes the effect with it: the caller tries
/// again and finds the other's answer.
pub async fn record(
    connection: &mut PgConnection,
    answers: &[(String, Value)],
    messages: &[Message],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let (keys, answers): (Vec<_>, Vec<_>) = answers.iter().cloned().unzip();
    let messages = Columns::of(messages, now);
    // Written in one order by everybody, so that two batches with the same keys wait instead of deadlocking.
    sqlx::query!(
        "WITH told AS (
           INSERT INTO usher.outbox (id, kind, topic, payload, due_at, written_at)
           SELECT id, kind, topic, payload, due_at, $3
           FROM unnest($4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[]) AS new (id, kind, topic, payload, due_at)
         )
         INSERT INTO usher.inbox (key, answer, recorded_at)
         SELECT key, answer, $3 FROM unnest($1::text[], $2::jsonb[]) AS new (key, answer) ORDER BY key",
        &keys,
        &answers,
        now,
        &messages.ids,
        &messages.kinds,
        &messages.topics,
        &messages.payloads,
        &messages.due,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Closes the door behind an undo: under a key that nobody has answered yet, stores the answer that a late worker is to get
/// instead of its effect. A key that was answered keeps its answer.
pub async fn seal(
    connection: &mut PgConnection,
    keys: &[String],
    answer: &Value,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO usher.inbox (key, answer, recorded_at) SELECT key, $2, $3 FROM unnest($1::text[]) AS sealed (key) ORDER BY key ON CONFLICT (key) DO NOTHING",
        keys,
        answer,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets answers older than `before`, at most `limit` of them, and tells how many. Safe once no execution that could
/// repeat the message is open: keep them longer than the longest saga with its redrive window (14 days).
pub async fn prune(connection: &mut PgConnection, before: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let pruned = sqlx::query!(
        "DELETE FROM usher.inbox WHERE key IN (SELECT key FROM usher.inbox WHERE recorded_at < $1 LIMIT $2)",
        before,
        limit,
    );
    Ok(pruned.execute(connection).await?.rows_affected())
}
