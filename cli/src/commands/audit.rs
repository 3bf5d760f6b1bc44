//! `usher audit`: the proof, for people and for scripts.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use time::Duration;
use usher_audit::Options;

use super::start;
use crate::{settings::Settings, wiring::Services};

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
        let options = Options { grace: Duration::seconds(self.grace), ..Options::default() };
        let audit = async |services: &Services| Ok(usher_audit::audit(&services.audit_sources(), &options).await?);
        let report = start::over(&settings, audit).await?;
        match self.output {
            Output::Table => println!("{report}"),
            Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        }
        Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
