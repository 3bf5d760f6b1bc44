//! The SQL of the list.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::PgPool;
use time::OffsetDateTime;
use usher_workflows::orchestrator::{Execution, Filter, Page, Status};

use super::{id, observed::Standing, subject::Subject};

/// Whether a name was started before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Not until now.
    New,
    /// Somebody asked for it; what came of that is not known.
    Asked,
    /// It was.
    Started,
}

/// Writes down that a start is asked for.
pub(super) async fn claim(
    pool: &PgPool,
    (id, saga, name): (&str, &str, &str),
    input: &Value,
    subject: &Subject,
    now: OffsetDateTime,
) -> Result<Known, sqlx::Error> {
    let claimed = sqlx::query!(
        "INSERT INTO orchestrator.sagas (id, saga, name, status, booking_id, showtime_id, payment_id, input, started_at, user_id, seats)
         VALUES ($1, $2, $3, 'STARTING', $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
        id,
        saga,
        name,
        subject.booking,
        subject.showtime,
        subject.payment,
        input.to_string(),
        now,
        subject.user,
        &subject.seats,
    );
    if claimed.execute(pool).await?.rows_affected() == 1 {
        return Ok(Known::New);
    }
    let status = sqlx::query_scalar!("SELECT status FROM orchestrator.sagas WHERE id = $1", id);
    Ok(match status.fetch_optional(pool).await?.as_deref() {
        // It was forgotten a moment ago, because it could not be started.
        None | Some("STARTING") => Known::Asked,
        Some(_) => Known::Started,
    })
}

/// The start was answered.
pub(super) async fn started(pool: &PgPool, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE orchestrator.sagas SET status = 'RUNNING' WHERE id = $1 AND status = 'STARTING'", id)
        .execute(pool)
        .await?;
    Ok(())
}

/// The start certainly did not happen.
pub(super) async fn forget(pool: &PgPool, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM orchestrator.sagas WHERE id = $1 AND status = 'STARTING'", id).execute(pool).await?;
    Ok(())
}

/// Writes down where executions stand. Old news changes nothing: neither the state that a later one followed, nor an end.
pub(super) async fn observe(pool: &PgPool, observed: &HashMap<String, Standing>) -> Result<(), sqlx::Error> {
    // In the order of their ids, so that two processes never wait for each other.
    let mut ids: Vec<String> = observed.keys().cloned().collect();
    ids.sort_unstable();
    let all: Vec<&Standing> = ids.iter().filter_map(|id| observed.get(id)).collect();
    let column = |of: fn(&Standing) -> &str| -> Vec<String> { all.iter().map(|one| of(one).to_owned()).collect() };
    let option = |of: fn(&Subject) -> &Option<String>| -> Vec<Option<String>> {
        all.iter().map(|one| of(&one.subject).clone()).collect()
    };
    let seats: Vec<String> = all.iter().map(|one| one.subject.seats.join(",")).collect();
    let attempts: Vec<i32> = all.iter().map(|one| i32::try_from(one.attempt).unwrap_or(i32::MAX)).collect();
    let entered: Vec<OffsetDateTime> = all.iter().map(|one| one.entered_at).collect();
    sqlx::query!(
        "INSERT INTO orchestrator.sagas AS known
           (id, saga, name, engine_id, status, states, entered_at, booking_id, showtime_id, payment_id, started_at, user_id, seats,
            attempt, waiting)
         SELECT id, saga, name, engine_id, 'RUNNING', state, entered_at, booking_id, showtime_id, payment_id, entered_at, user_id,
           string_to_array(seats, ','), attempt, 'task'
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
           $10::text[], $11::text[], $12::integer[])
           AS observed (id, saga, name, engine_id, state, entered_at, booking_id, showtime_id, payment_id, user_id, seats, attempt)
         ON CONFLICT (id) DO UPDATE SET status = 'RUNNING', states = excluded.states, entered_at = excluded.entered_at,
           engine_id = excluded.engine_id, attempt = excluded.attempt, waiting = 'task', user_id = coalesce(excluded.user_id, known.user_id),
           seats = CASE WHEN excluded.seats = '{}' THEN known.seats ELSE excluded.seats END, payment_id = coalesce(excluded.payment_id, known.payment_id),
           stopped_at = NULL, error = NULL, cause = NULL, settled = false
         WHERE (known.entered_at IS NULL OR known.entered_at < excluded.entered_at
             OR known.entered_at = excluded.entered_at AND known.attempt < excluded.attempt)
           AND (known.stopped_at IS NULL OR known.stopped_at < excluded.entered_at)",
        &ids,
        &column(|one| &one.saga),
        &column(|one| &one.name),
        &column(|one| &one.engine_id),
        &column(|one| &one.state),
        &entered,
        &option(|subject| &subject.booking) as &[Option<String>],
        &option(|subject| &subject.showtime) as &[Option<String>],
        &option(|subject| &subject.payment) as &[Option<String>],
        &option(|subject| &subject.user) as &[Option<String>],
        &seats,
        &attempts,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Writes down what a list of the engine says: who is there, and who has ended how. A bad end is not settled by it, because
/// lists do not say why.
pub(super) async fn seen(pool: &PgPool, items: &[Execution], now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let mut items: Vec<&Execution> = items.iter().collect();
    items.sort_unstable_by(|a, b| (&a.saga, &a.name).cmp(&(&b.saga, &b.name)));
    let column = |of: fn(&Execution) -> String| -> Vec<String> { items.iter().map(|item| of(item)).collect() };
    let started: Vec<OffsetDateTime> = items.iter().map(|item| item.started_at).collect();
    let stopped: Vec<Option<OffsetDateTime>> = items.iter().map(|item| item.stopped_at).collect();
    sqlx::query!(
        "INSERT INTO orchestrator.sagas AS known (id, saga, name, engine_id, status, started_at, stopped_at, seen_at)
         SELECT id, saga, name, engine_id, status, started_at, stopped_at, $1
         FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[])
           AS seen (id, saga, name, engine_id, status, started_at, stopped_at)
         ON CONFLICT (id) DO UPDATE SET engine_id = excluded.engine_id, status = excluded.status, seen_at = $1,
           started_at = excluded.started_at, stopped_at = excluded.stopped_at,
           states = CASE WHEN excluded.status = 'SUCCEEDED' THEN '' ELSE known.states END,
           error = CASE WHEN excluded.status IN ('RUNNING', 'SUCCEEDED') THEN NULL ELSE known.error END,
           cause = CASE WHEN excluded.status IN ('RUNNING', 'SUCCEEDED') THEN NULL ELSE known.cause END,
           settled = known.input <> 'null' AND (excluded.status = 'SUCCEEDED'
             OR known.settled AND known.status = excluded.status AND known.stopped_at IS NOT DISTINCT FROM excluded.stopped_at)
         WHERE NOT (known.settled AND known.status = excluded.status AND known.stopped_at IS NOT DISTINCT FROM excluded.stopped_at)",
        now,
        &column(|item| id(&item.saga, &item.name)),
        &column(|item| item.saga.clone()),
        &column(|item| item.name.clone()),
        &column(|item| item.id.clone()),
        &column(|item| item.status.as_str().to_owned()),
        &started,
        &stopped as &[Option<OffsetDateTime>],
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Writes down what the engine says of one execution.
pub(super) async fn told(pool: &PgPool, told: &Execution, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    let subject = Subject::of(&told.input);
    sqlx::query!(
        "INSERT INTO orchestrator.sagas AS known (id, saga, name, engine_id, status, states, booking_id, showtime_id, payment_id,
           input, output, error, cause, started_at, stopped_at, seen_at, settled, user_id, seats, failed_state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $5 <> 'RUNNING', $17, $18,
           CASE WHEN $12::text IS NOT NULL THEN $6 END)
         ON CONFLICT (id) DO UPDATE SET engine_id = $4, status = $5, states = $6,
           booking_id = coalesce($7, known.booking_id), showtime_id = coalesce($8, known.showtime_id),
           payment_id = coalesce($9, known.payment_id), input = $10, output = $11, error = $12, cause = $13,
           started_at = $14, stopped_at = $15, seen_at = $16, settled = $5 <> 'RUNNING', user_id = $17, seats = $18,
           failed_state = CASE WHEN $12::text IS NOT NULL THEN $6 END",
        id(&told.saga, &told.name),
        told.saga,
        told.name,
        told.id,
        told.status.as_str(),
        told.states.join(","),
        subject.booking,
        subject.showtime,
        subject.payment,
        told.input.to_string(),
        told.output.as_ref().map(Value::to_string),
        told.error,
        told.cause,
        told.started_at,
        told.stopped_at,
        now,
        subject.user,
        &subject.seats,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes the turn to look, if it is time to; tells up to when everything was seen.
pub(super) async fn claim_look(
    pool: &PgPool,
    now: OffsetDateTime,
    next: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    sqlx::query_scalar!(
        "UPDATE orchestrator.sagas_look SET next_at = $2 WHERE next_at <= $1 RETURNING looked_at",
        now,
        next
    )
    .fetch_optional(pool)
    .await
}

/// Everything before this moment was seen.
pub(super) async fn looked(pool: &PgPool, at: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE orchestrator.sagas_look SET looked_at = greatest(looked_at, $1)", at).execute(pool).await?;
    Ok(())
}

struct Row {
    id: String,
    saga: String,
    name: String,
    engine_id: Option<String>,
    status: String,
    states: String,
    input: String,
    output: Option<String>,
    error: Option<String>,
    cause: Option<String>,
    started_at: OffsetDateTime,
    stopped_at: Option<OffsetDateTime>,
}

/// Executions to be asked for one by one, the longest unseen first: those that ended badly, or of which only a list has told,
/// and those that were not seen since a moment. Starts without an answer are the outbox's: it repeats them.
pub(super) async fn unsure(
    pool: &PgPool,
    unseen_since: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Execution>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, saga, name, engine_id, status, states, input, output, error, cause, started_at, stopped_at
         FROM orchestrator.sagas
         WHERE NOT settled AND status <> 'STARTING' AND (status IN ('FAILED', 'TIMED_OUT', 'ABORTED') OR input = 'null' AND seen_at IS NOT NULL
           OR coalesce(seen_at, started_at) < $1)
         ORDER BY seen_at NULLS FIRST LIMIT $2",
        unseen_since,
        limit,
    );
    rows.fetch_all(pool).await?.into_iter().map(execution).collect()
}

/// How often an execution was begun again.
pub(super) async fn begun_again(pool: &PgPool, id: &str) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!("SELECT begun_again FROM orchestrator.sagas WHERE id = $1", id).fetch_one(pool).await
}

/// An execution that was lost was begun again.
pub(super) async fn begin_again(pool: &PgPool, id: &str, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE orchestrator.sagas SET begun_again = begun_again + 1, status = 'RUNNING', states = '', entered_at = NULL,
           started_at = $2, stopped_at = NULL, error = NULL, cause = NULL, seen_at = $2, settled = false
         WHERE id = $1",
        id,
        now,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// One execution; nothing while it is not known whether it was started.
pub(super) async fn one(pool: &PgPool, id: &str) -> Result<Option<Execution>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, saga, name, engine_id, status, states, input, output, error, cause, started_at, stopped_at
         FROM orchestrator.sagas WHERE id = $1 AND status <> 'STARTING'",
        id,
    );
    row.fetch_optional(pool).await?.map(execution).transpose()
}

/// How many executions run.
pub(super) async fn running(pool: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "running!" FROM orchestrator.sagas WHERE NOT settled AND status = 'RUNNING'"#
    )
    .fetch_one(pool)
    .await
}

