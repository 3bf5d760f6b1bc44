//! `usher generate`: what is made from the code and committed, so that a reader need not run it.

use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::Value;
use usher_asl::{StateMachine, graph};
use usher_database::event::compatibility;
use usher_workflows::definitions::SAGAS;

use crate::{matrix, wiring::event_types};

/// Where the schemas of events are: what consumers were promised. Those of versions that nobody publishes any more stay.
const SCHEMAS: &str = "docs/events";

#[derive(Debug, Args)]
pub struct Generate {
    /// Write nothing; fail when a file is not what it would be.
    #[arg(long)]
    check: bool,
}

impl Generate {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let broken = broken_promises()?;
        if !broken.is_empty() {
            bail!("consumers of events would break; raise the version of the event:\n{}", broken.join("\n"));
        }
        let mut stale = Vec::new();
        for (path, text) in files()? {
            let present = std::fs::read_to_string(&path).unwrap_or_default();
            if present == text {
                continue;
            }
            stale.push(path.clone());
            if !self.check {
                if let Some(folder) = Path::new(&path).parent() {
                    std::fs::create_dir_all(folder)?;
                }
                std::fs::write(&path, text).with_context(|| format!("{path} cannot be written"))?;
            }
        }
        match (stale.is_empty(), self.check) {
            (true, _) => println!("every generated file is up to date"),
            (false, false) => println!("written: {}", stale.join(", ")),
            (false, true) => println!("stale: {}; run `make generate` and commit", stale.join(", ")),
        }
        Ok(if self.check && !stale.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Path and content of each file, from the root of the checkout.
fn files() -> anyhow::Result<Vec<(String, String)>> {
    let mut files = vec![("docs/openapi.json".to_owned(), serde_json::to_string_pretty(&usher_api::openapi())? + "\n")];
    files.push(("docs/drill-catalogue.md".to_owned(), usher_drills::catalogue::document()?));
    files.push(("docs/crash-matrix.md".to_owned(), matrix::document()?));
    for event in event_types() {
        let path = format!("{SCHEMAS}/{}.v{}.json", event.name, event.version);
        files.push((path, serde_json::to_string_pretty(&event.schema())? + "\n"));
    }
    for saga in SAGAS {
        let machine = StateMachine::parse(saga.definition)
            .map_err(|problems| anyhow::anyhow!("{} is not valid: {problems:?}", saga.name))?;
        let diagram = format!(
            "# The {} saga\n\nGenerated from `workflows/{}.asl.json` by `make generate`.\n\n```mermaid\n{}\n```\n",
            saga.name,
            saga.name,
            graph::mermaid(&machine).trim_end()
        );
        files.push((format!("docs/sagas/{}.md", saga.name), diagram));
    }
    Ok(files)
}

/// What differs from the schemas that are there in a way that consumers would notice.
fn broken_promises() -> anyhow::Result<Vec<String>> {
    let (mut broken, types) = (Vec::new(), event_types());
    for entry in std::fs::read_dir(SCHEMAS).into_iter().flatten() {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let promised: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        let published = types.iter().find(|event| promised["title"] == event.name);
        let breaks = match published {
            None => vec!["nobody publishes it any more".to_owned()],
            // The schema of a version before is history, and of a later one somebody else's work.
            Some(event) if promised["properties"]["version"]["const"] != event.version => Vec::new(),
            Some(event) => compatibility::breaks(&promised, &event.schema()),
        };
        broken.extend(breaks.into_iter().map(|what| format!("{}: {what}", path.display())));
    }
    Ok(broken)
}
