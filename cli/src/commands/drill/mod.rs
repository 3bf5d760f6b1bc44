//! `usher drill`: failures on purpose.

mod keep;
mod list;
mod run;
mod show;

use std::process::ExitCode;

use clap::Subcommand;
use usher_drills::{catalogue, definition::Drill};

use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Drills {
    /// Lists the drills that are shipped.
    List(list::List),
    /// Shows one: what is believed, who buys, what fails and when, and what has to be true at the end.
    Show(show::Show),
    /// Runs one on a product of its own, and reports. Exit code 0 when it passed, 1 when it failed, 3 when it was
    /// inconclusive, 4 when it was given up.
    Run(run::Run),
    /// Makes a test of a run, by its report: it is run with the same seed from then on.
    Keep(keep::Keep),
}

impl Drills {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(list) => list.run(),
            Self::Show(show) => show.run(),
            Self::Run(run) => run.run(settings).await,
            Self::Keep(keep) => keep.run(),
        }
    }
}

/// A drill by its name, or in a file.
fn find(name: &str) -> anyhow::Result<(Drill, String)> {
    if let Some(drill) = catalogue::find(name) {
        let text = catalogue::DRILLS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
        return Ok((drill?, text.to_owned()));
    }
    let is_file = std::path::Path::new(name).extension().is_some_and(|extension| extension == "yaml");
    if is_file {
        let text = std::fs::read_to_string(name).map_err(|error| anyhow::anyhow!("{name} cannot be read: {error}"))?;
        return Ok((Drill::read(name, &text)?, text));
    }
    let names = catalogue::DRILLS.iter().map(|(known, _)| *known);
    let near = names.max_by_key(|known| known.chars().zip(name.chars()).take_while(|(a, b)| a == b).count());
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    anyhow::bail!(
        "there is no drill `{name}`{near} `usher drill list` has all of them, and a path to a .yaml is one, too"
    )
}
