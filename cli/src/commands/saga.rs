//! `usher saga`: finds and understands executions, and sends failed ones on.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use comfy_table::Table;
use usher_orchestrator::embedded::Version;

use super::{look, start, table::table};
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
    /// Sends a failed execution on from the state in which it failed.
    Redrive {
        /// Its name: bkg_..., can_..., pcn_..., rfd_... or sho_...
        name: String,
    },
}

impl Saga {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        if let Self::Look(look) = self {
            return look.run(&settings).await;
        }
        start::over(&settings, async |services: &Services| self.over(&services.engine).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn over(self, engine: &Engine) -> anyhow::Result<()> {
        let orchestrator = engine.orchestrator();
        match self {
            Self::Look(_) => bail!("this asks the API"),
            Self::Versions => println!("{}", versions(engine.versions().await?)),
            Self::Redrive { name } => {
                orchestrator.redrive(saga_of(&name)?, &name).await?;
                println!("{name} goes on; `usher saga show {name}` tells how far it came");
            }
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

/// The saga that an execution's name belongs to.
fn saga_of(name: &str) -> anyhow::Result<&'static str> {
    match name.split('_').next() {
        Some("bkg") => Ok("booking"),
        Some("can" | "pcn") => Ok("cancellation"),
        Some("rfd") => Ok("refund"),
        Some("sho") => Ok("showtime-cancellation"),
        _ => bail!("`{name}` is not the name of an execution: it begins with bkg_, can_, pcn_, rfd_ or sho_"),
    }
}
