//! Workers alone: all steps, or those that are named.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use usher_telemetry::metrics;
use usher_workflows::step::STEPS;

use super::start;
use crate::{drills::counters, settings::Settings};

#[derive(Debug, Args)]
pub struct Worker {
    /// Perform only this step; repeat for more.
    #[arg(long = "step")]
    steps: Vec<String>,
}

impl Worker {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        if let Some(unknown) = self.steps.iter().find(|step| !known.contains(&step.as_str())) {
            bail!("there is no step `{unknown}`; the steps are {}", known.join(", "));
        }
        let metrics = metrics::install()?;
        let (services, mut lifecycle) = start::role(&settings).await?;
        services.obey_drills("worker", counters(metrics), &mut lifecycle);
        services.run_workers(&mut lifecycle, &self.steps);
        services.run_list(&mut lifecycle);
        start::until_stopped(services, lifecycle).await
    }
}
