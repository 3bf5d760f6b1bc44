//! `usher bench-engine`: the embedded engine and queue alone, with steps that do nothing.
//!
//! Everything runs in this process but PostgreSQL, which is a private cluster with durable commits. Three questions: what do
//! executions cost, how does that grow with what waits and with what has happened, and how does it compare with one tiny
//! insert of `pgbench` on the same cluster in the same run. docs/engine.md says how to read the answers.

mod ends;
mod growth;
mod machines;
mod report;
mod round;
mod targets;
mod worker;
mod world;

use std::process::ExitCode;

use clap::Args;
use usher_postgres::Durability;

use self::{report::Report, world::World};
use super::pgbench;
use crate::{commands::start, settings::Settings};

/// The most executions of a round.
const MOST: usize = 10_000;

/// Fewer than the engine remembers, so that all of them are in memory at once.
const REMEMBERED: usize = 16_000;

#[derive(Debug, Args)]
pub struct BenchEngine {
    /// How many executions run at once; one round each for the booking and for the ten-state machine.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256,1024")]
    concurrency: Vec<usize>,
    /// Executions of a round, for each of those at once; at most 10,000 in all.
    #[arg(long, default_value_t = 500)]
    each: usize,
    /// How many executions wait beside the ones that move; one round each, ascending.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000,1000000")]
    open: Vec<u64>,
    /// How many events the history has in the end; one round each.
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000,10000")]
    history: Vec<u64>,
    /// Seconds of the pgbench run; 0 leaves pgbench out.
    #[arg(long, default_value_t = 5)]
    pgbench: u64,
    /// Does not wait for the disk: to try the command out. The figures mean nothing then.
    #[arg(long)]
    throwaway: bool,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
}

impl BenchEngine {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let durability = if self.throwaway { Durability::Throwaway } else { Durability::Durable };
        let world = World::start(durability).await?;
        let measured = self.measure(&world).await;
        world.stop().await?;
        let report = measured?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            println!("{report}");
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn measure(&self, world: &World) -> anyhow::Result<Report> {
        let memory = self.memory(world).await?;
        let mut rounds = Vec::new();
        for machine in [machines::BOOKING, machines::TEN_STATES] {
            for &concurrency in &self.concurrency {
                let executions = (concurrency * self.each).min(MOST);
                progress(&format!("{executions} executions of {}, {concurrency} at once", machine.saga));
                rounds.push(world.round(machine, concurrency, executions).await?);
            }
        }
        progress("pgbench");
        let tiny_insert = pgbench::tiny_insert(&world.meter, self.pgbench).await?;
        let crowd = (64 * self.each).min(MOST);
        let mut history = Vec::new();
        for &events in &self.history {
            progress(&format!("executions with {events} events"));
            history.push(world.with_history(events, crowd as u64).await?);
        }
        world.check().await?;
        progress("executions beside others that wait");
        let open = world.beside_open(&self.open, crowd).await?;
        let targets = targets::targets(&rounds, tiny_insert, &open);
        Ok(Report { rounds, tiny_insert, history, open, memory, targets })
    }

    /// First, because later the process has room from rounds before; but after a crowd has filled pools and buffers.
    async fn memory(&self, world: &World) -> anyhow::Result<Option<growth::Memory>> {
        let waiting = self.open.last().map_or(0, |&open| usize::try_from(open).unwrap_or(MOST));
        let warm = (64 * self.each).min(MOST);
        for machine in [machines::BOOKING, machines::TEN_STATES] {
            world.run(machine, 256.min(warm), warm).await?;
        }
        if waiting == 0 {
            return Ok(None);
        }
        progress("memory of executions that wait");
        world.memory(waiting.min(REMEMBERED)).await
    }
}

#[expect(clippy::print_stderr, reason = "progress is for people, and not part of the result")]
fn progress(what: &str) {
    eprintln!("{what} ...");
}
