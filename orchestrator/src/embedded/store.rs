//! The SQL of a batch: one statement, however many executions begin and move.
//!
//! It writes the rows of messages that leave with the moves as well, although their table is the queue's: a second
//! statement would need a transaction around the two, and so three round trips more.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_asl::{Execution, HistoryEvent, Status};
use usher_messaging::embedded::{enlist::Enlisting, queue::CHANNEL};
use usher_workflows::orchestrator;

use super::{
    cache::Snapshot,
    pace::{Pace, TOLERANCE},
};

/// An execution that moved, or began.
pub(super) struct Moved {
    pub id: String,
    pub snapshot: Snapshot,
    pub history: Vec<HistoryEvent>,
    /// Queues and bodies.
    pub messages: Vec<(String, String)>,
}

/// The status in the words of the port.
pub(crate) fn status(execution: &Execution) -> orchestrator::Status {
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
    ahead: Vec<i64>,
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
        ahead: moved.iter().map(|moved| moved.snapshot.pace.ahead()).collect(),
    })
}

/// Writes executions that begin, executions that move from the version before theirs, what happened to them all, and the
/// messages that they send. All of it or nothing: an execution that exists already is a unique violation, and one that
/// somebody else moved meanwhile fails in `orchestrator.all_moved`.
pub(super) async fn write(
    connection: &mut PgConnection,
    begun: &[Moved],
    moved: &[Moved],
    messages: &Enlisting,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let definitions: Vec<String> = begun.iter().map(|begun| begun.snapshot.definition.to_string()).collect();
    let history = History::of(begun.iter().chain(moved))?;
    let (begun, moved) = (columns(begun, now)?, columns(moved, now)?);
    let rows = &messages.rows;
    sqlx::query!(
        "WITH begun AS (
           INSERT INTO orchestrator.executions (id, definition, status, states, version, snapshot, due_at, started_at, moved_at, stopped_at)
           SELECT id, definition, status, states, version, snapshot, due_at, $1, $1, stopped_at
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[], $9::timestamptz[])
             AS begun (id, definition, status, states, version, snapshot, due_at, stopped_at)
         ), moved AS (
           UPDATE orchestrator.executions SET status = moved.status, states = moved.states, version = moved.version,
             snapshot = moved.snapshot, due_at = moved.due_at, stopped_at = moved.stopped_at,
             moved_at = $1, ahead = moved.ahead
           FROM unnest($10::text[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::timestamptz[], $16::timestamptz[], $28::bigint[])
             AS moved (id, status, states, version, snapshot, due_at, stopped_at, ahead)
           WHERE executions.id = moved.id AND executions.version = moved.version - 1
           RETURNING 1
         ), history AS (
           INSERT INTO orchestrator.history (execution_id, first_event, events)
           SELECT * FROM unnest($17::text[], $18::bigint[], $19::text[])
         ), messages AS (
           INSERT INTO messaging.messages (queue, id, body, receives, visible_at, sent_at)
           SELECT queue, id, body, receives, visible_at, $20
           FROM unnest($21::text[], $22::uuid[], $23::text[], $24::integer[], $25::timestamptz[]) AS new (queue, id, body, receives, visible_at)
         )
         SELECT orchestrator.all_moved((SELECT count(*) FROM moved), cardinality($10::text[])),
           (SELECT count(pg_notify($26, queue)::text) FROM unnest($27::text[]) AS waiting (queue))",
        now,
        &begun.ids,
        &definitions,
        &begun.statuses,
        &begun.states,
        &begun.versions,
        &begun.snapshots,
        &begun.due as &[Option<OffsetDateTime>],
        &begun.stopped as &[Option<OffsetDateTime>],
        &moved.ids,
        &moved.statuses,
        &moved.states,
        &moved.versions,
        &moved.snapshots,
        &moved.due as &[Option<OffsetDateTime>],
        &moved.stopped as &[Option<OffsetDateTime>],
        &history.ids,
        &history.firsts,
        &history.events,
        rows.sent_at,
        &rows.queues,
        &rows.ids,
        &rows.bodies,
        &rows.receives,
        &rows.visible,
        CHANNEL,
        &messages.waiting,
        &moved.ahead,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Which of the executions exist.
pub(super) async fn existing(connection: &mut PgConnection, ids: &[String]) -> Result<HashSet<String>, sqlx::Error> {
    let found = sqlx::query_scalar!("SELECT id FROM orchestrator.executions WHERE id = ANY($1)", ids);
    Ok(found.fetch_all(connection).await?.into_iter().collect())
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

/// Reads executions that are not in the cache.
pub(super) async fn load(
    connection: &mut PgConnection,
    ids: &[String],
) -> Result<HashMap<String, Snapshot>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, definition, version, snapshot, due_at, moved_at, ahead FROM orchestrator.executions WHERE id = ANY($1)",
        ids
    );
    let mut loaded = HashMap::with_capacity(ids.len());
    for row in rows.fetch_all(connection).await? {
        let execution = serde_json::from_str(&row.snapshot).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let snapshot = Snapshot {
            version: row.version,
            definition: row.definition.into(),
            execution,
            due_at: row.due_at,
            pace: Pace::stored(row.moved_at, row.ahead),
        };
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

/// Makes running executions due because the clock has gone back from `seen` to `now`: stepped, each finds that out and goes
/// on in its own time. Without `seen` nobody was there when it happened, and the last transition of each has to do.
///
/// Engines that notice the same jump do this one after another. What was moved since it, and whatever moves until the last
/// of them is through - that is what the minutes are for - is not put back a second time. The version makes caches forget.
pub(super) async fn overtake(
    connection: &mut PgConnection,
    seen: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Result<u64, sqlx::Error> {
    let overtaken = sqlx::query!(
        "UPDATE orchestrator.executions SET version = version + 1, due_at = $1,
           moved_at = CASE WHEN moved_at BETWEEN $2 AND $3 THEN moved_at ELSE coalesce($4::timestamptz, moved_at) END
         WHERE due_at IS NOT NULL AND (moved_at > $5 OR moved_at < $2 AND $4::timestamptz IS NOT NULL)",
        now,
        now - TOLERANCE,
        now + time::Duration::minutes(5),
        seen,
        now + TOLERANCE,
    );
    Ok(overtaken.execute(connection).await?.rows_affected())
}

/// The earliest timer of all.
pub(super) async fn next_due(connection: &mut PgConnection) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    sqlx::query_scalar!("SELECT min(due_at) FROM orchestrator.executions WHERE due_at IS NOT NULL")
        .fetch_one(connection)
        .await
}
