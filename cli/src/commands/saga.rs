//! `usher saga`: looks at executions, and sends failed ones on.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use comfy_table::{Table, presets};
use usher_telemetry::ambient;
use usher_workflows::orchestrator::{Filter, Orchestrator as _, Status};

use super::start;
use crate::{
    settings::Settings,
    wiring::{Databases, Services},
};

#[derive(Debug, Subcommand)]
pub enum Saga {
    /// Lists executions, newest first.
    List {
        /// Only in this status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        #[arg(long)]
        status: Option<Status>,
        /// Only of this saga: booking or cancellation.
        #[arg(long)]
        saga: Option<String>,
        /// Only those that stand in this state.
        #[arg(long)]
        state: Option<String>,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Shows one execution and its history as JSON.
    Show {
        /// Its name: bkg_... or can_...
        name: String,
    },
    /// Sends a failed execution on from the state in which it failed.
    Redrive {
        /// Its name: bkg_... or can_...
        name: String,
    },
}

impl Saga {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let (url, cluster) = start::database(&settings).await?;
        let databases = Databases::open(&settings, &url)?;
        databases.migrate().await?;
        let services = Services::build(databases, ambient::system(), "http://127.0.0.1:9").await?;
        match self {
            Self::List { status, saga, state, limit } => {
                let page = services.engine.list(&Filter { saga, status, state, limit, ..Filter::default() }).await?;
                let mut table = Table::new();
                table
                    .load_style(presets::UTF8_FULL_CONDENSED)
                    .set_header(["name", "saga", "status", "state", "started", "error"]);
                for execution in page.items {
                    table.add_row([
                        execution.name,
                        execution.saga,
                        execution.status.as_str().to_owned(),
                        execution.states.join(","),
                        execution.started_at.to_string(),
                        execution.error.unwrap_or_default(),
                    ]);
                }
                println!("{table}");
            }
            Self::Show { name } => {
                let saga = saga_of(&name)?;
                let Some(execution) = services.engine.describe(saga, &name).await? else {
                    bail!("there is no execution {name}")
                };
                let history = services.engine.history(saga, &name).await?;
                let shown = serde_json::json!({ "execution": execution, "history": history });
                println!("{}", serde_json::to_string_pretty(&shown)?);
            }
            Self::Redrive { name } => {
                services.engine.redrive(saga_of(&name)?, &name).await?;
                println!("{name} goes on; `usher saga show {name}` tells how far it came");
            }
        }
        services.databases.close().await;
        if let Some(cluster) = cluster {
            cluster.stop().await?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The saga that an execution's name belongs to.
fn saga_of(name: &str) -> anyhow::Result<&'static str> {
    match name.split('_').next() {
        Some("bkg") => Ok("booking"),
        Some("can") => Ok("cancellation"),
        _ => bail!("`{name}` is not the name of an execution: it begins with bkg_ or can_"),
    }
}
