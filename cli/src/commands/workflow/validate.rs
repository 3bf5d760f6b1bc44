//! `usher workflow validate`: every problem of every file at once.

use std::{io::IsTerminal as _, path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::{Value, json};
use usher_asl::{
    Severity, Target,
    lint::{Budget, Linted, Part, lint},
};

use super::{Output, file, rules, screen::Screen};
use crate::commands::table::{numbers, table};

#[derive(Debug, Args)]
pub struct Validate {
    /// Definitions; `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who is to run them: any (the language alone), aws, aws-express, or embedded (the engine inside Usher).
    #[arg(long, default_value_t)]
    target: Target,
    /// How to print.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Output,
}

/// One file and what there is to say about it.
struct Examined {
    path: String,
    text: String,
    linted: Linted,
}

impl Examined {
    fn count(&self, severity: Severity) -> usize {
        self.linted.checked.problems.iter().filter(|problem| problem.severity == severity).count()
    }
}

impl Validate {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let steps = rules::steps();
        let rules = rules::rules(&steps);
        let mut examined = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let text = file::read(path)?;
            let linted = lint(&text, self.target, &rules);
            examined.push(Examined { path: path.display().to_string(), text, linted });
        }
        match self.output {
            Output::Text => examined.iter().for_each(show),
            Output::Json => print_json(&examined)?,
        }
        let valid = examined.iter().all(|one| one.linted.checked.is_valid());
        Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

#[expect(clippy::print_stdout, reason = "a command speaks to people")]
fn show(one: &Examined) {
    let screen = Screen::new(&one.path, &one.text, std::io::stdout().is_terminal());
    for problem in &one.linted.checked.problems {
        println!("{}\n", screen.show(problem));
    }
    let (errors, warnings) = (one.count(Severity::Error), one.count(Severity::Warning));
    let verdict = if one.linted.checked.is_valid() { "valid" } else { "not valid" };
    println!("{}: {verdict}, {}, {}", one.path, counted(errors, "error"), counted(warnings, "warning"));
    if let Some(budget) = &one.linted.budget {
        println!("{}\n", breakdown(budget));
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The time before the charge, state by state.
fn breakdown(budget: &Budget) -> String {
    let mut table = table(["before the charge", "attempts", "time-out, s", "waits, s", "at worst, s"]);
    for part in &budget.parts {
        let Part { state, attempts, timeout_seconds, waits_seconds } = part;
        let figures = [*attempts, *timeout_seconds, *waits_seconds, part.seconds()].map(|number| number.to_string());
        table.add_row([state.clone()].into_iter().chain(figures));
    }
    let table = numbers(table);
    format!("{table}\n{budget}, the life of a hold")
}

#[expect(clippy::print_stdout, reason = "a command speaks to people")]
fn print_json(examined: &[Examined]) -> anyhow::Result<()> {
    let files: Vec<Value> = examined
        .iter()
        .map(|one| {
            let Linted { checked, budget } = &one.linted;
            json!({ "file": one.path, "valid": checked.is_valid(), "problems": checked.problems, "before_charge": budget })
        })
        .collect();
    println!("{}", serde_json::to_string_pretty(&files)?);
    Ok(())
}
