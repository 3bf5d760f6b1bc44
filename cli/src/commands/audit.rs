//! `usher audit`: the proof, for people and for scripts; and `usher audit chain`, the proof that nobody rewrote what people did.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
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
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Computes the chain of acts anew. Exit code 1 and the entries that were changed, cut out or cut off.
    Chain,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Output {
    Table,
    Json,
}

impl Audit {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        if let Some(What::Chain) = self.what {
            return self.chain(settings).await;
        }
        let options = Options { grace: Duration::seconds(self.grace), ..Options::default() };
        let audit = async |services: &Services| Ok(usher_audit::audit(&services.audit_sources(), &options).await?);
        let report = start::over(&settings, audit).await?;
        match self.output {
            Output::Table => println!("{report}"),
            Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        }
        Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn chain(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let verify = async |services: &Services| Ok(services.operations.verify_chain().await?);
        let report = start::over(&settings, verify).await?;
        match self.output {
            Output::Json => println!("{}", serde_json::to_string_pretty(&report)?),
            Output::Table => {
                for broken in &report.breaks {
                    println!("entry {} {}: {}", broken.seq, broken.act.as_deref().unwrap_or("-"), broken.what);
                }
                let verdict = if report.breaks.is_empty() { "holds" } else { "DOES NOT HOLD" };
                println!("the chain of {} acts' entries {verdict}; it ends with {}", report.entries, report.hash);
            }
        }
        Ok(if report.breaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
