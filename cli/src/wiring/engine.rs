//! What runs the sagas: the embedded engine, or Step Functions.
//!
//! Both stand behind the `Orchestrator` port; what is here besides is what only one of them needs from its host.

use std::sync::Arc;

use anyhow::bail;
use usher_orchestrator::{
    embedded::{EmbeddedOrchestrator, Version},
    projected::Projected,
};
use usher_workflows::orchestrator::Orchestrator;

/// The engine that was chosen.
#[derive(Clone)]
pub enum Engine {
    /// In PostgreSQL; its timers run in our processes, and its records are ours to prune.
    Embedded(EmbeddedOrchestrator),
    /// Step Functions, with a list of our own beside it.
    StepFunctions(Projected),
}

impl Engine {
    /// The engine behind its port.
    pub fn orchestrator(&self) -> Arc<dyn Orchestrator> {
        match self {
            Self::Embedded(engine) => Arc::new(engine.clone()),
            Self::StepFunctions(engine) => Arc::new(engine.clone()),
        }
    }

    /// How many executions run.
    pub async fn running(&self) -> anyhow::Result<i64> {
        match self {
            Self::Embedded(engine) => Ok(engine.running().await?),
            Self::StepFunctions(engine) => Ok(engine.running().await?),
        }
    }

    /// Every definition that was ever deployed, with how many executions run on it.
    pub async fn versions(&self) -> anyhow::Result<Vec<Version>> {
        match self {
            Self::Embedded(engine) => Ok(engine.versions().await?),
            Self::StepFunctions(_) => {
                bail!("Step Functions keeps the versions: `usher workflow hashes` shows what is deployed")
            }
        }
    }

    /// Removes executions that ended longer ago than `age`, at most `limit`, and tells how many.
    pub async fn prune(&self, age: time::Duration, limit: i64) -> anyhow::Result<u64> {
        match self {
            Self::Embedded(engine) => Ok(engine.prune(age, limit).await?),
            Self::StepFunctions(engine) => Ok(engine.prune(age, limit).await?),
        }
    }
}
