//! `usher workflow deploy`: the sagas of this program, or the files that are named, on Step Functions.
//!
//! Checked here first, with everything that `validate` knows, then by AWS; only then is anything changed. `usher aws setup`
//! calls [`to_aws`] once its queues are there.

use std::{io::IsTerminal as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use aws_config::SdkConfig;
use clap::Args;
use usher_asl::{Severity, Target, lint::lint};
use usher_orchestrator::stepfunctions::deploy::{self, Change, Definition, Deployed, Deployment};
use usher_workflows::definitions::SAGAS;

use super::{Output, file, rules, screen::Screen};
use crate::{commands::table::table, settings::cloud::Cloud};

#[derive(Debug, Args)]
pub struct Deploy {
    /// Other files than those of this program, each named after its saga: booking.asl.json.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The role of the state machines: Step Functions may assume it, and it may send to the steps' queues. Needed to create
    /// one; one that exists keeps its own.
    #[arg(long, env = "USHER_AWS_STATES_ROLE", value_name = "ARN")]
    role_arn: Option<String>,
    /// Check and compare, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Output,
}

impl Deploy {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, cloud: &Cloud) -> anyhow::Result<ExitCode> {
        let definitions = self.definitions()?;
        if !valid(&definitions) {
            return Ok(ExitCode::FAILURE);
        }
        let deployment = Deployment { stage: cloud.stage.clone(), role: self.role_arn, dry_run: self.dry_run };
        let deployed = match to_aws(&cloud.config().await, &deployment, &definitions).await {
            Ok(deployed) => deployed,
            Err(deploy::DeployError::Invalid { saga, diagnostics }) => {
                println!("Step Functions refuses {saga}:\n{diagnostics}");
                return Ok(ExitCode::FAILURE);
            }
            Err(error) => return Err(error.into()),
        };
        match self.output {
            Output::Json => println!("{}", serde_json::to_string_pretty(&deployed)?),
            Output::Text => println!("{}", shown(&deployed, self.dry_run)),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn definitions(&self) -> anyhow::Result<Vec<Definition>> {
        if self.files.is_empty() {
            return Ok(ours());
        }
        let named = self.files.iter().map(|path| {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let saga = file
                .strip_suffix(".asl.json")
                .with_context(|| format!("{} is not named after a saga: booking.asl.json", path.display()))?;
            if !SAGAS.iter().any(|known| known.name == saga) {
                bail!("there is no saga `{saga}`; {} would start nothing", path.display());
            }
            Ok(Definition { saga: saga.to_owned(), file: file::read(path)? })
        });
        named.collect()
    }
}

/// The sagas of this program.
pub fn ours() -> Vec<Definition> {
    SAGAS.iter().map(|saga| Definition { saga: saga.name.to_owned(), file: saga.definition.to_owned() }).collect()
}

/// Deploys definitions that are checked; the queues of their steps have to be there. The same call again changes nothing.
pub async fn to_aws(
    config: &SdkConfig,
    deployment: &Deployment,
    definitions: &[Definition],
) -> Result<Vec<Deployed>, deploy::DeployError> {
    deploy::deploy(config, deployment, definitions).await
}

/// Whether nothing is wrong with any of them; what is, is shown.
#[expect(clippy::print_stderr, reason = "a command speaks to people")]
fn valid(definitions: &[Definition]) -> bool {
    let steps = rules::steps();
    let rules = rules::rules(&steps);
    let mut valid = true;
    for definition in definitions {
        let linted = lint(&definition.file, Target::Aws, &rules);
        let name = format!("{}.asl.json", definition.saga);
        let screen = Screen::new(&name, &definition.file, std::io::stderr().is_terminal());
        for problem in linted.checked.problems.iter().filter(|problem| problem.severity == Severity::Error) {
            eprintln!("{}\n", screen.show(problem));
        }
        valid &= linted.checked.is_valid();
    }
    valid
}

fn shown(deployed: &[Deployed], dry_run: bool) -> String {
    let mut table =
        table(["saga", "state machine", "before", "now", if dry_run { "would be" } else { "is" }, "version"]);
    for one in deployed {
        let change = match one.change {
            Change::Created => "created",
            Change::Updated => "updated",
            Change::Published => "published",
            Change::Unchanged => "unchanged",
        };
        let version = one.version.as_deref().and_then(|arn| arn.rsplit(':').next()).unwrap_or("-");
        table.add_row([&one.saga, &one.machine, short(one.before.as_deref()), short(Some(&one.now)), change, version]);
    }
    let notes = deployed.iter().flat_map(|one| one.notes.iter().map(move |note| format!("\n{}: {note}", one.saga)));
    format!("{table}{}", notes.collect::<String>())
}

/// Enough of a hash to tell it from others.
pub fn short(hash: Option<&str>) -> &str {
    hash.map_or("-", |hash| hash.get(..12).unwrap_or(hash))
}
