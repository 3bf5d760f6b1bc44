//! `usher queue`: the queues of the steps, and what nobody could handle.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};
use usher_telemetry::ambient;

use crate::{
    client::{self, Ask, Client, encoded, path},
    output::{Output, Shown, ids, text, when},
    settings::Settings,
};

#[derive(Debug, Subcommand)]
pub enum Queue {
    /// Lists the queues with what is in them.
    List {
        #[command(flatten)]
        output: Output,
    },
    /// Shows one queue.
    Show {
        /// The step: reserve-seats, charge-payment, ...
        queue: String,
        #[command(flatten)]
        output: Output,
    },
    /// Lists messages that nobody could handle, each with its saga and whether anybody still waits for its answer.
    DeadLetters {
        /// The step, or events-... of a consumer of events.
        queue: String,
        /// At most this many, 200 at once.
        #[arg(long, default_value_t = 50)]
        limit: u16,
        /// Go on where the last list ended.
        #[arg(long)]
        cursor: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Sends dead letters again. Refuses those whose token is dead: their sagas have gone on without them.
    Redrive {
        /// The step.
        queue: String,
        /// Which; `-` reads them from the standard input.
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Forgets dead letters. Refuses those that somebody still waits for.
    Discard {
        /// The step.
        queue: String,
        /// Which; `-` reads them from the standard input.
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

impl Queue {
    pub async fn run(self, settings: &Settings) -> anyhow::Result<ExitCode> {
        client::with(settings, async |client| self.ask(client).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn ask(self, client: &Client) -> anyhow::Result<()> {
        match self {
            Self::List { output } => queues(client.get("/api/queues").await?).print(output),
            Self::Show { queue, output } => {
                let one = client.get(format!("/api/queues/{}", encoded(&queue))).await?;
                let mut shown = queues(json!({ "items": [one.clone()], "next": null }));
                shown.body = one;
                shown.print(output)
            }
            Self::DeadLetters { queue, limit, cursor, output } => {
                let address = format!("/api/queues/{}/dead-letters", encoded(&queue));
                let body =
                    client.get(path(&address, &[("limit", Some(limit.to_string())), ("cursor", cursor)])).await?;
                letters(body).print(output)
            }
            Self::Redrive { queue, ids } => act(client, &queue, "redrive", &ids).await,
            Self::Discard { queue, ids } => act(client, &queue, "discard", &ids).await,
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command speaks to people")]
async fn act(client: &Client, queue: &str, act: &str, given: &[String]) -> anyhow::Result<()> {
    let ids = ids::given(given)?;
    let key = format!("{:032x}", ambient::system().random());
    let address = format!("/api/queues/{}/dead-letters/{act}", encoded(queue));
    let done = client.ask(Ask::post(address, json!({ "ids": ids }), key)).await?.body;
    let what = if act == "redrive" { "sent again" } else { "discarded" };
    println!("{} dead letters of {queue} were {what}", text(&done["count"]));
    Ok(())
}

fn queues(body: Value) -> Shown {
    let columns: &[&str] = &["queue", "waiting", "leased", "dead", "oldest"];
    Shown::list(body, (columns, 5), |queue| {
        let oldest = queue["oldest_seconds"].as_i64().unwrap_or_default();
        let line = vec![
            text(&queue["id"]),
            text(&queue["waiting"]),
            text(&queue["leased"]),
            text(&queue["dead"]),
            if oldest > 0 { when::span(time::Duration::seconds(oldest)) } else { String::new() },
        ];
        (text(&queue["id"]), line)
    })
}

fn letters(body: Value) -> Shown {
    let now = ambient::system().now();
    let columns: &[&str] = &["id", "saga", "token", "age", "reason", "step", "attempt", "receives", "do"];
    Shown::list(body, (columns, 5), |letter| {
        let attempt = letter["attempt"].as_u64().map(|attempt| (attempt + 1).to_string());
        let line = vec![
            text(&letter["id"]),
            text(&letter["saga_id"]),
            text(&letter["token"]),
            when::age(&letter["died_at"], now),
            text(&letter["reason"]),
            text(&letter["step"]),
            attempt.unwrap_or_default(),
            text(&letter["receives"]),
            text(&letter["suggestion"]),
        ];
        (text(&letter["id"]), line)
    })
}
