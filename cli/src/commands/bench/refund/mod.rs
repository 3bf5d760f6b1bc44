//! `usher bench-refund`: money on its way back, and a showtime that is called off.
//!
//! Three questions: what do refunds cost, from the request to the provider's yes; how fast is the sweep over the bookings of a
//! showtime; and how much slower are the bookings of other showtimes meanwhile. The bookings that are refunded and swept are
//! made by `usher db fill`; the customers beside the sweep are those of `usher bench`. Ratios count: refunds to bookings,
//! and bookings beside a sweep to bookings without one.

mod desk;
mod report;

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, ensure};
use clap::Args;
use tokio::time::Instant;
use usher_core::ids::{PaymentId, ShowtimeId};
use uuid::Uuid;

use self::{
    desk::Desk,
    report::{Report, Round, Sweep},
};
use super::{load::Load, meter::REPORTED, product::Product};
use crate::settings::Settings;

/// How many customers book beside the sweep.
const CUSTOMERS: usize = 16;

#[derive(Debug, Args)]
pub struct BenchRefund {
    /// How many refunds are asked for at once; one round each.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    concurrency: Vec<usize>,
    /// Refunds of a round, for each of those at once; at least 300 and at most 3,000 in all.
    #[arg(long, default_value_t = 100)]
    each: usize,
    /// Bookings of the showtime that is called off; 0 leaves it out.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u16).range(0..=5000))]
    sweep: u16,
    /// Bookings of other showtimes, once without the sweep and once beside it.
    #[arg(long, default_value_t = 4000)]
    beside: usize,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
}

impl BenchRefund {
    fn refunds(&self, concurrency: usize) -> usize {
        (concurrency * self.each).clamp(300, 3000)
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let product = Product::start(settings.adapters.clone()).await?;
        let mut load = Load::prepare(&product).await?;
        let rounds = Box::pin(self.rounds(&product)).await?;
        load.warm_up().await?;
        let alone = load.crowd(CUSTOMERS, self.beside).await?;
        let sweep = if self.sweep == 0 { None } else { Some(Box::pin(self.sweep(&product, &mut load)).await?) };
        let report = Report { rounds, bookings: alone, sweep };
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

    #[expect(clippy::print_stderr, reason = "progress is for people, and not part of the result")]
    async fn rounds(&self, product: &Product) -> anyhow::Result<Vec<Round>> {
        let wanted: usize = self.concurrency.iter().map(|concurrency| self.refunds(*concurrency) + 2).sum();
        product.fill(&["--bookings", &wanted.to_string(), "--party", "1"]).await?;
        let payments: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM payments.payments WHERE status = 'captured' ORDER BY id")
                .fetch_all(&product.meter.database)
                .await?;
        let mut payments = payments.into_iter().map(PaymentId::from);
        let desk = Desk::open(product).await?;
        let mut rounds = Vec::new();
        for concurrency in &self.concurrency {
            let count = self.refunds(*concurrency);
            eprintln!("{count} refunds, {concurrency} at once ...");
            let mut take = |count: usize| payments.by_ref().take(count).collect::<Vec<_>>();
            // One more makes every session report what it has used.
            tokio::time::sleep(REPORTED).await;
            desk.refund_all(1, take(1)).await?;
            let before = product.meter.usage().await?;
            let pace = desk.refund_all(*concurrency, take(count)).await?;
            tokio::time::sleep(REPORTED).await;
            desk.refund_all(1, take(1)).await?;
            let cost = product.meter.usage().await?.since(before, count as u64);
            rounds.push(Round { concurrency: *concurrency, refunds: count, pace, cost });
        }
        Ok(rounds)
    }

    #[expect(clippy::print_stderr, reason = "progress is for people, and not part of the result")]
    async fn sweep(&self, product: &Product, load: &mut Load) -> anyhow::Result<Sweep> {
        let bookings = self.sweep.to_string();
        product.fill(&["--bookings", &bookings, "--hall", &bookings, "--party", "1", "--full"]).await?;
        let (showtime, seats): (Uuid, i64) = sqlx::query_as(
            "SELECT showtime_id, count(*) FROM seating.claims GROUP BY showtime_id ORDER BY count(*) DESC LIMIT 1",
        )
        .fetch_one(&product.meter.database)
        .await?;
        ensure!(seats == i64::from(self.sweep), "{seats} of {bookings} seats were sold");
        let showtime = ShowtimeId::from(showtime);
        let desk = Desk::open(product).await?;
        eprintln!("{bookings} bookings to sweep, {} beside them, {CUSTOMERS} at once ...", self.beside);
        let begun = Instant::now();
        desk.call_off(showtime).await?;
        let sweeping = async {
            let mut shown = Instant::now();
            loop {
                let left = desk.left(showtime).await?;
                if left == 0 {
                    return anyhow::Ok(begun.elapsed());
                }
                if shown.elapsed() > Duration::from_secs(10) {
                    eprintln!("{left} left after {:.0} s", begun.elapsed().as_secs_f64());
                    shown = Instant::now();
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let (took, beside) = tokio::try_join!(sweeping, async {
            let beside = load.crowd(CUSTOMERS, self.beside).await?;
            anyhow::Ok((beside, begun.elapsed()))
        })?;
        let (beside, customers_left) = beside;
        ensure!(customers_left < took, "the customers were there for longer than the sweep: take fewer with --beside");
        desk.ended(showtime).await.context("the sweep ended otherwise than well")?;
        Ok(Sweep { bookings: self.sweep, took, beside })
    }
}
