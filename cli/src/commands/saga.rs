//! `usher saga`: finds and understands executions, and sets them right.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use comfy_table::Table;
use usher_orchestrator::embedded::Version;

use super::{act, look, start, table::table};
use crate::{
    settings::Settings,
    wiring::{Engine, Services},
};

#[derive(Debug, Subcommand)]
pub enum Saga {
    /// Finds and understands.
    #[command(flatten)]
    Look(Box<look::Look>),
    /// Lists the definitions that are deployed or that executions still run on: before an old one can be forgotten, none may.
    Versions,
    /// Sets one right.
    #[command(flatten)]
    Act(act::Act),
}

impl Saga {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        if let Self::Act(act) = self {
            return act.run(&settings).await;
        }
        if let Self::Look(look) = self {
            return look.run(&settings).await;
        }
        start::over(&settings, async |services: &Services| self.over(&services.engine).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn over(self, engine: &Engine) -> anyhow::Result<()> {
        match self {
            Self::Versions => println!("{}", versions(engine.versions().await?)),
            Self::Act(_) | Self::Look(_) => bail!("this asks the API"),
        }
        Ok(())
    }
}

fn versions(versions: Vec<Version>) -> Table {
    let mut table = table(["saga", "definition", "deployed", "starts new ones", "running"]);
    for version in versions {
        table.add_row([
            version.saga,
            version.hash.chars().take(12).collect(),
            version.deployed_at.to_string(),
            (if version.current { "yes" } else { "no" }).to_owned(),
            version.running.to_string(),
        ]);
    }
    table
}
