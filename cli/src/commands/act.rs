//! `usher saga redrive|undo|retry|skip|done|stop`: acts on one saga. Each is shown before it is done, and states the version
//! that was shown; `--wait` sees how it turns out.

use std::{
    fmt::Write as _,
    fs,
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use usher_core::ids::EventId;
use usher_telemetry::ambient;

use crate::{
    client::{self, Ask, Client, encoded},
    output::{Ended, Exit, Output, Shown, text, when},
    settings::Settings,
};

/// How often to look whether an act is over.
const LOOK: Duration = Duration::from_millis(300);

#[derive(Debug, Subcommand)]
pub enum Act {
    /// Sends a saga on from the state in which it failed, timed out or was stopped.
    Redrive {
        #[command(flatten)]
        how: How,
        /// A file with what the state is given instead of what it had, as JSON; `usher saga show` has what it had.
        #[arg(long, value_name = "FILE")]
        input: Option<PathBuf>,
    },
    /// Takes back whatever a booking came to, wherever it stands: seats free, money back, the customer told.
    Undo {
        #[command(flatten)]
        how: How,
    },
    /// Tries the present step again now.
    Retry {
        #[command(flatten)]
        how: How,
    },
    /// Ends a wait of the definition.
    Skip {
        #[command(flatten)]
        how: How,
    },
    /// Goes on as if the step in which it failed were done, because it was, by other means.
    Done {
        #[command(flatten)]
        how: How,
        /// How anybody can see that it is done.
        #[arg(long)]
        evidence: String,
        /// A file with what the step would have answered, as JSON, where that cannot be found.
        #[arg(long, value_name = "FILE")]
        output_of_step: Option<PathBuf>,
    },
    /// Ends a saga where it stands. Without --undo, a second person has to approve it.
    Stop {
        #[command(flatten)]
        how: How,
        /// Take back what it came to, too.
        #[arg(long)]
        undo: bool,
    },
    /// Lists what people did to a saga.
    Acts {
        /// Its name: bkg_..., can_..., pcn_..., rfd_... or sho_...
        name: String,
        #[command(flatten)]
        output: Output,
    },
    /// Says yes to an act that waits for a second person. Never for the one who asked for it.
    Approve {
        /// The act: act_...
        act: String,
        #[command(flatten)]
        output: Output,
    },
    /// Says no to an act that waits for a second person.
    Decline {
        /// The act: act_...
        act: String,
        #[command(flatten)]
        output: Output,
    },
}

/// What every act takes.
#[derive(Debug, Args)]
pub struct How {
    /// The saga's name: bkg_..., can_..., pcn_..., rfd_... or sho_...
    name: String,
    /// Why. It stands in the saga's history.
    #[arg(long)]
    reason: String,
    /// Where the matter is followed.
    #[arg(long)]
    ticket: Option<String>,
    /// The version of the saga that was seen; that of the preview when it is left out.
    #[arg(long, value_name = "N")]
    expected_version: Option<u64>,
    /// Only show what it would touch.
    #[arg(long)]
    dry_run: bool,
    /// Go on although something is in the way.
    #[arg(long)]
    despite_obstacles: bool,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Wait until the saga has passed the step or has failed again, for at most so many seconds.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "300")]
    wait: Option<u64>,
    #[command(flatten)]
    output: Output,
}

impl Act {
    pub async fn run(self, settings: &Settings) -> anyhow::Result<ExitCode> {
        client::with(settings, async |client: &Client| self.over(client).await).await
    }

