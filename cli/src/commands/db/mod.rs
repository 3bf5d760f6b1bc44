//! `usher db`: looks after the database.

mod fill;

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;

use super::start;
use crate::{settings::Settings, wiring::Databases};

pub use fill::Fill;

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Brings every schema up to date, for roles that are started separately.
    Migrate,
    /// Writes made-up bookings that have ended, by the million: something to measure and to try things out with.
    Fill(Fill),
}

impl Db {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        match self {
            Self::Migrate => migrate(settings).await,
            Self::Fill(fill) => Box::pin(fill.run(settings)).await,
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command speaks to people")]
async fn migrate(settings: Settings) -> anyhow::Result<ExitCode> {
    start::logging(&settings)?;
    let Some(url) = &settings.database_url else {
        bail!("set USHER_DATABASE_URL; `usher up` migrates its own database")
    };
    let databases = Databases::open(&settings, url)?;
    databases.migrate().await?;
    databases.close().await;
    println!("every schema is up to date");
    Ok(ExitCode::SUCCESS)
}
