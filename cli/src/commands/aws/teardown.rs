//! `usher aws teardown`: removes a stage, and nothing that does not say it belongs to it.

use std::process::ExitCode;

use clap::Args;
use usher_messaging::aws::{self, setup::Mode};

use super::{Choice, listed, machines, rows, stage};
use crate::commands::cloud::Cloud;

/// What can be said of a queue or topic that is there after a teardown.
const REMAINS: &str = "was not made by `usher aws setup`, or is still going";

#[derive(Debug, Args)]
pub struct Teardown {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    cloud: Cloud,
}

impl Teardown {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mode = self.choice.mode();
        let config = self.cloud.config().await;
        let setup = aws::Setup::new(&config, stage(&self.cloud.stage)?);
        let verb = if mode == Mode::Apply { "removed" } else { "would be removed" };
        // State machines first: they send to the queues.
        let mut removed = machines::teardown(&config, &self.cloud.stage, mode).await?;
        removed.extend(rows(&setup.teardown(mode).await?, |_| verb.to_owned()));
        if removed.is_empty() {
            println!("there is nothing of the stage {}", self.cloud.stage);
        } else {
            println!("{}", listed(removed));
        }
        if mode == Mode::Apply {
            let mut remains = machines::remains(&config, &self.cloud.stage).await?;
            remains.extend(rows(&setup.remains().await?, |_| REMAINS.to_owned()));
            if remains.is_empty() {
                println!("nothing remains");
            } else {
                println!("what remains:\n{}", listed(remains));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
