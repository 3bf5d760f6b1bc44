//! One round: so many executions of a machine, so many at once, and what they cost.

use serde::Serialize;

use super::{
    super::{
        crowd::Pace,
        meter::{Cost, REPORTED, Usage},
    },
    machines::{BOOKING, Machine},
    world::World,
};

/// What a round reached.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    pub machine: &'static str,
    pub concurrency: usize,
    pub executions: u64,
    /// Executions per second, and how long each took from its start until the answer of its last task was durable.
    #[serde(flatten)]
    pub pace: Pace,
    pub transitions_per_second: f64,
    /// Of one execution.
    pub execution: Cost,
    /// Of one transition: a start or an answer that was written, with all the states entered on the way.
    pub transition: Cost,
    /// Since the process began.
    pub peak_memory_mb: f64,
}

impl World {
    /// Runs a round.
    #[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "measurements")]
    pub async fn round(&self, machine: Machine, concurrency: usize, executions: usize) -> anyhow::Result<Round> {
        let before = self.usage().await?;
        let pace = self.run(machine, concurrency, executions).await?;
        let after = self.usage().await?;
        let executions = executions as u64;
        Ok(Round {
            machine: machine.saga,
            concurrency,
            executions,
            pace,
            transitions_per_second: pace.per_second * machine.transitions() as f64,
            execution: after.since(before, executions),
            transition: after.since(before, executions * machine.transitions()),
            peak_memory_mb: self.meter.peak_memory_mb()?,
        })
    }

    /// What has been used so far; one more execution makes every session report.
    async fn usage(&self) -> anyhow::Result<Usage> {
        tokio::time::sleep(REPORTED).await;
        self.run(BOOKING, 1, 1).await?;
        self.meter.usage().await
    }
}
