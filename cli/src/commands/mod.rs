//! The commands, one file each. Nouns have folders.

pub(crate) mod api;
mod audit;
pub(crate) mod aws;
mod bench;
mod completions;
mod db;
mod doctor;
mod drill;
mod engine;
mod generate;
mod incident;
mod login;
pub mod look;
mod payment;
mod queue;
mod reconcile;
mod refund;
mod relay;
mod saga;
mod simulator;
pub(crate) mod start;
mod table;
mod up;
mod worker;
pub(crate) mod workflow;

pub use aws::setup::everything as furnish;
pub use db::Fill;

use std::process::ExitCode;

use clap::Subcommand;

use crate::settings::Settings;

/// What `usher` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Everything in one process: a private PostgreSQL, engine, workers, relay, payment simulator, API.
    Up(up::Up),
    /// The HTTP API alone.
    Api,
    /// Workers alone.
    Worker(worker::Worker),
    /// The embedded engine's timers alone.
    Engine,
    /// The relay alone: outbox to engine and bus.
    Relay,
    /// The payment provider of the laptop alone.
    Simulator(simulator::Run),
    /// Proves that no seat, no ticket and no cent was lost. Exit code 1 and the offending rows when one was.
    Audit(audit::Audit),
    /// Looks at payments, asks the provider about them, and applies webhooks again.
    #[command(subcommand)]
    Payment(payment::Payment),
    /// Finds and understands sagas, and sends failed ones on.
    #[command(subcommand)]
    Saga(saga::Saga),
    /// Looks at the queues of the steps, and at what nobody could handle.
    #[command(subcommand)]
    Queue(queue::Queue),
    /// Shows what is wrong now, and who looks after it.
    #[command(subcommand)]
    Incident(incident::Incident),
    /// Holds ledger, payments and the provider's report against one another. Exit code 1 when they disagree.
    Reconcile(reconcile::Reconcile),
    /// Gives money back, and decides on refunds that wait for a second person.
    #[command(subcommand)]
    Refund(refund::Refund),
    /// Makes things fail on purpose, and says whether a seat, a ticket or a cent was lost.
    #[command(subcommand)]
    Drill(drill::Drills),
    /// Looks after the database.
    #[command(subcommand)]
    Db(db::Db),
    /// Measures bookings end to end, and PostgreSQL beside them.
    Bench(bench::Bench),
    /// Measures the embedded engine alone, and PostgreSQL beside it.
    BenchEngine(bench::engine::BenchEngine),
    /// Measures what a place where a drill could make something go wrong costs while none does.
    BenchFaults(bench::faults::BenchFaults),
    /// Measures refunds, and the sweep over a showtime that is called off.
    BenchRefund(bench::refund::BenchRefund),
    /// Makes and removes what Usher needs in an account of AWS.
    #[command(subcommand)]
    Aws(aws::Aws),
    /// Writes what is generated and committed.
    Generate(generate::Generate),
    /// Says what is missing on this machine and how to get it.
    Doctor,
    /// Signs in at an address, for the commands that look at sagas and act on them.
    Login(login::Login),
    /// Signs out.
    Logout,
    /// Writes what a shell needs to complete command lines.
    Completions(completions::Completions),
    /// Checks, runs, draws and compares definitions, without a server.
    #[command(subcommand)]
    Workflow(workflow::Workflow),
}

/// Runs a command.
pub async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Up(up) => Box::pin(up.run(settings)).await,
        Command::Api => api::run(settings).await,
        Command::Worker(worker) => worker.run(settings).await,
        Command::Engine => engine::run(settings).await,
        Command::Relay => relay::run(settings).await,
        Command::Simulator(simulator) => simulator.run(settings).await,
        Command::Audit(audit) => audit.run(settings).await,
        Command::Payment(payment) => payment.run(settings).await,
        Command::Saga(saga) => Box::pin(saga.run(settings)).await,
        Command::Queue(queue) => queue.run(&settings).await,
        Command::Incident(incident) => incident.run(&settings).await,
        Command::Reconcile(reconcile) => reconcile.run(settings).await,
        Command::Refund(refund) => refund.run(settings).await,
        Command::Drill(drill) => Box::pin(drill.run(settings)).await,
        Command::Db(db) => db.run(settings).await,
        Command::Bench(bench) => bench.run(settings).await,
        Command::BenchEngine(bench) => bench.run(settings).await,
        Command::BenchFaults(bench) => Ok(bench.run()),
        Command::BenchRefund(bench) => bench.run(settings).await,
        Command::Aws(aws) => aws.run(&settings.adapters.cloud).await,
        Command::Generate(generate) => generate.run(),
        Command::Doctor => doctor::run(settings).await,
        Command::Login(login) => login.run(settings).await,
        Command::Logout => login::logout().await,
        Command::Completions(completions) => Ok(completions.run()),
        Command::Workflow(workflow) => workflow.run(&settings.adapters.cloud).await,
    }
}
