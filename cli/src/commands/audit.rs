//! `usher audit`: the proof, for people and for scripts.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use time::Duration;
use usher_audit::Options;
use usher_telemetry::ambient;

use super::start;
use crate::{
    lifecycle::Lifecycle,
    settings::Settings,
    wiring::{Databases, Services, run_simulator},
};

#[derive(Debug, Args)]
pub struct Audit {
    /// How to print the report.
    #[arg(short, long, value_enum, default_value = "table")]
    output: Output,
    /// Seconds within which a booking that just moved is not judged but looked at again.
    #[arg(long, default_value_t = 30)]
    grace: i64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Output {
    Table,
    Json,
}

impl Audit {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let (url, cluster) = start::database(&settings).await?;
        let databases = Databases::open(&settings, &url)?;
        databases.migrate().await?;
        let mut lifecycle = Lifecycle::default();
        let provider = match &settings.provider_url {
            Some(url) => url.clone(),
            // The simulator's record is in its tables, whichever process serves it.
            None => run_simulator(&databases, &ambient::system(), &mut lifecycle, "127.0.0.1:0").await?,
        };
        let services = Services::build(databases, ambient::system(), &provider).await?;
        let options = Options { grace: Duration::seconds(self.grace), ..Options::default() };
        let report = usher_audit::audit(&services.audit_sources(), &options).await?;
        match self.output {
            Output::Table => println!("{report}"),
            Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        }
        let clean = report.is_clean();
        lifecycle.end().await;
        services.databases.close().await;
        if let Some(cluster) = cluster {
            cluster.stop().await?;
        }
        Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
