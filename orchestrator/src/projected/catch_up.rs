//! Looking into the embedded engine's own rows for what the list has missed: after a crash, after rows were written past the
//! engine, and when the list is new. The same look measures how far the list is behind.

use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

use super::{record, sight::Sight, store};

/// How often to look. All processes together look as often as one.
pub(super) const EVERY: Duration = Duration::seconds(5);

/// What moved less long ago is on its way into the list.
const SETTLING: Duration = Duration::seconds(3);

/// How many are read at once.
const PAGE: i64 = 2_000;

/// Looks, if it is time to and nobody else does. Tells how many executions the list had missed.
pub(crate) async fn look(pool: &PgPool, now: OffsetDateTime) -> Result<usize, sqlx::Error> {
    let Some(mut looked_at) = store::claim_look(pool, now, now + EVERY).await? else { return Ok(0) };
    let (until, mut missed) = (now - SETTLING, 0);
    missed += write(pool, running(pool, until).await?).await?;
    loop {
        // What ended is looked at in the order of its ends, page by page, so that a new list of an old engine fills.
        let page = ended(pool, looked_at - SETTLING * 2, until).await?;
        let last = page.last().and_then(|row| row.stopped_at);
        let full = page.len() == usize::try_from(PAGE).unwrap_or_default();
        missed += write(pool, page).await?;
        looked_at = last.filter(|_| full).unwrap_or(until);
        store::looked(pool, looked_at).await?;
        if !full {
            return Ok(missed);
        }
        store::claim_look(pool, now + EVERY, now + EVERY * 2).await?;
    }
}

/// An execution that the list does not have, or not as it is.
struct Missed {
    id: String,
    definition: String,
    version: i64,
    snapshot: String,
    started_at: OffsetDateTime,
    stopped_at: Option<OffsetDateTime>,
}

async fn running(pool: &PgPool, until: OffsetDateTime) -> Result<Vec<Missed>, sqlx::Error> {
    sqlx::query_as!(
        Missed,
        "SELECT execution.id, definition, execution.version, snapshot, execution.started_at, execution.stopped_at
         FROM orchestrator.executions AS execution LEFT JOIN orchestrator.sagas AS known ON known.id = execution.id
         WHERE execution.due_at IS NOT NULL AND execution.moved_at < $1
           AND (known.id IS NULL OR known.moved < execution.version)
         LIMIT $2",
        until,
        PAGE,
    )
    .fetch_all(pool)
    .await
}

async fn ended(pool: &PgPool, from: OffsetDateTime, until: OffsetDateTime) -> Result<Vec<Missed>, sqlx::Error> {
    sqlx::query_as!(
        Missed,
        "SELECT execution.id, definition, execution.version, snapshot, execution.started_at, execution.stopped_at
         FROM orchestrator.executions AS execution LEFT JOIN orchestrator.sagas AS known ON known.id = execution.id
         WHERE execution.stopped_at >= $1 AND execution.stopped_at < $2
           AND (known.id IS NULL OR known.moved < execution.version)
         ORDER BY execution.stopped_at LIMIT $3",
        from,
        until,
        PAGE,
    )
    .fetch_all(pool)
    .await
}

async fn write(pool: &PgPool, missed: Vec<Missed>) -> Result<usize, sqlx::Error> {
    if missed.is_empty() {
        return Ok(0);
    }
    let sight = |row: &Missed| {
        let execution = serde_json::from_str(&row.snapshot).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        let mut sight = Sight::of(&row.id, row.version, &row.definition, &execution, &[]);
        sight.listed.started_at = row.started_at;
        sight.listed.stopped_at = row.stopped_at;
        Ok::<_, sqlx::Error>(sight)
    };
    let sights = missed.iter().map(sight).collect::<Result<Vec<_>, _>>()?;
    record::record(&mut *pool.acquire().await?, &sights).await?;
    Ok(sights.len())
}

/// Has the whole list looked over again, from the oldest execution on.
pub(crate) async fn from_the_beginning(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE orchestrator.sagas_look SET next_at = 'epoch', looked_at = 'epoch'").execute(pool).await?;
    Ok(())
}