    async fn over(self, client: &Client) -> anyhow::Result<ExitCode> {
        match self {
            Self::Redrive { how, input } => {
                let input = input.map(|file| read(&file)).transpose()?;
                how.perform(client, "redrive", input.map(|input| ("input", input)).into_iter().collect()).await
            }
            Self::Undo { how } => how.perform(client, "undo", Vec::new()).await,
            Self::Retry { how } => how.perform(client, "retry", Vec::new()).await,
            Self::Skip { how } => how.perform(client, "skip", Vec::new()).await,
            Self::Done { how, evidence, output_of_step } => {
                let output = output_of_step.map(|file| read(&file)).transpose()?;
                let output = output.map(|output| ("output", output));
                how.perform(client, "complete", output.into_iter().chain([("evidence", json!(evidence))]).collect())
                    .await
            }
            Self::Stop { how, undo } => how.perform(client, "stop", vec![("undo", json!(undo))]).await,
            Self::Acts { name, output } => {
                let body = client.get(format!("/api/sagas/{}/acts", encoded(&name))).await?;
                acts(body).print(output)?;
                Ok(Exit::Done.into())
            }
            Self::Approve { act, output } => decide(client, &act, "approve", output).await,
            Self::Decline { act, output } => decide(client, &act, "decline", output).await,
        }
    }
}

/// A document in a file.
fn read(file: &PathBuf) -> anyhow::Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).map_err(|error| Ended::new(Exit::Usage, format!("{}: {error}", file.display())).into())
}

async fn decide(client: &Client, act: &str, verb: &str, output: Output) -> anyhow::Result<ExitCode> {
    let path = format!("/api/acts/{}/{verb}", encoded(act));
    let body = client.ask(Ask::post(path, Value::Null, key())).await?.body;
    story(body).print(output)?;
    Ok(Exit::Done.into())
}

/// A key of its own for one request.
fn key() -> String {
    EventId::new(&*ambient::system()).to_string()
}

impl How {
    async fn perform(self, client: &Client, verb: &str, more: Vec<(&str, Value)>) -> anyhow::Result<ExitCode> {
        let path = format!("/api/sagas/{}/{verb}", encoded(&self.name));
        let mut body = json!({
            "reason": self.reason, "ticket": self.ticket, "despite_obstacles": self.despite_obstacles, "dry_run": true,
        });
        for (member, value) in more {
            body[member] = value;
        }
        let preview = client.ask(Ask::post(path.clone(), body.clone(), key())).await?.body;
        if self.dry_run {
            Shown::one(preview.clone(), self.name, told(&preview)).print(self.output)?;
            return Ok(Exit::Done.into());
        }
        if !self.yes {
            confirm(&preview)?;
        }
        body["dry_run"] = json!(false);
        body["expected_version"] =
            self.expected_version.map_or_else(|| preview["saga"]["version"].clone(), Value::from);
        let mut act = client.ask(Ask::post(path, body, key())).await?.body;
        if let Some(seconds) = self.wait {
            act = wait(client, act, Duration::from_secs(seconds)).await?;
        }
        let exit = match act["status"].as_str() {
            Some("failed_again" | "refused" | "declined") => Exit::Failed,
            Some("requested") if self.wait.is_some() => Exit::TimedOut,
            _ => Exit::Done,
        };
        story(act).print(self.output)?;
        Ok(exit.into())
    }
}

