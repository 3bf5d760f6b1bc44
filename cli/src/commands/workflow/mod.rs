//! `usher workflow`: definitions in the Amazon States Language. One file a command; only `deploy` and `hashes` need a server.

mod conformance;
mod cost;
pub mod deploy;
mod diff;
mod file;
mod graph;
mod hashes;
mod mock;
mod rules;
mod run;
mod screen;
mod validate;

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use crate::settings::cloud::Cloud;

/// Exit code of a command that was asked for something it cannot do; 1 is for definitions that are wrong.
const USAGE: u8 = 2;

#[derive(Debug, Subcommand)]
pub enum Workflow {
    /// Checks definitions: the language, and our rules for sagas. Exit code 1 when something is wrong.
    Validate(validate::Validate),
    /// Runs a definition here and now, and prints what became of it as JSON.
    Run(run::Run),
    /// Draws a definition, as Mermaid or SVG.
    Graph(graph::Graph),
    /// Says what changed between two versions, and what that means for running executions. Exit code 1 when one of them
    /// could not go on.
    Diff(diff::Diff),
    /// Brings the sagas to Step Functions, as new versions where they differ. Exit code 1 when a definition is wrong.
    Deploy(deploy::Deploy),
    /// Shows by which hash each saga goes: the file, what the embedded engine runs, what is deployed on Step Functions. Exit
    /// code 1 when they differ.
    Hashes(hashes::Hashes),
    /// Counts what an execution asks of AWS on each way through a definition, and what a million of them cost.
    Cost(cost::Cost),
    /// Runs recorded cases and counts how far the engine agrees with them. Exit code 1 when it does not.
    Conformance(conformance::Conformance),
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Workflow {
    pub async fn run(self, cloud: &Cloud) -> anyhow::Result<ExitCode> {
        let result = match self {
            Self::Validate(validate) => validate.run(),
            Self::Run(run) => run.run().await,
            Self::Graph(graph) => graph.run(),
            Self::Diff(diff) => diff.run(),
            Self::Deploy(deploy) => deploy.run(cloud).await,
            Self::Hashes(hashes) => hashes.run(cloud).await,
            Self::Cost(cost) => cost.run(),
            Self::Conformance(conformance) => conformance.run(),
        };
        Ok(result.unwrap_or_else(|error| usage(&error)))
    }
}

/// A file that cannot be read or does not hold what it should is a mistake in the command line.
#[expect(clippy::print_stderr, reason = "a command speaks to people")]
fn usage(error: &anyhow::Error) -> ExitCode {
    eprintln!("usher: {error:#}");
    ExitCode::from(USAGE)
}
