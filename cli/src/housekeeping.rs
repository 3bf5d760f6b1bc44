//! What runs beside the work, by the clock: figures that nobody counts as they happen, and rows that have outlived their use.

use std::{sync::Arc, time::Duration};

use time::Duration as Age;
use tokio::{runtime::Handle, task::spawn_blocking};
use usher_audit::{Options, Report, Sources};
use usher_core::ambient::SharedAmbient;
use usher_database::{Failure, idempotency, inbox, outbox};
use usher_messaging::{claim_check::ClaimCheck, error::MessagingError, queue::TaskQueue};
use usher_payments::Payments;
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

/// How often the books are held against the provider's report.
const RECONCILE: Duration = Duration::from_hours(24);

/// How far back: over a weekend on which nobody looked.
const RECONCILED: Age = Age::days(3);

/// Reconciles every day, for ever; the first time after an hour, because a process that restarts all the time is not to ask
/// for the report all the time.
pub async fn reconcile(payments: Payments, ambient: SharedAmbient) {
    tokio::time::sleep(Duration::from_hours(1)).await;
    loop {
        match payments.reconcile(ambient.now() - RECONCILED).await {
            Ok(reconciled) if reconciled.breaks.is_empty() => {
                tracing::info!(
                    lines = reconciled.lines,
                    booked = reconciled.booked,
                    "the books agree with the provider"
                );
            }
            Ok(reconciled) => {
                let (breaks, booked) = (reconciled.breaks.len(), reconciled.booked);
                tracing::error!(breaks, booked, "the books disagree with the provider; see `usher reconcile`");
            }
            Err(error) => tracing::warn!(%error, "the books could not be reconciled"),
        }
        tokio::time::sleep(RECONCILE).await;
    }
}

/// How often everything is audited.
const AUDIT: Duration = Duration::from_hours(1);

/// How many findings are written to the log at once; `usher audit` has all of them.
const LOGGED: usize = 20;

/// Audits every hour, for ever; the first time after one, so that many restarts are not many audits.
pub async fn audit(sources: Sources) {
    loop {
        tokio::time::sleep(AUDIT).await;
        let sources = sources.clone();
        // On a thread of its own: judging a hundred thousand bookings is work that other tasks should not wait for. It ends
        // early when the databases are closed.
        let audit =
            move || Handle::current().block_on(usher_audit::audit(&sources, &Options::default())).map_err(Into::into);
        let audited: anyhow::Result<Report> = spawn_blocking(audit).await.unwrap_or_else(|error| Err(error.into()));
        match audited {
            Ok(report) => tell(&report),
            Err(error) => tracing::warn!(%error, "the audit came to no verdict"),
        }
    }
}

fn tell(report: &Report) {
    let findings = report.findings.len();
    metrics::gauge!("usher_audit_findings").set(f64::from(u32::try_from(findings).unwrap_or(u32::MAX)));
    if report.is_clean() {
        tracing::info!(bookings = report.checked.bookings, "the audit is clean");
        return;
    }
    for finding in report.findings.iter().take(LOGGED) {
        let invariant = finding.invariant.slug();
        let booking = finding.booking.map(|id| id.to_string());
        tracing::error!(invariant, booking, expected = %finding.expected, found = %finding.found, "the audit found a break");
    }
    tracing::error!(findings, "the audit is not clean; see `usher audit`");
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
