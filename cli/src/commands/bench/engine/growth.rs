//! How the cost of a transition grows: with the number of executions that wait meanwhile, and with the length of the history.

use serde::Serialize;
use sqlx::raw_sql;
use usher_telemetry::process;
use usher_workflows::orchestrator::Orchestrator as _;

use super::{
    super::meter::Cost,
    machines::{DAY, TEN_STATES, countdown},
    world::World,
};

/// How many executions move at once while the cost is taken.
const CONCURRENCY: usize = 64;

/// How often the cost beside others is taken. The cheapest round counts: whatever else the machine does only adds, and it
/// does more between the first number and the last than the numbers do.
const ROUNDS: usize = 3;

/// Copies one execution that waits, with its history, under other names and moments. The snapshots are the original's: the
/// engine reads none before its timer is due, in a day.
const COPY: &str = "
WITH copies AS (
  INSERT INTO orchestrator.executions (id, definition, status, states, version, snapshot, due_at, started_at, stopped_at)
  SELECT id || '-' || lpad(number::text, 8, '0'), definition, status, states, version, snapshot,
    due_at + number * interval '50 milliseconds', started_at, stopped_at
  FROM orchestrator.executions, generate_series($2::bigint, $3::bigint) AS number WHERE id = $1
)
INSERT INTO orchestrator.history (execution_id, first_event, events)
SELECT execution_id || '-' || lpad(number::text, 8, '0'), first_event, events
FROM orchestrator.history, generate_series($2::bigint, $3::bigint) AS number WHERE execution_id = $1";

/// What a transition of the ten-state machine costs while others wait.
#[derive(Debug, Clone, Serialize)]
pub struct Beside {
    /// How many wait.
    pub open: u64,
    #[serde(flatten)]
    pub transition: Cost,
    pub resident_memory_bytes: Option<u64>,
}

/// What a transition of an execution costs, over the whole of its history.
#[derive(Debug, Clone, Serialize)]
pub struct Long {
    /// How many events the history has in the end.
    pub events: usize,
    pub executions: usize,
    #[serde(flatten)]
    pub transition: Cost,
}

/// What the process keeps of an execution that it has started and that waits.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Memory {
    pub open: usize,
    pub bytes_each: f64,
}

impl World {
    /// Makes ever more executions wait, and runs `executions` others beside each number of them.
    pub async fn beside_open(&self, numbers: &[u64], executions: usize) -> anyhow::Result<Vec<Beside>> {
        let original = format!("{}:{}", DAY.saga, self.open(DAY, 1).await?);
        let mut waiting = 1;
        let mut measured = Vec::new();
        for &open in numbers {
            sqlx::query(COPY)
                .bind(&original)
                .bind(waiting)
                .bind(i64::try_from(open)? - 1)
                .execute(&self.meter.database)
                .await?;
            waiting = i64::try_from(open)?;
            self.tidy().await?;
            self.run(TEN_STATES, CONCURRENCY, executions / 10 + 1).await?; // Pages and plans are warm again.
            let mut transition = self.round(TEN_STATES, CONCURRENCY, executions).await?.transition;
            for _ in 1..ROUNDS {
                let again = self.round(TEN_STATES, CONCURRENCY, executions).await?.transition;
                if again.cpu_ms() < transition.cpu_ms() {
                    transition = again;
                }
            }
            measured.push(Beside { open, transition, resident_memory_bytes: process::resident_memory() });
        }
        Ok(measured)
    }

    /// Runs executions that end with about `events` events, some `transitions` in all.
    pub async fn with_history(&self, events: u64, transitions: u64) -> anyhow::Result<Long> {
        let machine = countdown((events / 10).max(1)); // A turn of it leaves ten.
        // As many as move at once, so that batches are as full as with short histories; fewer only in a small trial.
        let executions = (transitions / machine.transitions()).max(CONCURRENCY as u64).min(transitions);
        let transition = self.round(machine, CONCURRENCY, usize::try_from(executions)?).await?.transition;
        let (last,): (String,) =
            sqlx::query_as("SELECT max(id) FROM orchestrator.executions WHERE id LIKE 'countdown:%'")
                .fetch_one(&self.meter.database)
                .await?;
        let name = last.trim_start_matches("countdown:");
        let events = self.engine.history(machine.saga, name).await?.len();
        Ok(Long { events, executions: usize::try_from(executions)?, transition })
    }

    /// Starts executions that wait, and looks how the process has grown; then they are removed, all but what it remembers.
    /// `None` where the system does not tell.
    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a measurement")]
    pub async fn memory(&self, executions: usize) -> anyhow::Result<Option<Memory>> {
        let before = process::resident_memory();
        self.open(DAY, executions).await?;
        let after = process::resident_memory();
        for statement in [
            "DELETE FROM orchestrator.executions WHERE id LIKE 'day:%'",
            "DELETE FROM orchestrator.history WHERE execution_id LIKE 'day:%'",
        ] {
            raw_sql(statement).execute(&self.meter.database).await?;
        }
        self.tidy().await?;
        Ok(before.zip(after).map(|(before, after)| Memory {
            open: executions,
            bytes_each: after.saturating_sub(before) as f64 / executions as f64,
        }))
    }

    /// What PostgreSQL would do by itself in the middle of a round: statistics, visibility, and the checkpoint.
    async fn tidy(&self) -> anyhow::Result<()> {
        for statement in
            ["VACUUM (ANALYZE) orchestrator.executions", "VACUUM (ANALYZE) orchestrator.history", "CHECKPOINT"]
        {
            raw_sql(statement).execute(&self.meter.database).await?;
        }
        Ok(())
    }
}
