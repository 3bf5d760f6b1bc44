//! Timers: time-outs, heartbeats, retries and waits that are due.
//!
//! An execution that waits costs nothing but its place in an index. The loop sleeps until the earliest timer it knows, and
//! looks once a second for those of executions that another process wrote.

use std::time::Duration;

use sqlx::PgPool;
use time::OffsetDateTime;
use usher_asl::Event;
use usher_core::ambient::SharedAmbient;
use usher_workflows::orchestrator::OrchestratorError;

use super::{EmbeddedOrchestrator, alarm::Alarm, command::Command, pace::TOLERANCE, store};

#[cfg(feature = "crash-points")]
use crate::crash_point::{self, Point};

/// How often to look for timers that other processes set.
const LOOK: Duration = Duration::from_secs(1);

/// How long an engine has to fire what it leased.
const LEASE: time::Duration = time::Duration::seconds(30);

/// How many timers are fired together.
const BATCH: i64 = 256;

/// Fires timers until the future is dropped.
///
/// The database is asked when a timer is due and once a second. What this process writes meanwhile moves only the moment
/// of the next look: under load that happens thousands of times a second.
pub(super) async fn run(engine: &EmbeddedOrchestrator, pool: &PgPool, ambient: &SharedAmbient, alarm: &Alarm) {
    let mut look_at = ambient.now();
    loop {
        let now = ambient.now();
        let due = alarm.earliest().map_or(look_at, |earliest| earliest.min(look_at));
        if due > now && alarm.seen().is_some_and(|seen| seen - now <= TOLERANCE) {
            tokio::select! {
                () = tokio::time::sleep(Duration::try_from(due - now).unwrap_or_default().min(LOOK)) => {}
                () = alarm.earlier() => {}
            }
            continue;
        }
        alarm.clear(); // What was set so far is durable, and so is about to be read.
        let next = match fire(engine, pool, now, alarm).await {
            Ok((_, next)) => next,
            Err(error) => {
                tracing::warn!(error = %error, "timers could not be read, trying again");
                tokio::time::sleep(LOOK).await;
                None
            }
        };
        let patience = ambient.now() + LOOK;
        look_at = next.map_or(patience, |next| next.min(patience));
    }
}

/// Fires what is due, and tells how many timers that were and when the next one is.
pub(super) async fn fire(
    engine: &EmbeddedOrchestrator,
    pool: &PgPool,
    now: OffsetDateTime,
    alarm: &Alarm,
) -> Result<(usize, Option<OffsetDateTime>), sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let seen = alarm.seen();
    if seen.is_none_or(|seen| seen - now > TOLERANCE) {
        let overtaken = store::overtake(&mut connection, seen, now).await?;
        if overtaken > 0 {
            tracing::warn!(executions = overtaken, "the clock has gone back; their timers go on as if it had not");
        }
    }
    alarm.looked(now);
    let mut fired_so_far = 0;
    loop {
        let due = store::lease_due(&mut connection, now, now + LEASE, BATCH).await?;
        if due.is_empty() {
            return Ok((fired_so_far, store::next_due(&mut connection).await?));
        }
        #[cfg(feature = "crash-points")]
        crash_point::reached(Point::TimerLeased, due.iter().map(String::as_str));
        fired_so_far += due.len();
        let fired = due.into_iter().map(|execution| engine.submit(Command::Tell { execution, event: Event::Timer }));
        for outcome in futures::future::join_all(fired).await {
            if let Err(error @ OrchestratorError::Unavailable(_)) = outcome {
                tracing::warn!(error = %error, "a timer could not be fired; its lease will run out");
            }
        }
    }
}
