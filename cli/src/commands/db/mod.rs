//! `usher db`: looks after the database.

mod fill;

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use usher_drills::mark;

use super::start;
use crate::{drills::whoami, settings::Settings, wiring::Databases};

pub use fill::Fill;

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Brings every schema up to date, for roles that are started separately.
    Migrate,
    /// Writes made-up bookings that have ended, by the million: something to measure and to try things out with.
    Fill(Fill),
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
        match self {
            Self::Migrate => {
                migrated(&settings).await?.close().await;
                println!("every schema is up to date");
            }
            Self::Fill(fill) => return Box::pin(fill.run(settings)).await,
            Self::MarkForDrills { remove } => mark_for_drills(&settings, remove).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[expect(clippy::print_stdout, reason = "a command speaks to people")]
async fn mark_for_drills(settings: &Settings, remove: bool) -> anyhow::Result<()> {
    let databases = migrated(settings).await?;
    if remove {
        mark::take(&databases.engine).await?;
        println!("no drill runs on this database any more");
    } else {
        mark::give(&databases.engine, &whoami()).await?;
        println!("drills may make the product of this database fail from now on");
    }
    databases.close().await;
    Ok(())
}

/// The database that was named, with every schema up to date.
async fn migrated(settings: &Settings) -> anyhow::Result<Databases> {
    start::logging(settings)?;
    let Some(url) = &settings.database_url else {
        bail!("set USHER_DATABASE_URL; `usher up` looks after its own database")
    };
    let databases = Databases::open(settings, url)?;
    databases.migrate().await?;
    Ok(databases)
}
