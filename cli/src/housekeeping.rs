//! What runs beside the work, by the clock: figures that nobody counts as they happen, and rows that have outlived their use.

use std::{sync::Arc, time::Duration};

use time::Duration as Age;
use usher_core::ambient::SharedAmbient;
use usher_database::{Failure, idempotency, inbox, outbox};
use usher_messaging::queue::TaskQueue;
use usher_telemetry::process;
use usher_workflows::step::STEPS;

use crate::wiring::Engine;

/// How often figures are read: twice in the usual scrape interval of 15 s.
const OBSERVE: Duration = Duration::from_secs(7);

/// How often old rows are removed.
const PRUNE: Duration = Duration::from_mins(10);

/// How many rows are removed at once, so that nobody waits for a long delete.
const CHUNK: i64 = 5_000;

/// How many ended sagas are removed at once: each has about ten rows of history.
const SAGAS: i64 = 500;

/// How long an answer to a step is kept: longer than the 14 days in which an execution can be redriven.
const INBOX_LIFE: Age = Age::days(30);

/// Sets the gauges of queues, sagas, outboxes and the process, for ever.
pub async fn observe(engine: Engine, queue: Arc<dyn TaskQueue>, outboxes: Vec<sqlx::PgPool>, ambient: SharedAmbient) {
    loop {
        process::observe();
        if let Err(error) = figures(&engine, &*queue, &outboxes, &ambient).await {
            tracing::debug!(%error, "figures could not be read");
        }
        tokio::time::sleep(OBSERVE).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
async fn figures(
    engine: &Engine,
    queue: &dyn TaskQueue,
    outboxes: &[sqlx::PgPool],
    ambient: &SharedAmbient,
) -> anyhow::Result<()> {
    metrics::gauge!("booking_active_count").set(engine.running().await? as f64);
    for step in STEPS {
        let depth = queue.depth(step.name).await?;
        for (state, count) in [("waiting", depth.waiting), ("leased", depth.leased), ("dead", depth.dead)] {
            metrics::gauge!("usher_queue_messages", "queue" => step.name, "state" => state).set(count as f64);
        }
        metrics::gauge!("usher_queue_age", "queue" => step.name).set(depth.oldest_seconds as f64);
    }
    let (mut waiting, mut oldest) = (0, None);
    for pool in outboxes {
        let mut connection = pool.acquire().await?;
        let (count, since) = outbox::backlog(&mut connection).await?;
        waiting += count;
        oldest = oldest.into_iter().chain(since).min();
    }
    metrics::gauge!("usher_outbox_messages").set(waiting as f64);
    let age = oldest.map_or(0, |since| (ambient.now() - since).whole_seconds());
    metrics::gauge!("usher_outbox_age").set(age as f64);
    Ok(())
}

/// Removes answers, keys and ended sagas whose time is over, for ever.
pub async fn prune(databases: Vec<sqlx::PgPool>, engine: Engine, retention: Age, ambient: SharedAmbient) {
    loop {
        tokio::time::sleep(PRUNE).await;
        if let Err(error) = prune_sagas(&engine, retention).await {
            tracing::warn!(%error, "old sagas could not be removed");
        }
        for pool in &databases {
            if let Err(error) = prune_one(pool, &ambient).await {
                tracing::warn!(%error, "old rows could not be removed");
            }
        }
    }
}

async fn prune_sagas(engine: &Engine, retention: Age) -> anyhow::Result<()> {
    while engine.prune(retention, SAGAS).await? > 0 {}
    Ok(())
}

async fn prune_one(pool: &sqlx::PgPool, ambient: &SharedAmbient) -> Result<(), Failure> {
    let mut connection = pool.acquire().await?;
    let now = ambient.now();
    while inbox::prune(&mut connection, now - INBOX_LIFE, CHUNK).await? > 0 {}
    while idempotency::prune(&mut connection, now, CHUNK).await? > 0 {}
    Ok(())
}
