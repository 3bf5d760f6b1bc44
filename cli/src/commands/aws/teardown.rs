//! `usher aws teardown`: removes a stage, and nothing that does not say it belongs to it.

use std::process::ExitCode;

use clap::Args;
use usher_messaging::aws::{self, setup::Mode};

use super::{Choice, listed, stage};
use crate::commands::cloud::Cloud;

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
        let setup = aws::Setup::new(&self.cloud.config().await, stage(&self.cloud.stage)?);
        let removed = setup.teardown(mode).await?;
        let verb = if mode == Mode::Apply { "removed" } else { "would be removed" };
        if removed.is_empty() {
            println!("there is nothing of the stage {}", self.cloud.stage);
        } else {
            println!("{}", listed(&removed, |_| verb.to_owned()));
        }
        if mode == Mode::Apply {
            let remains = setup.remains().await?;
            if remains.is_empty() {
                println!("nothing remains");
            } else {
                let remains = listed(&remains, |_| "was not made by `usher aws setup`, or is still going".to_owned());
                println!("what remains:\n{remains}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
