//! What runs beside the work, by the clock: figures that nobody counts as they happen, and rows that have outlived their use.

use std::{sync::Arc, time::Duration};

use time::Duration as Age;
use usher_core::ambient::SharedAmbient;
use usher_database::{Failure, idempotency, inbox, outbox};
use usher_messaging::{claim_check::ClaimCheck, error::MessagingError, queue::TaskQueue};
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

/// How many large messages are removed at once: each is some hundred kilobytes.
const LARGE: i64 = 200;

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

/// What removes rows that have outlived their use.
pub struct Pruning {
    /// Every database, each once.
    pub databases: Vec<sqlx::PgPool>,
    /// Has the ended sagas.
    pub engine: Engine,
    /// Has the large messages.
    pub claim_check: ClaimCheck,
    /// How long ended sagas are kept.
    pub retention: Age,
    /// What time it is.
    pub ambient: SharedAmbient,
}

impl Pruning {
    /// Removes answers, keys, large messages and ended sagas whose time is over, for ever.
    pub async fn run(&self) {
        loop {
            tokio::time::sleep(PRUNE).await;
            if let Err(error) = self.sagas().await {
                tracing::warn!(%error, "old sagas could not be removed");
            }
            if let Err(error) = self.large_messages().await {
                tracing::warn!(%error, "old messages could not be removed");
            }
            for pool in &self.databases {
                if let Err(error) = self.rows_of(pool).await {
                    tracing::warn!(%error, "old rows could not be removed");
                }
            }
        }
    }

    async fn sagas(&self) -> anyhow::Result<()> {
        while self.engine.prune(self.retention, SAGAS).await? > 0 {}
        Ok(())
    }

    async fn large_messages(&self) -> Result<(), MessagingError> {
        while self.claim_check.prune(LARGE).await? > 0 {}
        Ok(())
    }

    async fn rows_of(&self, pool: &sqlx::PgPool) -> Result<(), Failure> {
        let mut connection = pool.acquire().await?;
        let now = self.ambient.now();
        while inbox::prune(&mut connection, now - INBOX_LIFE, CHUNK).await? > 0 {}
        while idempotency::prune(&mut connection, now, CHUNK).await? > 0 {}
        Ok(())
    }
}