/// Where a list goes on: behind this start and this id.
pub(super) type Cursor = (OffsetDateTime, String);

/// Reads what [`list`] gave for the next page.
pub(super) fn cursor(text: &str) -> Option<Cursor> {
    let (microseconds, id) = text.split_once('/')?;
    let at = OffsetDateTime::from_unix_timestamp_nanos(microseconds.parse::<i128>().ok()? * 1_000).ok()?;
    Some((at, id.to_owned()))
}

/// Executions, newest first.
pub(super) async fn list(pool: &PgPool, filter: &Filter, cursor: Option<Cursor>) -> Result<Page, sqlx::Error> {
    let limit = if filter.limit == 0 { 50 } else { filter.limit.min(500) };
    let (before, behind) = cursor.unzip();
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, saga, name, engine_id, status, states, input, output, error, cause, started_at, stopped_at
         FROM orchestrator.sagas
         WHERE status <> 'STARTING' AND ($1::text IS NULL OR saga = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::text IS NULL OR $3 = ANY (string_to_array(states, ',')))
           AND ($4::timestamptz IS NULL OR started_at < $4)
           AND ($5::text IS NULL OR booking_id = $5) AND ($6::text IS NULL OR showtime_id = $6)
           AND ($7::text IS NULL OR payment_id = $7)
           AND ($8::timestamptz IS NULL OR (started_at, id) < ($8, $9))
         ORDER BY started_at DESC, id DESC LIMIT $10",
        filter.saga,
        filter.status.map(Status::as_str),
        filter.state,
        filter.started_before,
        filter.booking,
        filter.showtime,
        filter.payment,
        before,
        behind,
        i64::from(limit) + 1,
    );
    let mut rows = rows.fetch_all(pool).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let place = |row: &Row| format!("{}/{}", row.started_at.unix_timestamp_nanos() / 1_000, row.id);
    let next = if more { rows.last().map(place) } else { None };
    Ok(Page { items: rows.into_iter().map(execution).collect::<Result<_, _>>()?, next })
}

/// Removes executions that ended before a moment.
pub(super) async fn prune(pool: &PgPool, before: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let pruned = sqlx::query!(
        "DELETE FROM orchestrator.sagas WHERE id IN (
           SELECT id FROM orchestrator.sagas WHERE settled AND stopped_at < $1 ORDER BY started_at LIMIT $2)",
        before,
        limit,
    );
    Ok(pruned.execute(pool).await?.rows_affected())
}

fn execution(row: Row) -> Result<Execution, sqlx::Error> {
    let parsed = |text: &str| serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)));
    Ok(Execution {
        saga: row.saga,
        name: row.name,
        status: row.status.parse().map_err(sqlx::Error::Protocol)?,
        states: row.states.split(',').filter(|state| !state.is_empty()).map(str::to_owned).collect(),
        started_at: row.started_at,
        stopped_at: row.stopped_at,
        input: parsed(&row.input)?,
        output: row.output.as_deref().map(parsed).transpose()?,
        error: row.error,
        cause: row.cause,
        id: row.engine_id.unwrap_or(row.id),
    })
}
