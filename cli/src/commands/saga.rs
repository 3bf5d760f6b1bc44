//! `usher saga`: looks at executions, and sets them right.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use comfy_table::Table;
use time::Duration;
use usher_orchestrator::embedded::Version;
use usher_telemetry::ambient;
use usher_workflows::{
    definitions,
    orchestrator::{Execution, Filter, Status},
};

use super::{act, start, table::table};
use crate::{
    settings::Settings,
    wiring::{Engine, Services},
};

#[derive(Debug, Subcommand)]
pub enum Saga {
    /// Lists executions, newest first.
    List {
        /// Only in this status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        #[arg(long)]
        status: Option<Status>,
        /// Only of this saga: booking, cancellation, refund or showtime-cancellation.
        #[arg(long)]
        saga: Option<String>,
        /// Only those that stand in this state.
        #[arg(long)]
        state: Option<String>,
        /// Only those of this booking, its cancellation included: bkg_...
        #[arg(long)]
        booking: Option<String>,
        /// Only those of bookings for this showtime: sho_...
        #[arg(long)]
        showtime: Option<String>,
        /// Only those that charged or refunded this payment: pay_...
        #[arg(long)]
        payment: Option<String>,
        /// Only those that began more than so many minutes ago.
        #[arg(long, value_name = "MINUTES")]
        older_than: Option<u32>,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Lists the definitions that are deployed or that executions still run on: before an old one can be forgotten, none may.
    Versions,
    /// Shows one execution and its history as JSON.
    Show {
        /// Its name: bkg_..., can_..., pcn_..., rfd_... or sho_...
        name: String,
    },
    /// Sets one right.
    #[command(flatten)]
    Act(act::Act),
}

impl Saga {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        if let Self::Act(act) = self {
            return act.run(&settings).await;
        }
        start::over(&settings, async |services: &Services| self.over(&services.engine).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn over(self, engine: &Engine) -> anyhow::Result<()> {
        let orchestrator = engine.orchestrator();
        match self {
            Self::List { status, saga, state, booking, showtime, payment, older_than, limit } => {
                let started_before =
                    older_than.map(|minutes| ambient::system().now() - Duration::minutes(minutes.into()));
                let filter = Filter {
                    saga,
                    status,
                    state,
                    started_before,
                    booking,
                    showtime,
                    payment,
                    limit,
                    ..Filter::default()
                };
                let page = orchestrator.list(&filter).await?;
                println!("{}", executions(page.items));
            }
            Self::Versions => println!("{}", versions(engine.versions().await?)),
            Self::Show { name } => {
                let saga = saga_of(&name)?;
                let Some(execution) = orchestrator.describe(saga, &name).await? else {
                    bail!("there is no execution {name}")
                };
                let history = orchestrator.history(saga, &name).await?;
                let shown = serde_json::json!({ "execution": execution, "history": history });
                println!("{}", serde_json::to_string_pretty(&shown)?);
            }
            Self::Act(_) => bail!("an act asks the API"),
        }
        Ok(())
    }
}

fn executions(executions: Vec<Execution>) -> Table {
    let mut table = table(["name", "saga", "status", "state", "started", "error"]);
    for execution in executions {
        table.add_row([
            execution.name,
            execution.saga,
            execution.status.as_str().to_owned(),
            execution.states.join(","),
            execution.started_at.to_string(),
            execution.error.unwrap_or_default(),
        ]);
    }
    table
}

fn versions(versions: Vec<Version>) -> Table {
    let mut table = table(["saga", "definition", "deployed", "starts new ones", "running"]);
    for version in versions {
        table.add_row([
            version.saga,
            version.hash.chars().take(12).collect(),
            version.deployed_at.to_string(),
            (if version.current { "yes" } else { "no" }).to_owned(),
            version.running.to_string(),
        ]);
    }
    table
}

/// The saga that an execution's name belongs to.
fn saga_of(name: &str) -> anyhow::Result<&'static str> {
    let saga = definitions::saga_of(name).with_context(|| {
        format!("`{name}` is not the name of an execution: it begins with bkg_, can_, pcn_, rfd_ or sho_")
    })?;
    Ok(saga.name)
}
