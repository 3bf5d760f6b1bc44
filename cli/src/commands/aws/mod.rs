//! `usher aws`: what Usher needs in an account of AWS, or in an emulator, made and removed. One file a command.
//!
//! For emulators and first trials; production makes the same things with infrastructure code. Each kind of thing has its
//! own maker - queues and topics in `usher_messaging::aws::setup`, state machines in `usher_orchestrator::stepfunctions::deploy` -
//! and the commands only call them one after the other:
//! what is added to an account is one more call in [`setup`] and one in [`teardown`].

pub mod setup;
mod teardown;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use usher_messaging::aws::setup::{Item, Mode};

use super::table::table;
use crate::settings::cloud::Cloud;

#[derive(Debug, Subcommand)]
pub enum Aws {
    /// Makes queues, dead-letter queues, topics, subscriptions and state machines as they should be. Doing it twice changes nothing.
    Setup(setup::Setup),
    /// Removes what `setup` made in a stage, and lists what remains there. Messages and dead letters go with their queues.
    Teardown(teardown::Teardown),
}

impl Aws {
    pub async fn run(self, cloud: &Cloud) -> anyhow::Result<ExitCode> {
        match self {
            Self::Setup(setup) => setup.run(cloud).await,
            Self::Teardown(teardown) => teardown.run(cloud).await,
        }
    }
}

/// To look or to act: one of them has to be said.
#[derive(Debug, Clone, Copy, Args)]
#[group(required = true, multiple = false)]
struct Choice {
    /// Shows what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
    /// Does it.
    #[arg(long)]
    apply: bool,
}

impl Choice {
    const fn mode(self) -> Mode {
        if self.apply { Mode::Apply } else { Mode::Look }
    }
}

/// A thing and what became of it.
struct Row([String; 3]);

impl Row {
    fn of(item: &Item, became: &str) -> Self {
        Self([item.kind.to_string(), item.name.clone(), became.to_owned()])
    }

    fn machine(name: &str, became: &str) -> Self {
        Self(["state machine".to_owned(), name.to_owned(), became.to_owned()])
    }
}

/// Things and what became of them.
fn listed(rows: Vec<Row>) -> String {
    let mut table = table(["what", "name", ""]);
    for Row(row) in rows {
        table.add_row(row);
    }
    table.to_string()
}
