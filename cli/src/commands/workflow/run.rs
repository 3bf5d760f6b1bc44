//! `usher workflow run`: a definition here and now, without a server and without a trace.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};
use usher_asl::{Identity, StateMachine, conformance::Player};
use usher_core::ambient::SharedAmbient;
use usher_telemetry::ambient;

use super::{Output, file, mock::Mocks};
use crate::commands::table::table;

#[derive(Debug, Args)]
pub struct Run {
    /// The definition; `-` for standard input.
    file: PathBuf,
    /// What the execution begins with, as JSON; `-` for standard input. Without it, an empty object.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Answers for its tasks: by state name a list of {"return": ...}, {"throw": {"error", "cause"}} or {"silent": true},
    /// one for each attempt; the last one answers all further attempts.
    #[arg(long, value_name = "FILE")]
    mock: Option<PathBuf>,
    /// Print every event of the history.
    #[arg(long)]
    history: bool,
    /// Do not wait: time jumps to whatever is due next.
    #[arg(long)]
    virtual_time: bool,
    /// Hand waiting tasks' tokens to their mocks: ${TaskToken} in what they return stands for it.
    #[arg(long)]
    task_tokens: bool,
    /// How to print.
    #[arg(short, long, value_enum, default_value = "json")]
    output: Output,
}

impl Run {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let machine = match file::machine(&self.file)? {
            Ok(machine) => machine,
            Err(code) => return Ok(code),
        };
        let input = match &self.input {
            Some(path) => serde_json::from_str(&file::read(path)?)
                .with_context(|| format!("the input in {} is not JSON", path.display()))?,
            None => json!({}),
        };
        let mocks = match &self.mock {
            Some(path) => Mocks::read(&file::read(path)?, &machine, self.task_tokens)
                .with_context(|| path.display().to_string())?,
            None => Mocks::default(),
        };
        let mut result = self.play(machine, input, mocks).await?;
        if !self.history
            && let Some(members) = result.as_object_mut()
        {
            members.remove("history");
        }
        match self.output {
            Output::Json => println!("{}", serde_json::to_string_pretty(&result)?),
            Output::Text => println!("{}", summary(&result)),
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Runs it until it ends, or until nothing can happen any more.
    async fn play(&self, machine: StateMachine, input: Value, mut mocks: Mocks) -> anyhow::Result<Value> {
        let ambient = ambient::system();
        let mut player = Player::start(machine, identity(&self.file, &ambient), input);
        loop {
            while let Some(task) = player.take_task() {
                for event in mocks.answer(&task)? {
                    player.send(event)?;
                }
            }
            let Some(due) = player.execution.due_at() else { break };
            if !self.virtual_time {
                let wait = due - ambient.now();
                tokio::time::sleep(wait.try_into().unwrap_or_default()).await;
            }
            player.advance_to(due)?;
        }
        Ok(player.result())
    }
}

/// Names like AWS's, so that definitions that take them apart work.
fn identity(path: &std::path::Path, ambient: &SharedAmbient) -> Identity {
    let stem = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let machine = stem.split('.').next().filter(|name| !name.is_empty()).unwrap_or("definition").to_owned();
    let name = format!("{:032x}", ambient.random());
    let account = "arn:aws:states:us-east-1:000000000000";
    Identity {
        execution_id: format!("{account}:execution:{machine}:{name}"),
        execution_name: name,
        state_machine_id: format!("{account}:stateMachine:{machine}"),
        state_machine_name: machine,
        role_arn: "arn:aws:iam::000000000000:role/none".to_owned(),
        started_at: ambient.now(),
    }
}

/// The outcome in a line or two, then the events.
fn summary(result: &Value) -> String {
    let text = |name: &str| result.get(name).filter(|value| !value.is_null()).map(Value::to_string);
    let mut lines: Vec<String> = ["status", "output", "error", "cause"]
        .into_iter()
        .filter_map(|name| Some(format!("{name}: {}", text(name)?)))
        .collect();
    if let Some(events) = result.get("history").and_then(Value::as_array) {
        let mut table = table(["id", "after", "event", "state"]);
        for event in events {
            let field = |name: &str| event.get(name).map(|value| value.to_string().trim_matches('"').to_owned());
            let state = event.as_object().into_iter().flatten().find_map(|(_, details)| details.get("name"));
            let state = state.and_then(Value::as_str).unwrap_or_default().to_owned();
            table.add_row(
                [field("id"), field("previousEventId"), field("type"), Some(state)].map(Option::unwrap_or_default),
            );
        }
        lines.push(table.to_string());
    }
    lines.join("\n")
}
