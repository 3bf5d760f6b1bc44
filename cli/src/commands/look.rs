//! The reading half of `usher saga`: find sagas, understand one, take one home and run it again.

pub mod replay;
pub mod screen;

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use serde_json::{Value, json};
use usher_telemetry::ambient;

use crate::{
    client::{self, Client, encoded, path},
    output::{Output, Shown, ids, text, when},
    settings::Settings,
};

/// What can be asked about sagas.
#[derive(Debug, Subcommand)]
pub enum Look {
    /// Finds sagas: `usher saga list 'status:running step:ChargePayment age>10m'`.
    ///
    /// A query is terms with blanks between them; all have to hold. Fields: status, saga, step, age, attempt, error, booking,
    /// user, seat, showtime, payment, version, name. Commas are alternatives, a minus in front of a term is its opposite, an
    /// id alone is looked for where it belongs. Put it in quotes, because shells read `>`.
    List {
        /// What is looked for; without it, everything.
        query: Vec<String>,
        /// In which order: newest, oldest, or waiting (those first that have stood longest in their state).
        #[arg(long, default_value = "newest")]
        sort: String,
        /// The same as `status:`, also in capitals: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        #[arg(long)]
        status: Option<String>,
        /// The same as `saga:`.
        #[arg(long)]
        saga: Option<String>,
        /// The same as `step:`.
        #[arg(long)]
        state: Option<String>,
        /// The same as `booking:`.
        #[arg(long)]
        booking: Option<String>,
        /// The same as `showtime:`.
        #[arg(long)]
        showtime: Option<String>,
        /// The same as `payment:`.
        #[arg(long)]
        payment: Option<String>,
        /// The same as `age>`, in minutes.
        #[arg(long, value_name = "MINUTES")]
        older_than: Option<u32>,
        /// At most this many, 200 at once.
        #[arg(long, default_value_t = 50)]
        limit: u16,
        /// Go on where the last list ended.
        #[arg(long)]
        cursor: Option<String>,
        /// How to print.
        #[command(flatten)]
        output: Output,
    },
    /// Shows sagas with every attempt, and one timeline of everything that happened around each.
    Show {
        /// Their names: bkg_..., can_..., pcn_..., rfd_... or sho_...; `-` reads them from the standard input.
        #[arg(required = true)]
        names: Vec<String>,
        /// Draw the state machine with the way that was taken, instead.
        #[arg(long)]
        graph: bool,
        /// How to print.
        #[command(flatten)]
        output: Output,
    },
    /// Says what sagas wait for, since when, whether that is normal, and what to do. Exit code 1 when something is not.
    Explain {
        /// Their names; `-` reads them from the standard input.
        #[arg(required = true)]
        names: Vec<String>,
        /// How to print.
        #[command(flatten)]
        output: Output,
    },
    /// Counts what goes wrong, by state, error and definition.
    Errors {
        /// Of sagas that began in the last so many hours.
        #[arg(long, default_value_t = 24)]
        hours: u16,
        /// How to print.
        #[command(flatten)]
        output: Output,
    },
    /// Writes everything about a saga as JSON, without what is about a person.
    Export {
        /// Its name.
        name: String,
    },
    /// Runs an exported saga again, offline, with the answers that were recorded, up to where it failed. Exit code 1 when it
    /// goes another way than it was recorded.
    Replay {
        /// The file that `usher saga export` wrote; `-` for the standard input.
        file: PathBuf,
        /// Run it on this definition instead of the one in the file: would the new one have done better?
        #[arg(long, value_name = "FILE")]
        definition: Option<PathBuf>,
        /// How to print.
        #[command(flatten)]
        output: Output,
    },
}

impl Look {
    /// Asks the API, wherever it is.
    pub async fn run(self, settings: &Settings) -> anyhow::Result<ExitCode> {
        if let Self::Replay { file, definition, output } = self {
            return replay::run(&file, definition.as_deref(), output);
        }
        client::with(settings, async |client| self.ask(client).await).await
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn ask(self, client: &Client) -> anyhow::Result<ExitCode> {
        match self {
            Self::List {
                query,
                sort,
                status,
                saga,
                state,
                booking,
                showtime,
                payment,
                older_than,
                limit,
                cursor,
                output,
            } => {
                let term = |field: &str, value: Option<String>| value.map(|value| format!("{field}:{value}"));
                let terms = [
                    term("status", status),
                    term("saga", saga),
                    term("step", state),
                    term("booking", booking),
                    term("showtime", showtime),
                    term("payment", payment),
                    older_than.map(|minutes| format!("age>{minutes}m")),
                ];
                let query: Vec<String> = query.into_iter().chain(terms.into_iter().flatten()).collect();
                let q = (!query.is_empty()).then(|| query.join(" "));
                let asked = [("q", q), ("sort", Some(sort)), ("limit", Some(limit.to_string())), ("cursor", cursor)];
                let body = client.get(path("/api/sagas", &asked)).await?;
                screen::list(body, ambient::system().now()).print(output)?;
            }
            Self::Show { names, graph, output } => {
                for name in ids::given(&names)? {
                    let body = client.get(format!("/api/sagas/{}", encoded(&name))).await?;
                    if graph {
                        println!("{}", text(&body["drawing"]));
                    } else {
                        screen::one(body, ambient::system().now()).print(output)?;
                    }
                }
            }
            Self::Explain { names, output } => {
                let mut all_normal = true;
                for name in ids::given(&names)? {
                    let body = client.get(format!("/api/sagas/{}/explanation", encoded(&name))).await?;
                    all_normal &= body["normal"] == json!(true);
                    screen::explanation(body, ambient::system().now()).print(output)?;
                }
                return Ok(if all_normal { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Self::Errors { hours, output } => {
                let body = client.get(format!("/api/sagas/errors?hours={hours}")).await?;
                errors(body).print(output)?;
            }
            Self::Export { name } => {
                let body = client.get(format!("/api/sagas/{}/export", encoded(&name))).await?;
                println!("{}", serde_json::to_string_pretty(&body)?);
            }
            Self::Replay { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn errors(body: Value) -> Shown {
    let now = ambient::system().now();
    let columns: &[&str] =
        &["error", "state", "sagas", "unhappy", "last", "saga", "version", "deployed", "first", "example"];
    Shown::list(body, (columns, 6), |group| {
        let version: String = text(&group["version"]).chars().take(12).collect();
        let line = vec![
            text(&group["error"]),
            text(&group["state"]),
            text(&group["count"]),
            text(&group["unhappy"]),
            when::age(&group["last_at"], now),
            text(&group["saga"]),
            version,
            when::member(&group["deployed_at"], now),
            when::member(&group["first_at"], now),
            text(&group["example"]),
        ];
        (text(&group["example"]), line)
    })
}
