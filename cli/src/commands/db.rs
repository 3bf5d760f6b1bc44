//! `usher db`: looks after the database.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;

use super::start;
use crate::{settings::Settings, wiring::Databases};

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Brings every schema up to date, for roles that are started separately.
    Migrate,
}

impl Db {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let Some(url) = &settings.database_url else {
            bail!("set USHER_DATABASE_URL; `usher up` migrates its own database")
        };
        let databases = Databases::open(&settings, url)?;
        let Self::Migrate = self;
        databases.migrate().await?;
        databases.close().await;
        println!("every schema is up to date");
        Ok(ExitCode::SUCCESS)
    }
}
