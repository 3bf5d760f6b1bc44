//! `usher aws teardown`: removes a stage, and nothing that does not say it belongs to it.

use std::process::ExitCode;

use clap::Args;
use usher_messaging::aws::{self, setup::Mode};
use usher_orchestrator::stepfunctions::deploy;
use usher_workflows::definitions::SAGAS;

use super::{Choice, Row, listed};
use crate::settings::cloud::Cloud;

#[derive(Debug, Args)]
pub struct Teardown {
    #[command(flatten)]
    choice: Choice,
}

impl Teardown {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, cloud: &Cloud) -> anyhow::Result<ExitCode> {
        let mode = self.choice.mode();
        let (config, stage) = (cloud.config().await, &cloud.stage);
        let sagas: Vec<&str> = SAGAS.iter().map(|saga| saga.name).collect();
        let machines = match mode {
            Mode::Look => deploy::present(&config, stage, &sagas).await?,
            Mode::Apply => deploy::remove(&config, stage, &sagas).await?,
        };
        let verb = if mode == Mode::Apply { "removed" } else { "would be removed" };
        let setup = aws::Setup::new(&config, cloud.stage()?);
        let mut rows: Vec<Row> = machines.iter().map(|name| Row::machine(name, verb)).collect();
        rows.extend(setup.teardown(mode).await?.iter().map(|item| Row::of(item, verb)));
        if rows.is_empty() {
            println!("there is nothing of the stage {stage}");
        } else {
            println!("{}", listed(rows));
        }
        if mode == Mode::Apply {
            let going = "was not made by `usher aws setup`, or is still going";
            let mut remains: Vec<Row> = setup.remains().await?.iter().map(|item| Row::of(item, going)).collect();
            let machines = deploy::present(&config, stage, &sagas).await?;
            remains.extend(machines.iter().map(|name| Row::machine(name, "ends with the last of its executions")));
            if remains.is_empty() {
                println!("nothing remains");
            } else {
                println!("what remains:\n{}", listed(remains));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
