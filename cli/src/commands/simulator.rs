//! The payment provider of the laptop alone.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use usher_telemetry::ambient;

use super::start;
use crate::{
    lifecycle::{Lifecycle, told_to_stop},
    settings::Settings,
    wiring::{Databases, run_simulator},
};

#[derive(Debug, Args)]
pub struct Run {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8099")]
    listen: String,
}

impl Run {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let Some(url) = &settings.database_url else {
            bail!("set USHER_DATABASE_URL to a database for the simulator's record")
        };
        let databases = Databases::open(&settings, url)?;
        databases.migrate().await?;
        let mut lifecycle = Lifecycle::default();
        let url = run_simulator(&databases, &ambient::system(), &mut lifecycle, &self.listen).await?;
        println!("the payment simulator answers at {url}");
        told_to_stop().await?;
        lifecycle.end().await;
        databases.close().await;
        Ok(ExitCode::SUCCESS)
    }
}
