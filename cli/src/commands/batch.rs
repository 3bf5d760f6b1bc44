//! `usher batch`: one act on many sagas, looked at before, begun at a rate, followed to the last.

use std::{process::ExitCode, time::Duration};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use usher_core::ids::EventId;
use usher_telemetry::ambient;

use crate::{
    client::{self, Ask, Client, encoded},
    output::{Exit, Output, Shown, ids, text, when},
    settings::Settings,
};

/// How often to look how far a batch is.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Debug, Subcommand)]
pub enum Batch {
    /// Looks at sagas and fixes which they are. Nothing is done until `usher batch start`.
    Create {
        /// What to do to each: redrive, undo, retry, skip or stop.
        act: String,
        /// Their names; `-` reads them from the standard input, one a line.
        #[arg(required = true)]
        names: Vec<String>,
        /// Why. It stands in each saga's history.
        #[arg(long)]
        reason: String,
        /// Where the matter is followed.
        #[arg(long)]
        ticket: Option<String>,
        /// Items a minute at most.
        #[arg(long, default_value_t = 60)]
        rate: i32,
        /// Go on where something is in the way; otherwise such items are skipped.
        #[arg(long)]
        despite_obstacles: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Begins the items of a batch, one after the other.
    Start {
        #[command(flatten)]
        which: Which,
        /// Wait until all are over, for at most so many seconds.
        #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "3600")]
        wait: Option<u64>,
    },
    /// Begins no further item.
    Pause(Which),
    /// Goes on.
    Resume(Which),
    /// Begins no further item, ever.
    Cancel(Which),
    /// Shows how far a batch is.
    Show(Which),
    /// Lists what became of each item.
    Items(Which),
    /// Lists the latest batches.
    List {
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Args)]
pub struct Which {
    /// The batch: bat_...
    batch: String,
    #[command(flatten)]
    output: Output,
}

impl Batch {
    pub async fn run(self, settings: &Settings) -> anyhow::Result<ExitCode> {
        client::with(settings, async |client: &Client| self.over(client).await).await
    }

    async fn over(self, client: &Client) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create { act, names, reason, ticket, rate, despite_obstacles, output } => {
                let body = json!({
                    "act": act, "names": ids::given(&names)?, "reason": reason, "ticket": ticket, "rate": rate,
                    "despite_obstacles": despite_obstacles,
                });
                let key = EventId::new(&*ambient::system()).to_string();
                one(client.ask(Ask::post("/api/batches", body, key)).await?.body).print(output)?;
            }
            Self::Start { which, wait } => {
                let started = steer(client, &which, "start").await?;
                let Some(seconds) = wait else {
                    one(started).print(which.output)?;
                    return Ok(Exit::Done.into());
                };
                let batch = follow(client, &which.batch, Duration::from_secs(seconds)).await?;
                let exit = if matches!(batch["stage"].as_str(), Some("running" | "paused")) {
                    Exit::TimedOut
                } else if batch["counts"]["worked"] == batch["counts"]["total"] {
                    Exit::Done
                } else {
                    Exit::Failed
                };
                one(batch).print(which.output)?;
                return Ok(exit.into());
            }
            Self::Pause(which) => one(steer(client, &which, "pause").await?).print(which.output)?,
            Self::Resume(which) => one(steer(client, &which, "resume").await?).print(which.output)?,
            Self::Cancel(which) => one(steer(client, &which, "cancel").await?).print(which.output)?,
            Self::Show(which) => one(client.get(path(&which.batch, "")).await?).print(which.output)?,
            Self::Items(which) => {
                items(client.get(path(&which.batch, "/items?limit=200")).await?).print(which.output)?;
            }
            Self::List { output } => list(client.get("/api/batches").await?).print(output)?,
        }
        Ok(Exit::Done.into())
    }
}

fn path(batch: &str, rest: &str) -> String {
    format!("/api/batches/{}{rest}", encoded(batch))
}

async fn steer(client: &Client, which: &Which, verb: &str) -> anyhow::Result<Value> {
    let path = path(&which.batch, &format!("/{verb}"));
    Ok(client.ask(Ask::post(path, Value::Null, None)).await?.body)
}

/// Waits until nothing begins or goes on any more, or the time is up.
async fn follow(client: &Client, batch: &str, longest: Duration) -> anyhow::Result<Value> {
    let following = async {
        loop {
            let batch = client.get(path(batch, "")).await?;
            if !matches!(batch["stage"].as_str(), Some("running" | "paused")) {
                return Ok::<_, anyhow::Error>(batch);
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    match tokio::time::timeout(longest, following).await {
        Ok(over) => over,
        Err(_) => client.get(path(batch, "")).await,
    }
}

/// The counts that are not zero.
fn counts(batch: &Value) -> String {
    let counts = batch["counts"].as_object().into_iter().flatten();
    let told = counts.filter(|(name, count)| *name != "total" && count.as_i64() != Some(0));
    let told: Vec<String> = told.map(|(name, count)| format!("{count} {}", name.replace('_', " "))).collect();
    format!("{} of {}", told.join(", "), text(&batch["counts"]["total"]))
}

/// One batch for people.
fn one(batch: Value) -> Shown {
    let id = text(&batch["id"]);
    let stake = &batch["stake"];
    let told = format!(
        "{id}: {} {}, {}\nAt stake: {} seats, {} tickets, {} messages, {} for a second person; at most {} a minute.",
        text(&batch["act"]),
        text(&batch["stage"]),
        counts(&batch),
        text(&stake["seats"]),
        text(&stake["tickets"]),
        text(&stake["mails"]),
        text(&stake["need_approval"]),
        text(&batch["rate"]),
    );
    Shown::one(batch, id, told)
}

fn items(body: Value) -> Shown {
    Shown::list(body, (&["saga", "outcome", "note", "act", "version"], 4), |item| {
        let name = text(&item["name"]);
        let cells = ["name", "outcome", "note", "act", "version"].map(|member| text(&item[member]));
        (name, cells.to_vec())
    })
}

fn list(body: Value) -> Shown {
    let now = ambient::system().now();
    Shown::list(body, (&["batch", "act", "stage", "items", "created", "reason"], 6), |batch| {
        let id = text(&batch["id"]);
        let created = when::member(&batch["created_at"], now);
        let cells =
            [id.clone(), text(&batch["act"]), text(&batch["stage"]), counts(batch), created, text(&batch["reason"])];
        (id, cells.to_vec())
    })
}
