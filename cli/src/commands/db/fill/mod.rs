//! `usher db fill`: a database full of bookings that nobody made.
//!
//! What is measured with a hundred rows says nothing of a million, and a million bookings through the front door take
//! hours. This writes what their sagas would have left behind - every context's rows, the provider's record, executions
//! with real snapshots - so that the audit finds nothing wrong with it. It is the one place beside the contexts that
//! knows their tables; the audit in its test tells when it no longer knows them well.
//!
//! [`plan`] says how many of what, and where; [`world`] makes houses, showtimes and customers; [`booking`] tells what
//! became of each booking and [`pen`] writes its rows, with [`sagas`] for the executions and [`template`] for what they have
//! in common; [`batch`] and [`copy`] bring them into tables. To add a fate: a variant and a share in `plan`, what it leaves
//! in `booking`, its execution in `sagas`.

mod batch;
mod booking;
mod copy;
mod pen;
mod plan;
mod sagas;
mod template;
mod world;

use std::{process::ExitCode, time::Duration};

use anyhow::bail;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::PgPool;
use tokio::sync::mpsc;
use usher_core::ambient::SharedAmbient;

use self::{batch::Batch, booking::Writer, plan::Plan, sagas::Sagas, world::World};
use crate::{
    commands::start,
    settings::Settings,
    wiring::{Engine, Services},
};

/// Bookings in one batch: some megabytes, and a few to the second.
const BATCH: u64 = 5000;

/// The largest seat map there can be.
const LARGEST_HALL: u16 = 5000;

/// What to fill the database with.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct Fill {
    /// How many bookings.
    #[arg(long, default_value_t = 10_000)]
    pub bookings: u64,
    /// Seats of each hall. Of a showtime nine in ten are sold.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(10..=i64::from(LARGEST_HALL)))]
    pub hall: u16,
    /// Every seat of a showtime is sold, as far as parties fit.
    #[arg(long)]
    pub full: bool,
    /// The most seats of one booking.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=10))]
    pub party: u16,
    /// Nothing went wrong and nobody changed their mind: every booking is confirmed.
    #[arg(long)]
    pub smooth: bool,
    /// The showtimes are still to come, so that their bookings can be cancelled.
    #[arg(long)]
    pub upcoming: bool,
    /// The newest executions, so many, keep their history; of older ones it is left out, except of those that need a person.
    #[arg(long, default_value_t = 1000)]
    pub histories: u64,
    /// Repeats what was made with this number, but for the time of day. By default each run is another.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Add to a database that has bookings already.
    #[arg(long)]
    pub yes: bool,
}

impl Fill {
    /// Fills the database that is set, that of a running `usher up`, or the private one.
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let fill = async |services: &Services| self.over(services).await;
        let filled = Box::pin(start::over(&settings, fill)).await?;
        println!("{filled}");
        Ok(ExitCode::SUCCESS)
    }

    /// Fills the databases of these services, and tells how many of what.
    pub async fn over(&self, services: &Services) -> anyhow::Result<String> {
        Box::pin(self.fill(services)).await
    }

    async fn fill(&self, services: &Services) -> anyhow::Result<String> {
        let Engine::Embedded(engine) = &services.engine else {
            bail!("only the embedded engine can be filled: Step Functions keeps its executions itself")
        };
        let databases = &services.databases;
        if !self.yes && has_bookings(&databases.bookings).await? {
            bail!("there are bookings in this database; --yes adds to them");
        }
        let ambient: &SharedAmbient = &services.ambient;
        let plan = Plan::new(self, &**ambient);
        let world = World::make(&plan, services).await?;
        let sagas = Sagas::load(&databases.engine).await?;
        let epoch = reserve_epochs(&databases.seating, self.bookings).await?;
        let mint = services.contexts.tickets.mint().await?;
        let progress = progress(self.bookings);
        let (sender, mut batches) = mpsc::channel::<Batch>(2);

        let writer = Writer {
            plan,
            world,
            sagas,
            mint,
            epoch,
            keeps_history_from: self.bookings.saturating_sub(self.histories),
        };
        let making =
            tokio::task::spawn_blocking(move || writer.make(BATCH, |batch| sender.blocking_send(batch).is_ok()));
        while let Some(batch) = batches.recv().await {
            let bookings = batch.bookings;
            batch.write(databases).await?;
            progress.inc(bookings);
        }
        let tally = making.await??;
        progress.set_message("listing the sagas");
        engine.list_anew().await?;
        engine.catch_up().await?;
        progress.set_message("letting PostgreSQL look at it");
        for database in &databases.distinct {
            sqlx::query("VACUUM (ANALYZE)").execute(database).await?;
        }
        progress.finish_and_clear();
        Ok(tally.to_string())
    }
}

async fn has_bookings(pool: &PgPool) -> anyhow::Result<bool> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM bookings.bookings)").fetch_one(pool).await?)
}

/// Takes as many fences as there are holds, and answers the first.
async fn reserve_epochs(pool: &PgPool, count: u64) -> anyhow::Result<i64> {
    let count = i64::try_from(count)?.max(1);
    let next: i64 = sqlx::query_scalar("SELECT nextval('seating.epochs')").fetch_one(pool).await?;
    let last = next.saturating_add(count);
    sqlx::query("SELECT setval('seating.epochs', $1)").bind(last).execute(pool).await?;
    Ok(next)
}

/// A bar for people, on the standard error; nothing where nobody watches.
fn progress(bookings: u64) -> ProgressBar {
    let style = "{bar:40} {human_pos} of {human_len} bookings, {per_sec}, {eta} left {msg}";
    let bar = ProgressBar::new(bookings);
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
