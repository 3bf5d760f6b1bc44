//! A search, as SQL.
//!
//! Statements are put together here, unlike everywhere else, because only the conditions that are asked for may stand in
//! them: a statement that had all of them, each possibly empty, would read the whole table. What people typed is always a
//! parameter. Each condition is held against `Condition::holds` by a test.

use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use time::OffsetDateTime;
use usher_workflows::{
    definitions::SAGAS,
    orchestrator::{ErrorGroup, Status},
    query::{Comparison, Condition, ErrorName, Found, Listed, PaymentName, Search, Sort, Term},
};

use super::{id, store};

/// Items of a page when nobody says how many.
const USUAL: u32 = 50;

/// Items of a page at most.
const MOST: u32 = 1000;

/// A line of the list, as PostgreSQL has it.
#[derive(FromRow)]
struct Row {
    id: String,
    saga: String,
    name: String,
    status: String,
    states: String,
    entered_at: Option<OffsetDateTime>,
    attempt: i32,
    waiting: Option<String>,
    wakes_at: Option<OffsetDateTime>,
    error: Option<String>,
    cause: Option<String>,
    failed_state: Option<String>,
    started_at: OffsetDateTime,
    stopped_at: Option<OffsetDateTime>,
    booking_id: Option<String>,
    user_id: Option<String>,
    seats: Vec<String>,
    showtime_id: Option<String>,
    payment_id: Option<String>,
    version: Option<String>,
}

/// A part of what is looked for; nothing when the cursor is none.
pub(crate) async fn find(pool: &PgPool, search: &Search, now: OffsetDateTime) -> Result<Option<Found>, sqlx::Error> {
    let limit = if search.limit == 0 { USUAL } else { search.limit.min(MOST) };
    let cursor = match search.cursor.as_deref().map(store::cursor) {
        Some(None) => return Ok(None),
        cursor => cursor.flatten(),
    };
    let mut sql = QueryBuilder::new(
        "SELECT id, saga, name, status, states, entered_at, attempt, waiting, wakes_at, error, cause, failed_state, started_at, \
         stopped_at, booking_id, user_id, seats, showtime_id, payment_id, version FROM orchestrator.sagas \
         WHERE status <> 'STARTING'",
    );
    for term in &search.query.terms {
        put(&mut sql, term, now);
    }
    let (column, forward) = match search.sort {
        Sort::Newest => ("started_at", false),
        Sort::Oldest => ("started_at", true),
        Sort::Waiting => {
            sql.push(" AND status <> 'SUCCEEDED' AND entered_at IS NOT NULL");
            ("entered_at", true)
        }
    };
    if let Some((at, behind)) = cursor {
        sql.push(format!(" AND ({column}, id) {} (", if forward { ">" } else { "<" }));
        sql.push_bind(at).push(", ").push_bind(behind).push(")");
    }
    let direction = if forward { "ASC" } else { "DESC" };
    sql.push(format!(" ORDER BY {column} {direction}, id {direction} LIMIT {}", limit + 1));

    let mut transaction = pool.begin().await?;
    // Planned for what is asked, and not once for all that might be.
    sqlx::query!("SET LOCAL plan_cache_mode = force_custom_plan").execute(&mut *transaction).await?;
    let mut rows: Vec<Row> = sql.build_query_as().persistent(false).fetch_all(&mut *transaction).await?;
    let looked_at =
        sqlx::query_scalar!("SELECT looked_at FROM orchestrator.sagas_look").fetch_one(&mut *transaction).await?;
    transaction.commit().await?;

    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let place = |row: &Row| {
        let at = if search.sort == Sort::Waiting { row.entered_at.unwrap_or(row.started_at) } else { row.started_at };
        format!("{}/{}", at.unix_timestamp_nanos() / 1_000, row.id)
    };
    let next = if more { rows.last().map(place) } else { None };
    let items = rows.into_iter().map(listed).collect::<Result<_, _>>()?;
    let behind = u64::try_from((now - looked_at).whole_seconds()).unwrap_or_default();
    Ok(Some(Found { items, next, behind_seconds: behind }))
}

fn put(sql: &mut QueryBuilder<Postgres>, term: &Term, now: OffsetDateTime) {
    sql.push(if term.not { " AND NOT coalesce((" } else { " AND (" });
    condition(sql, &term.condition, now, !term.not);
    sql.push(if term.not { "), false)" } else { ")" });
}

