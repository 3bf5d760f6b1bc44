//! `usher reconcile`: ledger, payments and the provider's report, held against one another.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use time::{Duration, OffsetDateTime};
use usher_payments::reconcile::{Break, file};

use super::{start, table::table};
use crate::{settings::Settings, wiring::Services};

#[derive(Debug, Args)]
pub struct Reconcile {
    /// The provider's report as a CSV file; by default the provider is asked for it. It has to be complete for the days.
    #[arg(long)]
    file: Option<PathBuf>,
    /// How many days back.
    #[arg(long, default_value_t = 3)]
    days: i64,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

impl Reconcile {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let lines = self.file.as_ref().map(|path| {
            let report = std::fs::File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
            file::read(report).with_context(|| format!("{} is no report", path.display()))
        });
        let lines = lines.transpose()?;
        let reconcile = async |services: &Services| {
            let since = services.ambient.now() - Duration::days(self.days);
            let payments = &services.contexts.payments;
            let reconciled = match &lines {
                Some(lines) => payments.reconcile_lines(lines, since).await?,
                None => payments.reconcile(since).await?,
            };
            Ok((reconciled, services.ambient.now()))
        };
        let (reconciled, now) = start::over(&settings, reconcile).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&reconciled)?);
        } else {
            println!("{}", breaks(&reconciled.breaks, now));
            println!(
                "{} movements compared, {} booked that nobody had told us of, {} breaks open",
                reconciled.lines,
                reconciled.booked,
                reconciled.breaks.len(),
            );
        }
        Ok(if reconciled.breaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn breaks(breaks: &[Break], now: OffsetDateTime) -> comfy_table::Table {
    let mut table = table(["break", "reference", "days", "owner", "what was seen"]);
    for one in breaks {
        table.add_row([
            one.kind.clone(),
            one.reference.clone(),
            (now - one.first_seen).whole_days().to_string(),
            one.owner.clone().unwrap_or_else(|| "nobody".to_owned()),
            one.detail.clone(),
        ]);
    }
    table
}
