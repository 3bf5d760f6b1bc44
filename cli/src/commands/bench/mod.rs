//! `usher bench`: bookings end to end, and what PostgreSQL alone would do.
//!
//! The product runs as a process of its own on a private cluster with durable commits; this process only sends requests
//! and reads what the operating system and PostgreSQL say of the others. Times on one machine mean little on another, so
//! what counts are the ratios to `pgbench` on the same cluster in the same run. [`engine`] measures the engine alone, [`refund`]
//! money on its way back.

mod crowd;
pub mod engine;
pub mod faults;
mod load;
mod meter;
mod pgbench;
mod product;
pub mod refund;
mod report;
mod requests;

use std::process::ExitCode;

use clap::Args;

use crate::settings::Settings;

#[derive(Debug, Args)]
pub struct Bench {
    /// How many customers book at once; one round each.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    concurrency: Vec<usize>,
    /// Bookings of a round, for each customer; at least 500 and at most 10,000 in all.
    #[arg(long, default_value_t = 100)]
    each: usize,
    /// Seconds of each pgbench run; 0 leaves pgbench out.
    #[arg(long, default_value_t = 5)]
    pgbench: u64,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
}

impl Bench {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    #[expect(clippy::print_stderr, reason = "progress is for people, and not part of the result")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let product = product::Product::start(settings.adapters).await?;
        let mut load = load::Load::prepare(&product).await?;
        load.warm_up().await?;
        let mut rounds = Vec::new();
        for concurrency in self.concurrency {
            let bookings = (concurrency * self.each).clamp(500, 10_000);
            eprintln!("{bookings} bookings, {concurrency} at once ...");
            rounds.push(load.round(&product, concurrency, bookings).await?);
        }
        let baseline = pgbench::run(&product.meter, self.pgbench).await?;
        let report = report::Report { rounds, baseline };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            println!("{report}");
        }
        let clean = product.audit().await?;
        product.stop().await?;
        println!(
            "{}",
            if clean { "The audit is clean." } else { "The audit found breaks: these figures mean nothing." }
        );
        Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
