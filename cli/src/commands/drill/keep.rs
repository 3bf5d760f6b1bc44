//! `usher drill keep`: a run becomes a test.
//!
//! The drill goes into `drills/kept` as it was when it ran, with its seed in its name. `cli/tests/drills` runs everything
//! that is there.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, ensure};
use clap::Args;
use usher_drills::{definition::Drill, report::Report};

/// Where the kept ones are.
const FOLDER: &str = "drills/kept";

#[derive(Debug, Args)]
pub struct Keep {
    /// The report.json of the run.
    report: PathBuf,
    /// The root of the checkout.
    #[arg(long, default_value = ".")]
    into: PathBuf,
}

impl Keep {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let text = std::fs::read_to_string(&self.report)
            .with_context(|| format!("{} cannot be read", self.report.display()))?;
        let report: Report = serde_json::from_str(&text).context("this is no report of a drill")?;
        let (path, kept) = kept(&self.into, &report)?;
        std::fs::create_dir_all(self.into.join(FOLDER))?;
        std::fs::write(&path, kept).with_context(|| format!("{} cannot be written", path.display()))?;
        println!("{} is run by the tests from now on: commit it with the repair", path.display());
        Ok(ExitCode::SUCCESS)
    }
}

fn kept(root: &Path, report: &Report) -> anyhow::Result<(PathBuf, String)> {
    let identity = &report.identity;
    let (name, seed) = (&identity.name, identity.seed);
    let new_name = format!("{name}.{seed}");
    let line = format!("name: {name}");
    ensure!(identity.file.lines().any(|found| found.trim_end() == line), "the report does not carry its drill");
    let body = identity.file.replacen(&line, &format!("name: {new_name}"), 1);
    let reasons: String = report.reasons.iter().fold(String::new(), |text, reason| text + "# " + reason + "\n");
    let verdict = report.verdict.as_str();
    let text =
        format!("# Kept from a run with seed {seed} at commit {}, which {verdict}:\n{reasons}{body}", identity.commit);
    let path = root.join(FOLDER).join(format!("{new_name}.yaml"));
    Drill::read(&path.to_string_lossy(), &text)?;
    Ok((path, text))
}
