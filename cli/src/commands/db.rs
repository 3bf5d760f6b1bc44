//! `usher db`: looks after the database.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use usher_drills::mark;

use super::start;
use crate::{drills::whoami, settings::Settings, wiring::Databases};

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Brings every schema up to date, for roles that are started separately.
    Migrate,
    /// Says that nobody depends on this database, so that drills may make its product fail. The private one of `usher up` is
    /// marked from the beginning.
    MarkForDrills {
        /// Take the mark away.
        #[arg(long)]
        remove: bool,
    },
}

impl Db {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let Some(url) = &settings.database_url else {
            bail!("set USHER_DATABASE_URL; `usher up` looks after its own database")
        };
        let databases = Databases::open(&settings, url)?;
        databases.migrate().await?;
        match self {
            Self::Migrate => println!("every schema is up to date"),
            Self::MarkForDrills { remove: false } => {
                mark::give(&databases.engine, &whoami()).await?;
                println!("drills may make the product of this database fail from now on");
            }
            Self::MarkForDrills { remove: true } => {
                mark::take(&databases.engine).await?;
                println!("no drill runs on this database any more");
            }
        }
        databases.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
