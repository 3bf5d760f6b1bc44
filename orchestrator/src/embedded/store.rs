//! The SQL of a batch: one statement per table, however many executions move.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_asl::{Execution, HistoryEvent, Status};
use usher_workflows::orchestrator;

use super::cache::Snapshot;

/// An execution that moved, or began.
pub(super) struct Moved {
    pub id: String,
    pub snapshot: Snapshot,
    pub history: Vec<HistoryEvent>,
}

/// The status in the words of the port.
pub(super) fn status(execution: &Execution) -> orchestrator::Status {
    match execution.status() {
        Status::Running => orchestrator::Status::Running,
        Status::Succeeded { .. } => orchestrator::Status::Succeeded,
        Status::Failed { .. } => orchestrator::Status::Failed,
        Status::TimedOut { .. } => orchestrator::Status::TimedOut,
        Status::Aborted { .. } => orchestrator::Status::Aborted,
    }
}

fn encode(value: &impl serde::Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// The columns of the executions, side by side.
struct Columns {
    ids: Vec<String>,
    statuses: Vec<String>,
    states: Vec<String>,
    versions: Vec<i64>,
    snapshots: Vec<String>,
    due: Vec<Option<OffsetDateTime>>,
    stopped: Vec<Option<OffsetDateTime>>,
}

fn columns(moved: &[Moved], now: OffsetDateTime) -> Result<Columns, sqlx::Error> {
    let status_of = |moved: &Moved| status(&moved.snapshot.execution);
    Ok(Columns {
        ids: moved.iter().map(|moved| moved.id.clone()).collect(),
        statuses: moved.iter().map(|moved| status_of(moved).as_str().to_owned()).collect(),
        states: moved.iter().map(|moved| moved.snapshot.execution.current_states().join(",")).collect(),
        versions: moved.iter().map(|moved| moved.snapshot.version).collect(),
        snapshots: moved.iter().map(|moved| encode(&moved.snapshot.execution)).collect::<Result<_, _>>()?,
        due: moved.iter().map(|moved| moved.snapshot.due_at).collect(),
        stopped: moved.iter().map(|moved| (status_of(moved) != orchestrator::Status::Running).then_some(now)).collect(),
    })
}

/// Writes executions that begin, and tells which of them are new.
pub(super) async fn insert(
    connection: &mut PgConnection,
    begun: &[Moved],
    now: OffsetDateTime,
) -> Result<HashSet<String>, sqlx::Error> {
    let columns = columns(begun, now)?;
    let definitions: Vec<String> = begun.iter().map(|moved| moved.snapshot.definition.to_string()).collect();
    let inserted = sqlx::query_scalar!(
        "INSERT INTO orchestrator.executions (id, definition, status, states, version, snapshot, due_at, started_at, stopped_at)
         SELECT id, definition, status, states, version, snapshot, due_at, $9, stopped_at
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[], $8::timestamptz[])
           AS begun (id, definition, status, states, version, snapshot, due_at, stopped_at)
         ON CONFLICT (id) DO NOTHING RETURNING id",
        &columns.ids,
        &definitions,
        &columns.statuses,
        &columns.states,
        &columns.versions,
        &columns.snapshots,
        &columns.due as &[Option<OffsetDateTime>],
        &columns.stopped as &[Option<OffsetDateTime>],
        now,
    );
    Ok(inserted.fetch_all(connection).await?.into_iter().collect())
}

/// Writes executions that moved from the version before theirs with what happened to them, and tells how many still had
/// it. History is written for all: when one of them had not, the batch is undone.
pub(super) async fn update(
    connection: &mut PgConnection,
    moved: &[Moved],
    now: OffsetDateTime,
) -> Result<u64, sqlx::Error> {
    let columns = columns(moved, now)?;
    let history = History::of(moved.iter())?;
    let updated = sqlx::query!(
        "WITH history AS (
           INSERT INTO orchestrator.history (execution_id, first_event, events)
           SELECT * FROM unnest($8::text[], $9::bigint[], $10::text[])
         )
         UPDATE orchestrator.executions SET status = moved.status, states = moved.states, version = moved.version,
           snapshot = moved.snapshot, due_at = moved.due_at, stopped_at = moved.stopped_at
         FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[])
           AS moved (id, status, states, version, snapshot, due_at, stopped_at)
         WHERE executions.id = moved.id AND executions.version = moved.version - 1",
        &columns.ids,
        &columns.statuses,
        &columns.states,
        &columns.versions,
        &columns.snapshots,
        &columns.due as &[Option<OffsetDateTime>],
        &columns.stopped as &[Option<OffsetDateTime>],
        &history.ids,
        &history.firsts,
        &history.events,
    );
    Ok(updated.execute(connection).await?.rows_affected())
}

/// The columns of the history, side by side: a row for the events of one transition.
struct History {
    ids: Vec<String>,
    firsts: Vec<i64>,
    events: Vec<String>,
}

impl History {
    fn of<'a>(moved: impl Iterator<Item = &'a Moved>) -> Result<Self, sqlx::Error> {
        let mut history = Self { ids: Vec::new(), firsts: Vec::new(), events: Vec::new() };
        for moved in moved {
            let Some(first) = moved.history.first() else { continue };
            history.ids.push(moved.id.clone());
            history.firsts.push(i64::try_from(first.id).unwrap_or(i64::MAX));
            history.events.push(encode(&moved.history)?);
        }
        Ok(history)
    }
}

/// Appends what happened to executions that began.
pub(super) async fn append(
    connection: &mut PgConnection,
    begun: &[Moved],
    new: &HashSet<String>,
) -> Result<(), sqlx::Error> {
    let history = History::of(begun.iter().filter(|begun| new.contains(&begun.id)))?;
    sqlx::query!(
        "INSERT INTO orchestrator.history (execution_id, first_event, events) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])",
        &history.ids,
        &history.firsts,
        &history.events,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Reads executions that are not in the cache.
pub(super) async fn load(
    connection: &mut PgConnection,
    ids: &[String],
) -> Result<HashMap<String, Snapshot>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, definition, version, snapshot, due_at FROM orchestrator.executions WHERE id = ANY($1)",
        ids
    );
    let mut loaded = HashMap::with_capacity(ids.len());
    for row in rows.fetch_all(connection).await? {
        let execution = serde_json::from_str(&row.snapshot).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let snapshot =
            Snapshot { version: row.version, definition: row.definition.into(), execution, due_at: row.due_at };
        loaded.insert(row.id, snapshot);
    }
    Ok(loaded)
}

/// Leases executions whose timer is due: for half a minute no other engine looks at them.
pub(super) async fn lease_due(
    connection: &mut PgConnection,
    now: OffsetDateTime,
    until: OffsetDateTime,
    limit: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        // Materialised, because a plan that ran the inner query again for each row would lease more than the limit.
        "WITH due AS MATERIALIZED (
           SELECT id FROM orchestrator.executions WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         UPDATE orchestrator.executions SET due_at = $2 FROM due WHERE executions.id = due.id
         RETURNING executions.id",
        now,
        until,
        limit,
    )
    .fetch_all(connection)
    .await
}

/// The earliest timer of all.
pub(super) async fn next_due(connection: &mut PgConnection) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    sqlx::query_scalar!("SELECT min(due_at) FROM orchestrator.executions WHERE due_at IS NOT NULL")
        .fetch_one(connection)
        .await
}