/// Follows an act until it is over, waits for somebody else, or the time is up.
async fn wait(client: &Client, act: Value, longest: Duration) -> anyhow::Result<Value> {
    let path = format!("/api/acts/{}", text(&act["id"]));
    let following = async {
        loop {
            let act = client.get(path.clone()).await?;
            if act["status"] != "requested" {
                return Ok::<_, anyhow::Error>(act);
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    match tokio::time::timeout(longest, following).await {
        Ok(over) => over,
        Err(_) => client.get(path).await,
    }
}

/// Shows what would be done and asks whether to.
#[expect(clippy::print_stderr, reason = "a command speaks to people")]
fn confirm(preview: &Value) -> anyhow::Result<()> {
    eprintln!("{}", told(preview));
    if !io::stdin().is_terminal() {
        return Err(Ended::new(Exit::Usage, "nobody is there to be asked: look with --dry-run, then say --yes").into());
    }
    eprint!("Do it? [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if answer.trim().eq_ignore_ascii_case("y") {
        return Ok(());
    }
    Err(Ended::new(Exit::Failed, "nothing was done").into())
}

/// A preview for people.
fn told(preview: &Value) -> String {
    let saga = &preview["saga"];
    let mut lines = format!(
        "{} {}: {} in {}{}, version {}",
        text(&preview["act"]),
        text(&preview["name"]),
        text(&saga["status"]),
        text(&saga["states"]),
        saga["error"].as_str().map(|error| format!(" ({error})")).unwrap_or_default(),
        text(&saga["version"]),
    );
    let stake = &preview["stake"];
    let seats = stake["seats"].as_array().map_or(0, Vec::len);
    let money = stake["money"].as_object().map_or_else(|| "no money".to_owned(), |_| money(&stake["money"]));
    let (tickets, mails) = (text(&stake["tickets"]), text(&stake["mails"]));
    let names = text(&stake["seats"]);
    let effect = match preview["effect"].as_str() {
        Some("goes_back") => format!(
            "It goes back: {seats} seats become free ({names}), {money} goes back, {tickets} tickets become invalid, {mails} messages are sent."
        ),
        Some("is_left") => {
            format!(
                "It is left as it is: {seats} seats ({names}), {money} and {tickets} tickets stay, and nobody works on it."
            )
        }
        _ => format!("It goes on, with {seats} seats ({names}), {money} taken and {tickets} tickets so far."),
    };
    let _ = write!(lines, "\n{effect}");
    let _ = write!(lines, "\n\nWhat its steps would find:");
    for finding in preview["findings"].as_array().into_iter().flatten() {
        let (step, done, says) = (text(&finding["step"]), text(&finding["done"]), text(&finding["says"]));
        let _ = write!(lines, "\n  {step:<20} {done:<8} {says}");
    }
    for change in preview["changes"].as_array().into_iter().flatten() {
        let _ = write!(lines, "\nInput {}: {} -> {}", text(&change["path"]), change["before"], change["after"]);
    }
    for obstacle in preview["obstacles"].as_array().into_iter().flatten() {
        let _ = write!(lines, "\nIn the way: {}", text(obstacle));
    }
    if preview["needs_approval"] == true {
        lines += "\nA second person has to approve it.";
    }
    lines
}

fn money(value: &Value) -> String {
    let (amount, currency) = (value["amount"].as_i64().unwrap_or_default(), text(&value["currency"]));
    format!("{}.{:02} {currency}", amount / 100, amount % 100)
}

/// One act for people.
fn story(act: Value) -> Shown {
    let (id, status) = (text(&act["id"]), text(&act["status"]));
    let mut told = format!("{id}: {} {} {status}", text(&act["act"]), text(&act["name"]));
    let error = |of: &Value| format!("{} {}", text(&of["error"]), text(&of["cause"])).trim().to_owned();
    match &*status {
        "requested" => told += "\nIts saga has not passed the step yet; `usher saga acts` tells when it has.",
        "awaiting_approval" => {
            let _ = write!(told, "\nA second person has to say `usher saga approve {id}`.");
        }
        "failed_again" => {
            let (before, after) = (error(&act["outcome"]["before"]), error(&act["outcome"]["after"]));
            let _ = write!(told, "\n  before  {before}\n  now     {after}");
        }
        "refused" => {
            let _ = write!(told, "\n  {}", text(&act["outcome"]["why"]));
        }
        _ => {}
    }
    Shown::one(act, id, told)
}

/// Acts for people.
fn acts(body: Value) -> Shown {
    let now = ambient::system().now();
    Shown::list(body, (&["act", "what", "status", "asked", "by", "reason", "ticket", "ended"], 6), |act| {
        let id = text(&act["id"]);
        let by = format!("{} ({})", text(&act["by"]["user"]), text(&act["by"]["role"]));
        let cells = [
            id.clone(),
            text(&act["act"]),
            text(&act["status"]),
            when::member(&act["asked_at"], now),
            by,
            text(&act["reason"]),
            text(&act["ticket"]),
            when::member(&act["ended_at"], now),
        ];
        (id, cells.to_vec())
    })
}