/// `hinted`: also says what follows from the condition, so that the small indexes are used.
fn condition(sql: &mut QueryBuilder<Postgres>, condition: &Condition, now: OffsetDateTime, hinted: bool) {
    let open = |sql: &mut QueryBuilder<Postgres>, follows: bool| {
        if hinted && follows {
            sql.push(" AND status <> 'SUCCEEDED'");
        }
    };
    match condition {
        Condition::Status(statuses) => {
            // Written out, so that the planner sees which index has them; they are words of ours.
            let words: Vec<String> = statuses.iter().map(|status| format!("'{}'", status.as_str())).collect();
            sql.push(format!("status IN ({})", words.join(", ")));
            open(sql, !statuses.contains(&Status::Succeeded));
        }
        Condition::Saga(sagas) => {
            sql.push("saga = ANY(").push_bind(sagas.clone()).push(")");
            if hinted && !sagas.iter().any(|saga| saga == "booking") {
                sql.push(" AND saga <> 'booking'");
            }
        }
        Condition::Step(states) => {
            sql.push("string_to_array(states, ',') && ").push_bind(states.clone());
            open(sql, true);
        }
        Condition::Age(comparison, length) => {
            // Older than ten minutes is begun before ten minutes ago.
            let sign = match comparison {
                Comparison::Equal => "=",
                Comparison::Less => ">",
                Comparison::AtMost => ">=",
                Comparison::More => "<",
                Comparison::AtLeast => "<=",
            };
            sql.push(format!("started_at {sign} ")).push_bind(now - *length);
        }
        Condition::Attempt(comparison, number) => {
            let number = i32::try_from(*number).unwrap_or(i32::MAX);
            sql.push(format!("attempt {} ", comparison.sign())).push_bind(number);
            // What ended well stands nowhere and has no attempts.
            let zero = match comparison {
                Comparison::Equal | Comparison::AtLeast => number == 0,
                Comparison::Less => number > 0,
                Comparison::AtMost => true,
                Comparison::More => false,
            };
            open(sql, !zero);
        }
        Condition::Error(names) => {
            let patterns: Vec<String> = names.iter().map(ErrorName::like).collect();
            sql.push("error IS NOT NULL AND error LIKE ANY(").push_bind(patterns).push(")");
        }
        Condition::Booking(ids) => equal(sql, "booking_id", ids.iter().map(ToString::to_string).collect()),
        Condition::User(ids) => equal(sql, "user_id", ids.iter().map(ToString::to_string).collect()),
        Condition::Seat(seats) => {
            let seats: Vec<String> = seats.iter().map(|seat| seat.as_str().to_owned()).collect();
            sql.push("seats && ").push_bind(seats);
        }
        Condition::Showtime(ids) => equal(sql, "showtime_id", ids.iter().map(ToString::to_string).collect()),
        Condition::Payment(names) => {
            let (mut ids, mut executions) = (Vec::new(), Vec::new());
            for name in names {
                match name {
                    PaymentName::Id(id) => ids.push(id.to_string()),
                    PaymentName::Reference(execution) => executions.push(execution.clone()),
                }
            }
            equal(sql, "payment_id", ids);
            sql.push(" OR ");
            equal(sql, "id", of_any_saga(&executions));
        }
        Condition::Version(hashes) => {
            for (place, hash) in hashes.iter().enumerate() {
                sql.push(if place == 0 { "(version >= " } else { " OR (version >= " }).push_bind(hash.clone());
                sql.push(" AND version < ").push_bind(format!("{hash}g")).push(")");
            }
        }
        Condition::Name(names) => equal(sql, "id", of_any_saga(names)),
    }
}

fn equal(sql: &mut QueryBuilder<Postgres>, column: &str, values: Vec<String>) {
    sql.push(format!("{column} = ANY(")).push_bind(values).push(")");
}

/// The ids that executions of these names have, whatever saga they are of.
fn of_any_saga(names: &[String]) -> Vec<String> {
    names.iter().flat_map(|name| SAGAS.iter().map(move |saga| id(saga.name, name))).collect()
}

fn listed(row: Row) -> Result<Listed, sqlx::Error> {
    Ok(Listed {
        saga: row.saga,
        name: row.name,
        status: row.status.parse().map_err(sqlx::Error::Protocol)?,
        states: row.states.split(',').filter(|state| !state.is_empty()).map(str::to_owned).collect(),
        entered_at: row.entered_at,
        attempt: u32::try_from(row.attempt).unwrap_or_default(),
        waiting: row.waiting.as_deref().map(str::parse).transpose().map_err(sqlx::Error::Protocol)?,
        wakes_at: row.wakes_at,
        error: row.error,
        cause: row.cause,
        failed_state: row.failed_state,
        started_at: row.started_at,
        stopped_at: row.stopped_at,
        booking_id: row.booking_id,
        user_id: row.user_id,
        seats: row.seats,
        showtime_id: row.showtime_id,
        payment_id: row.payment_id,
        version: row.version,
    })
}

/// Errors by step and definition, the most frequent first.
pub(crate) async fn errors(pool: &PgPool, since: OffsetDateTime) -> Result<Vec<ErrorGroup>, sqlx::Error> {
    sqlx::query_as!(
        ErrorGroup,
        r#"SELECT known.saga, failed_state AS state, error AS "error!", known.version, definition.created_at AS "deployed_at?",
             count(*) AS "count!", count(*) FILTER (WHERE status IN ('FAILED', 'TIMED_OUT', 'ABORTED')) AS "unhappy!",
             min(started_at) AS "first_at!", max(started_at) AS "last_at!", max(name) AS "example!"
           FROM orchestrator.sagas AS known LEFT JOIN orchestrator.definitions AS definition ON definition.hash = known.version
           WHERE error IS NOT NULL AND started_at >= $1
           GROUP BY known.saga, failed_state, error, known.version, definition.created_at
           ORDER BY count(*) DESC, max(started_at) DESC LIMIT 500"#,
        since,
    )
    .fetch_all(pool)
    .await
}
