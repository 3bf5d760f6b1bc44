//! The parts of the `usher` binary, as a library so that the tests of whole sagas put the product together the same way.

pub mod client;
pub mod commands;
mod counterparts;
mod drills;
mod housekeeping;
pub mod lifecycle;
pub mod matrix;
mod money;
pub mod output;
pub mod settings;
pub mod watch;
mod site;
pub mod wiring;

use std::process::ExitCode;

use clap::Parser;

/// Sells seats and never loses a seat, a ticket or a cent.
#[derive(Debug, Parser)]
#[command(name = "usher", version, about, propagate_version = true)]
pub struct Arguments {
    /// What is the same for every command.
    #[command(flatten)]
    pub settings: settings::Settings,
    /// What to do.
    #[command(subcommand)]
    pub command: commands::Command,
}

/// Runs what the command line asks for.
#[expect(clippy::print_stderr, reason = "this is where the program speaks to people")]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("usher: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ran = runtime.block_on(commands::run(arguments.command, arguments.settings));
    drop(runtime);
    usher_telemetry::trace::flush();
    match ran {
        Ok(code) => code,
        Err(error) => {
            eprintln!("usher: {error:#}");
            output::Ended::code_of(&error).into()
        }
    }
}
