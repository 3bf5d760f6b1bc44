//! Writes sights of the embedded engine's executions into the list.

use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_workflows::query::{Listed, Waiting};

use super::sight::Sight;

/// Writes sights down. Old ones change nothing; a failure that an older one knew of stays known.
pub(crate) async fn record(connection: &mut PgConnection, sights: &[Sight]) -> Result<(), sqlx::Error> {
    // In the order of their ids, so that two processes never wait for each other.
    let mut sights: Vec<&Sight> = sights.iter().collect();
    sights.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let text = |of: fn(&Listed) -> String| -> Vec<String> { sights.iter().map(|sight| of(&sight.listed)).collect() };
    let option = |of: fn(&Listed) -> &Option<String>| -> Vec<Option<String>> {
        sights.iter().map(|sight| of(&sight.listed).clone()).collect()
    };
    let moment = |of: fn(&Listed) -> Option<OffsetDateTime>| -> Vec<Option<OffsetDateTime>> {
        sights.iter().map(|sight| of(&sight.listed)).collect()
    };
    let ids: Vec<String> = sights.iter().map(|sight| sight.id.clone()).collect();
    let moved: Vec<i64> = sights.iter().map(|sight| sight.moved).collect();
    let attempts: Vec<i32> =
        sights.iter().map(|sight| i32::try_from(sight.listed.attempt).unwrap_or(i32::MAX)).collect();
    let started: Vec<OffsetDateTime> = sights.iter().map(|sight| sight.listed.started_at).collect();
    let waiting: Vec<Option<String>> =
        sights.iter().map(|sight| sight.listed.waiting.map(Waiting::as_str).map(str::to_owned)).collect();
    sqlx::query!(
        "INSERT INTO orchestrator.sagas AS known
           (id, saga, name, engine_id, status, states, entered_at, attempt, waiting, wakes_at, error, cause, failed_state,
            started_at, stopped_at, booking_id, user_id, seats, showtime_id, payment_id, version, settled, moved)
         SELECT id, saga, name, id, status, states, entered_at, attempt, waiting, wakes_at, error, cause, failed_state,
           started_at, stopped_at, booking_id, user_id, string_to_array(seats, ','), showtime_id, payment_id, version,
           status <> 'RUNNING', moved
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::integer[], $8::text[],
           $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::text[],
           $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::bigint[])
           AS new (id, saga, name, status, states, entered_at, attempt, waiting, wakes_at, error, cause, failed_state,
             started_at, stopped_at, booking_id, user_id, seats, showtime_id, payment_id, version, moved)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, states = excluded.states, entered_at = excluded.entered_at,
           attempt = excluded.attempt, waiting = excluded.waiting, wakes_at = excluded.wakes_at,
           error = coalesce(excluded.error, known.error), cause = coalesce(excluded.cause, known.cause),
           failed_state = coalesce(excluded.failed_state, known.failed_state), stopped_at = excluded.stopped_at,
           payment_id = coalesce(excluded.payment_id, known.payment_id), settled = excluded.settled, moved = excluded.moved
         WHERE known.moved < excluded.moved",
        &ids,
        &text(|listed| listed.saga.clone()),
        &text(|listed| listed.name.clone()),
        &text(|listed| listed.status.as_str().to_owned()),
        &text(|listed| listed.states.join(",")),
        &moment(|listed| listed.entered_at) as &[Option<OffsetDateTime>],
        &attempts,
        &waiting as &[Option<String>],
        &moment(|listed| listed.wakes_at) as &[Option<OffsetDateTime>],
        &option(|listed| &listed.error) as &[Option<String>],
        &option(|listed| &listed.cause) as &[Option<String>],
        &option(|listed| &listed.failed_state) as &[Option<String>],
        &started,
        &moment(|listed| listed.stopped_at) as &[Option<OffsetDateTime>],
        &option(|listed| &listed.booking_id) as &[Option<String>],
        &option(|listed| &listed.user_id) as &[Option<String>],
        &text(|listed| listed.seats.join(",")),
        &option(|listed| &listed.showtime_id) as &[Option<String>],
        &option(|listed| &listed.payment_id) as &[Option<String>],
        &option(|listed| &listed.version) as &[Option<String>],
        &moved,
    )
    .execute(connection)
    .await?;
    Ok(())
}
