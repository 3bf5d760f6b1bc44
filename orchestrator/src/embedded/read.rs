//! Looking at executions without moving them.

use serde_json::Value;
use sqlx::PgPool;
use time::OffsetDateTime;
use usher_workflows::orchestrator::{Execution, Filter, Page, Status};

use super::definitions::Definitions;

struct Row {
    id: String,
    status: String,
    states: String,
    snapshot: String,
    started_at: OffsetDateTime,
    stopped_at: Option<OffsetDateTime>,
}

pub(super) async fn describe(pool: &PgPool, id: &str) -> Result<Option<Execution>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, status, states, snapshot, started_at, stopped_at FROM orchestrator.executions WHERE id = $1",
        id,
    );
    row.fetch_optional(pool).await?.map(execution).transpose()
}

/// The sagas of a booking have its number in their names. Showtimes and payments are looked for in the snapshots, all of
/// them: that is an operator's question, and an index would be paid for by every booking.
pub(super) async fn list(pool: &PgPool, filter: &Filter) -> Result<Page, sqlx::Error> {
    let limit = if filter.limit == 0 { 50 } else { filter.limit.min(500) };
    let ids = filter.booking.as_deref().map(of_booking);
    let member = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("\"{name}\":\"{value}\""));
    let members: Vec<String> = [member("showtime_id", &filter.showtime), member("payment_id", &filter.payment)]
        .into_iter()
        .flatten()
        .collect();
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, status, states, snapshot, started_at, stopped_at FROM orchestrator.executions
         WHERE ($1::text IS NULL OR starts_with(id, $1 || ':')) AND ($2::text IS NULL OR status = $2)
           AND ($3::text IS NULL OR $3 = ANY (string_to_array(states, ',')))
           AND ($4::timestamptz IS NULL OR started_at < $4) AND ($5::text IS NULL OR id < $5)
           AND ($7::text[] IS NULL OR id = ANY($7))
           AND ($8::text[] IS NULL OR NOT EXISTS (SELECT FROM unnest($8) AS member WHERE strpos(snapshot, member) = 0))
         ORDER BY id DESC LIMIT $6",
        filter.saga,
        filter.status.map(Status::as_str),
        filter.state,
        filter.started_before,
        filter.cursor,
        i64::from(limit) + 1,
        ids.as_deref(),
        (!members.is_empty()).then_some(&*members) as Option<&[String]>,
    );
    let mut items: Vec<Execution> = rows.fetch_all(pool).await?.into_iter().map(execution).collect::<Result<_, _>>()?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = if more { items.last().map(|last| last.id.clone()) } else { None };
    Ok(Page { items, next })
}

/// The ids of everything that runs for a booking.
fn of_booking(booking: &str) -> Vec<String> {
    let number = booking.split_once('_').map_or(booking, |(_, number)| number);
    vec![format!("booking:bkg_{number}"), format!("cancellation:can_{number}")]
}

/// How many executions run. Those that do are exactly the ones with a timer.
pub(super) async fn running(pool: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "running!" FROM orchestrator.executions WHERE due_at IS NOT NULL"#)
        .fetch_one(pool)
        .await
}

/// A definition of a saga.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which saga.
    pub saga: String,
    /// SHA-256 of the definition, in hexadecimal.
    pub hash: String,
    /// When it was first deployed.
    pub deployed_at: OffsetDateTime,
    /// Whether this process starts new executions with it.
    pub current: bool,
    /// How many executions run on it.
    pub running: i64,
}

/// Every definition, newest first, with how many executions run on it.
pub(super) async fn versions(pool: &PgPool, definitions: &Definitions) -> Result<Vec<Version>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT definition.saga, definition.hash, definition.created_at, count(execution.id) AS "running!"
           FROM orchestrator.definitions AS definition
           LEFT JOIN orchestrator.executions AS execution
             ON execution.definition = definition.hash AND execution.due_at IS NOT NULL
           GROUP BY definition.hash ORDER BY definition.saga, definition.created_at DESC"#,
    );
    let version = |saga: String, hash: String, deployed_at, running| {
        let current = definitions.current(&saga).is_some_and(|current| current.hash == hash);
        Version { saga, hash, deployed_at, current, running }
    };
    let rows = rows.fetch_all(pool).await?.into_iter();
    Ok(rows.map(|row| version(row.saga, row.hash, row.created_at, row.running)).collect())
}

pub(super) async fn history(pool: &PgPool, id: &str) -> Result<Vec<Value>, sqlx::Error> {
    let rows =
        sqlx::query_scalar!("SELECT events FROM orchestrator.history WHERE execution_id = $1 ORDER BY first_event", id);
    let mut events = Vec::new();
    for row in rows.fetch_all(pool).await? {
        let part: Vec<Value> = serde_json::from_str(&row).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        events.extend(part);
    }
    Ok(events)
}

/// Whether a task of the execution waits for an answer with this token.
pub(super) async fn is_open(pool: &PgPool, id: &str, token: &str) -> Result<bool, sqlx::Error> {
    let snapshot = sqlx::query_scalar!("SELECT snapshot FROM orchestrator.executions WHERE id = $1", id);
    let Some(snapshot) = snapshot.fetch_optional(pool).await? else { return Ok(false) };
    let execution: usher_asl::Execution =
        serde_json::from_str(&snapshot).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(execution.status().is_running() && execution.open_tasks().any(|task| task.token == token))
}

/// The definition that an execution began with.
pub(super) async fn definition(pool: &PgPool, id: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT definition.definition FROM orchestrator.executions AS execution
         JOIN orchestrator.definitions AS definition ON definition.hash = execution.definition WHERE execution.id = $1",
        id,
    )
    .fetch_optional(pool)
    .await
}

fn execution(row: Row) -> Result<Execution, sqlx::Error> {
    let (saga, name) = row.id.split_once(':').unwrap_or((&row.id, ""));
    let snapshot: usher_asl::Execution =
        serde_json::from_str(&row.snapshot).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let (output, error, cause) = match snapshot.status() {
        usher_asl::Status::Running => (None, None, None),
        usher_asl::Status::Succeeded { output } => (Some(output.clone()), None, None),
        usher_asl::Status::Failed { error, cause }
        | usher_asl::Status::TimedOut { error, cause }
        | usher_asl::Status::Aborted { error, cause } => (None, error.clone(), cause.clone()),
    };
    Ok(Execution {
        saga: saga.to_owned(),
        name: name.to_owned(),
        status: row.status.parse().map_err(|text: String| sqlx::Error::Protocol(text))?,
        states: row.states.split(',').filter(|state| !state.is_empty()).map(str::to_owned).collect(),
        started_at: row.started_at,
        stopped_at: row.stopped_at,
        input: snapshot.input().clone(),
        output,
        error,
        cause,
        id: row.id,
    })
}
