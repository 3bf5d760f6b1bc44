//! `usher drill run`: a product of its own, a drill, a report.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use usher_core::ids::DrillId;
use usher_drills::{
    definition::{Action, Drill, Fault, file::Target},
    report::{Report, Verdict, page},
};
use usher_telemetry::ambient;

use super::find;
use crate::{
    commands::{start, table::table},
    drills::{self, Wish},
    lifecycle::told_to_stop,
    settings::{
        Settings,
        adapters::{EngineKind, MessagingKind},
    },
};

#[derive(Debug, Args)]
pub struct Run {
    /// Its name, or a path to its file.
    name: String,
    /// Decides who buys what, and whom a fault hits. Made up when left out.
    #[arg(long)]
    seed: Option<u64>,
    /// Folder for the report (JSON and HTML) and the logs.
    #[arg(long, default_value = "drill-reports", value_name = "FOLDER")]
    out: PathBuf,
}

impl Run {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let (drill, text) = find(&self.name)?;
        let settings = suitable(settings, &drill);
        let ambient = ambient::system();
        let seed = self.seed.unwrap_or_else(|| drills::fresh_seed(&*ambient));
        let folder = self.out.join(format!("{}-{seed}", drill.name));
        let repeat = format!("usher drill run {} --seed {seed}{}", self.name, adapters(&settings)?);
        let private = Box::pin(drills::open(&settings, Some(&folder.join("logs")))).await?;
        let shown = std::io::stderr().is_terminal();
        let wish = Wish { drill: &drill, text: &text, seed, repeat, id: DrillId::new(&*ambient), shown };
        // Whoever stops it gets everything taken down that was started for it, and no report.
        let ran = tokio::select! {
            ran = Box::pin(drills::run(&private.stage, &wish)) => ran,
            stopped = told_to_stop() => stopped.map_err(Into::into).and_then(|()| bail!("stopped before its end")),
        };
        private.close().await?;
        let report = ran?;
        write(&folder, &report)?;
        println!("{}\n\nThe report: {}", told(&report), folder.join("report.html").display());
        if report.verdict == Verdict::Failed {
            println!("To make a test of it: usher drill keep {}", folder.join("report.json").display());
        }
        Ok(match report.verdict {
            Verdict::Passed => ExitCode::SUCCESS,
            Verdict::Failed => ExitCode::FAILURE,
            Verdict::Inconclusive => ExitCode::from(3),
            Verdict::Aborted => ExitCode::from(4),
        })
    }
}

/// A broker, where one is to be killed and nothing else was chosen.
fn suitable(mut settings: Settings, drill: &Drill) -> Settings {
    let broker = |fault: &Fault| matches!(fault.action, Action::Server { target: Target::Broker, .. });
    if drill.faults.iter().any(broker) {
        settings.adapters.messaging.get_or_insert(MessagingKind::Amqp);
    }
    settings
}

/// The flags that choose engine and messaging, where they were chosen.
fn adapters(settings: &Settings) -> anyhow::Result<String> {
    let chosen = settings.adapters.engine != EngineKind::default() || settings.adapters.messaging.is_some();
    let flags = settings.adapters.flags()?;
    Ok(if chosen { flags.iter().take(4).fold(String::new(), |text, flag| text + " " + flag) } else { String::new() })
}

fn write(folder: &Path, report: &Report) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    for (name, text) in [("report.json", json), ("report.html", page::render(report)?)] {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// What is most worth knowing, for the terminal.
fn told(report: &Report) -> String {
    let mut faults = table(["fault", "what", "where", "applied", "hits"]);
    for fault in &report.faults {
        let applied = fault.applied_at.map_or_else(|| "never".to_owned(), |at| format!("{at} ms"));
        let hits = fault.hits.map_or_else(|| "-".to_owned(), |hits| hits.to_string());
        faults.add_row([&fault.id, &fault.what, &fault.target, &applied, &hits]);
    }
    let mut wanted = table(["expected", "wanted", "found", ""]);
    for expectation in &report.expectations {
        let met = if expectation.met { "met" } else { "NOT MET" };
        wanted.add_row([&expectation.what, &expectation.wanted, &expectation.found, met]);
    }
    let outcomes = report.load.outcomes.iter().map(|(heard, count)| format!("{count} {heard}"));
    let outcomes = outcomes.collect::<Vec<_>>().join(", ");
    let reasons = report.reasons.join("\n");
    let verdict = report.verdict.as_str().to_uppercase();
    let name = &report.identity.name;
    format!(
        "{name}, seed {}\n{faults}\n\nCustomers heard: {outcomes}\n{wanted}\n\n{verdict}: {reasons}",
        report.identity.seed
    )
}
