//! `usher workflow hashes`: that one file runs on the laptop and on AWS, shown by its hash in each place.
//!
//! The hash of a place is computed from what is there, with the queues' addresses taken out again: for the embedded engine
//! from the text it is given, for Step Functions from the definition that it answers with.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use usher_orchestrator::{hash::hash, stepfunctions::deploy};
use usher_workflows::{
    definitions::{SAGAS, without_queues},
    step::STEPS,
};

use super::{Output, deploy::short};
use crate::{commands::table::table, settings::cloud::Cloud};

#[derive(Debug, Args)]
pub struct Hashes {
    /// Do not ask Step Functions; nothing then needs an account or a network.
    #[arg(long)]
    local: bool,
    /// How to print.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Output,
}

/// One saga in every place.
#[derive(Debug, Serialize)]
struct Row {
    saga: &'static str,
    file: String,
    embedded: String,
    /// Absent when nothing is deployed, or nobody asked.
    deployed: Option<String>,
    version: Option<String>,
    same: bool,
}

impl Hashes {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, cloud: &Cloud) -> anyhow::Result<ExitCode> {
        let config = if self.local { None } else { Some(cloud.config().await) };
        let mut rows = Vec::with_capacity(SAGAS.len());
        for saga in SAGAS {
            let given = saga.with_queues(str::to_owned);
            let given = without_queues(&given, |address| STEPS.iter().find(|step| step.name == address));
            let (file, embedded) = (hash(saga.definition), hash(&given));
            let standing = match &config {
                Some(config) => deploy::standing(config, &cloud.stage, saga.name).await?,
                None => None,
            };
            let (deployed, version) = standing.map_or((None, None), |standing| (Some(standing.hash), standing.version));
            let there = self.local || deployed.as_ref() == Some(&file);
            rows.push(Row { saga: saga.name, same: file == embedded && there, file, embedded, deployed, version });
        }
        match self.output {
            Output::Json => println!("{}", serde_json::to_string_pretty(&rows)?),
            Output::Text => {
                let mut table = table(["saga", "file", "embedded engine", "Step Functions", "version", "same"]);
                for row in &rows {
                    let version = row.version.as_deref().and_then(|arn| arn.rsplit(':').next()).unwrap_or("-");
                    let same = if row.same { "yes" } else { "no" };
                    let deployed = short(row.deployed.as_deref());
                    table.add_row([
                        row.saga,
                        short(Some(&row.file)),
                        short(Some(&row.embedded)),
                        deployed,
                        version,
                        same,
                    ]);
                }
                println!("{table}");
            }
        }
        Ok(if rows.iter().all(|row| row.same) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
