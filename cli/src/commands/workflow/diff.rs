//! `usher workflow diff`: what changed, and who could go on.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use comfy_table::Table;
use serde_json::Value;
use usher_asl::diff::{Change, Diff as Changes, FieldChange, Standing, compare};

use super::{Output, file};
use crate::commands::table::table;

#[derive(Debug, Args)]
pub struct Diff {
    /// The definition that runs.
    before: PathBuf,
    /// The definition that is to come.
    after: PathBuf,
    /// How to print.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Output,
}

impl Diff {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut documents = Vec::new();
        for path in [&self.before, &self.after] {
            if let Err(code) = file::machine(path)? {
                return Ok(code);
            }
            let text = file::read(path)?;
            documents.push(serde_json::from_str::<Value>(&text).with_context(|| path.display().to_string())?);
        }
        let changes = match documents.as_slice() {
            [before, after] => compare(before, after),
            _ => return Ok(ExitCode::from(super::USAGE)),
        };
        match self.output {
            Output::Json => println!("{}", serde_json::to_string_pretty(&changes)?),
            Output::Text if changes.is_empty() => println!("no change"),
            Output::Text => println!("{}\n\n{}", fields(&changes), standing(&changes)),
        }
        Ok(if changes.is_compatible() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn fields(changes: &Changes) -> Table {
    let mut table = table(["state", "field", "what", "before", "after"]);
    for change in &changes.machine {
        table.add_row(row("(machine)", change));
    }
    for state in &changes.states {
        match state.change {
            Change::Added => table.add_row([&state.state, "", "state", "", "added"]),
            Change::Removed => table.add_row([&state.state, "", "state", "removed", ""]),
            Change::Changed => table.add_rows(state.fields.iter().map(|change| row(&state.state, change))),
        };
    }
    table
}

fn standing(changes: &Changes) -> Table {
    let mut table = table(["an execution that stands in", "goes on", "because"]);
    for state in changes.states.iter().filter(|state| state.change != Change::Added) {
        let (answer, reason) = match &state.standing {
            Standing::Free => ("yes", "it notices the change when it leaves the state or enters it again"),
            Standing::Care { reason } => ("with care", reason.as_str()),
            Standing::Stuck { reason } => ("no", reason.as_str()),
        };
        table.add_row([state.state.as_str(), answer, reason]);
    }
    table.add_row(["any other state", "yes", "the state is the same"]);
    table
}

fn row(state: &str, change: &FieldChange) -> [String; 5] {
    let subject = serde_json::to_value(change.subject).ok().and_then(|name| name.as_str().map(str::to_owned));
    [
        state.to_owned(),
        change.path.clone(),
        subject.unwrap_or_default(),
        short(change.before.as_ref()),
        short(change.after.as_ref()),
    ]
}

/// A value in one line that fits into a table.
fn short(value: Option<&Value>) -> String {
    const LONGEST: usize = 40;
    let text = value.map(Value::to_string).unwrap_or_default();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
