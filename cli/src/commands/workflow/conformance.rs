//! `usher workflow conformance`: the engine against recorded cases.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::Args;
use comfy_table::Table;
use serde_json::{Map, Value};
use usher_asl::conformance::{Level, Table as Counts, Verdict, read, run};

use crate::commands::table::{numbers, table};

#[derive(Debug, Args)]
pub struct Conformance {
    /// Files of cases, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write what the engine answered to every case, by the case's id, for an independent judge.
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// Print the first difference of every case that differs.
    #[arg(long)]
    differences: bool,
}

impl Conformance {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut verdicts = Vec::new();
        for file in files(&self.paths)? {
            let name = file.display().to_string();
            let text = fs::read_to_string(&file).with_context(|| format!("{name} cannot be read"))?;
            let cases = read(&text).with_context(|| format!("{name} is not a file of cases"))?;
            verdicts.extend(cases.iter().map(run));
        }
        if self.differences {
            for verdict in &verdicts {
                if let Some(difference) = &verdict.difference {
                    println!("{} ({}): {difference}\n", verdict.id, verdict.area);
                }
            }
        }
        println!("{}", by_area(&verdicts));
        if let Some(path) = &self.results {
            let results: Map<String, Value> =
                verdicts.iter().map(|verdict| (verdict.id.clone(), verdict.result.clone())).collect();
            fs::write(path, serde_json::to_string(&results)?)
                .with_context(|| format!("{} cannot be written", path.display()))?;
        }
        let exact = verdicts.iter().all(Verdict::is_exact);
        Ok(if exact { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The files named, and the JSON files of the folders named, in order.
fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(inside(path).with_context(|| format!("{} cannot be read", path.display()))?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn inside(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

/// How many cases of each area were met, at which level.
fn by_area(verdicts: &[Verdict]) -> Table {
    let mut counts = Counts::default();
    for verdict in verdicts {
        counts.add(verdict);
    }
    let heading = ["area".to_owned(), "cases".to_owned()].into_iter().chain(Level::ALL.map(|level| level.to_string()));
    let mut table = table(heading);
    let total = counts.total();
    for (area, row) in counts.rows().chain([("all", &total)]) {
        let counted = std::iter::once(row.cases).chain(Level::ALL.map(|level| row.at(level)));
        table.add_row(std::iter::once(area.to_owned()).chain(counted.map(|number| number.to_string())));
    }
    numbers(table)
}
