//! `usher incident`: what is wrong now, and who looks after it.

use std::{fmt::Write as _, process::ExitCode};

use clap::Subcommand;
use serde_json::{Value, json};
use usher_telemetry::ambient;

use crate::{
    client::{self, Ask, Client, encoded, path},
    output::{Output, Shown, text, when},
    settings::Settings,
};

#[derive(Debug, Subcommand)]
pub enum Incident {
    /// Lists incidents, the newest first.
    List {
        /// Only of this class: no_worker, slow_step, retry_loop, waiting_for_provider, dead_token, undo_failed, saga_failed,
        /// dead_letter, no_engine, projection_behind or money.
        #[arg(long)]
        class: Option<String>,
        /// Only those that this person looks after.
        #[arg(long)]
        owner: Option<String>,
        /// Only about this: a saga, a step, a queue.
        #[arg(long)]
        about: Option<String>,
        /// Also those that have ended.
        #[arg(long)]
        all: bool,
        /// At most this many, 200 at once.
        #[arg(long, default_value_t = 50)]
        limit: u16,
        /// Go on where the last list ended.
        #[arg(long)]
        cursor: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Shows one incident with its notes.
    Show {
        /// Its name, inc_...
        id: String,
        #[command(flatten)]
        output: Output,
    },
    /// Has somebody look after an incident.
    Assign {
        /// Its name, inc_...
        id: String,
        /// Who; without a name, nobody does any more.
        owner: Option<String>,
    },
    /// Writes something about an incident, for colleagues.
    Note {
        /// Its name, inc_...
        id: String,
        /// What; nothing about customers.
        text: String,
    },
    /// Ends an incident that no machine can see the end of.
    Resolve {
        /// Its name, inc_...
        id: String,
        /// What was found and done.
        resolution: String,
    },
}

impl Incident {
    pub async fn run(self, settings: &Settings) -> anyhow::Result<ExitCode> {
        client::with(settings, async |client| self.ask(client).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn ask(self, client: &Client) -> anyhow::Result<()> {
        let post = async |id: &str, verb: &str, body: Value| {
            let key = format!("{:032x}", ambient::system().random());
            client.ask(Ask::post(format!("/api/incidents/{}/{verb}", encoded(id)), body, key)).await
        };
        match self {
            Self::List { class, owner, about, all, limit, cursor, output } => {
                let all = all.then(|| "true".to_owned());
                let limit = Some(limit.to_string());
                let asked = [
                    ("class", class),
                    ("owner", owner),
                    ("reference", about),
                    ("all", all),
                    ("limit", limit),
                    ("cursor", cursor),
                ];
                incidents(client.get(path("/api/incidents", &asked)).await?).print(output)?;
            }
            Self::Show { id, output } => {
                one(client.get(format!("/api/incidents/{}", encoded(&id))).await?).print(output)?;
            }
            Self::Assign { id, owner } => {
                post(&id, "assign", json!({ "owner": owner })).await?;
                println!("{id} is looked after by {}", owner.as_deref().unwrap_or("nobody"));
            }
            Self::Note { id, text } => {
                post(&id, "notes", json!({ "note": text })).await?;
                println!("written down at {id}");
            }
            Self::Resolve { id, resolution } => {
                post(&id, "resolve", json!({ "resolution": resolution })).await?;
                println!("{id} has ended");
            }
        }
        Ok(())
    }
}

fn incidents(body: Value) -> Shown {
    let now = ambient::system().now();
    let columns: &[&str] = &["id", "class", "about", "count", "age", "owner", "what", "do", "seen", "ended", "how"];
    Shown::list(body, (columns, 8), |incident| {
        let line = vec![
            text(&incident["id"]),
            text(&incident["class"]),
            text(&incident["reference"]),
            text(&incident["count"]),
            when::age(&incident["opened_at"], now),
            text(&incident["owner"]),
            text(&incident["says"]),
            text(&incident["suggestion"]),
            when::age(&incident["seen_at"], now),
            when::member(&incident["resolved_at"], now),
            text(&incident["resolution"]),
        ];
        (text(&incident["id"]), line)
    })
}

fn one(body: Value) -> Shown {
    let now = ambient::system().now();
    let id = text(&body["id"]);
    let mut shown = format!("{id}  {}  {}\n{}", text(&body["class"]), text(&body["reference"]), text(&body["says"]));
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\n  {name:<8} {value}");
        }
    };
    for evidence in body["evidence"].as_array().into_iter().flatten() {
        line("seen", text(evidence));
    }
    line("count", text(&body["count"]));
    line("since", when::member(&body["since"], now));
    line("found", when::member(&body["opened_at"], now));
    line("owner", text(&body["owner"]));
    line("ended", when::member(&body["resolved_at"], now));
    line("by", text(&body["resolved_by"]));
    line("how", text(&body["resolution"]));
    line("do", text(&body["suggestion"]));
    line("read", text(&body["runbook"]));
    for note in body["notes"].as_array().into_iter().flatten() {
        line("note", format!("{}  {}: {}", when::member(&note["at"], now), text(&note["author"]), text(&note["note"])));
    }
    Shown::one(body, id, shown)
}
