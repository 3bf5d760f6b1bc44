//! `usher aws setup`: the queues of the steps this program has, its topics, the subscriptions that are asked for, and the
//! state machines of its sagas.

use std::process::ExitCode;

use clap::Args;
use usher_messaging::aws::{
    self,
    setup::{Blueprint, Found, Item, Mode},
};
use usher_orchestrator::stepfunctions::deploy::{self, Change, Deployed, Deployment};
use usher_workflows::{definitions::SAGAS, step::STEPS};

use super::{Choice, Row, listed};
use crate::{
    commands::workflow::deploy::{ours, to_aws},
    settings::cloud::Cloud,
};

#[derive(Debug, Args)]
pub struct Setup {
    #[command(flatten)]
    choice: Choice,
    /// A consumer of events and what it hears, such as 'notification=booking.*,ticket_issued'. It gets the queue
    /// usher-<STAGE>-events-notification. Can be given several times; without it nobody hears anything.
    #[arg(long = "consumer", value_name = "NAME=PATTERNS", value_parser = consumer)]
    consumers: Vec<(String, Vec<String>)>,
    /// The role of the state machines: Step Functions may assume it, and it may send to the steps' queues. Needed to create
    /// them on AWS; an emulator takes anything.
    #[arg(long, env = "USHER_AWS_STATES_ROLE", value_name = "ARN")]
    role_arn: Option<String>,
}

impl Setup {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, cloud: &Cloud) -> anyhow::Result<ExitCode> {
        let mode = self.choice.mode();
        let items = queues(cloud, self.consumers, mode).await?;
        let complete = mode == Mode::Apply || items.iter().all(|item| item.found == Found::Alike);
        let mut rows: Vec<Row> = items.iter().map(|item| Row::of(item, &became(item, mode))).collect();
        rows.extend(machines(cloud, self.role_arn, mode, complete).await?);
        println!("{}", listed(rows));
        Ok(ExitCode::SUCCESS)
    }
}

/// Everything that the program itself needs, for an emulator that was started a moment ago.
pub async fn everything(cloud: &Cloud) -> anyhow::Result<()> {
    queues(cloud, Vec::new(), Mode::Apply).await?;
    machines(cloud, None, Mode::Apply, true).await?;
    Ok(())
}

async fn queues(cloud: &Cloud, consumers: Vec<(String, Vec<String>)>, mode: Mode) -> anyhow::Result<Vec<Item>> {
    let blueprint = Blueprint { queues: STEPS.iter().map(|step| step.name.to_owned()).collect(), consumers };
    Ok(aws::Setup::new(&cloud.config().await, cloud.stage()?).run(&blueprint, mode).await?)
}

/// The state machines. Without the queues that they send to, nothing can be said but whether they are there.
async fn machines(cloud: &Cloud, role: Option<String>, mode: Mode, complete: bool) -> anyhow::Result<Vec<Row>> {
    let config = cloud.config().await;
    if !complete {
        let sagas: Vec<&str> = SAGAS.iter().map(|saga| saga.name).collect();
        let present = deploy::present(&config, &cloud.stage, &sagas).await?;
        let verdict = |name: &String| if present.contains(name) { "would be changed" } else { "would be made" };
        let names = sagas.iter().map(|saga| deploy::machine_name(&cloud.stage, saga));
        return Ok(names.map(|name| Row::machine(&name, verdict(&name))).collect());
    }
    let role = role.or_else(|| cloud.states_role());
    let deployment = Deployment { stage: cloud.stage.clone(), role, dry_run: mode == Mode::Look };
    let deployed = to_aws(&config, &deployment, &ours()).await?;
    Ok(deployed.iter().map(|deployed| Row::machine(&deployed.machine, changed(deployed, mode))).collect())
}

const fn changed(deployed: &Deployed, mode: Mode) -> &'static str {
    match (deployed.change, mode) {
        (Change::Unchanged, _) => "is there",
        (Change::Created, Mode::Look) => "would be made",
        (Change::Created, Mode::Apply) => "made",
        (Change::Updated | Change::Published, Mode::Look) => "would be changed",
        (Change::Updated | Change::Published, Mode::Apply) => "changed",
    }
}

fn became(item: &Item, mode: Mode) -> String {
    match (&item.found, mode) {
        (Found::Alike, _) => "is there".to_owned(),
        (Found::Missing, Mode::Look) => "would be made".to_owned(),
        (Found::Missing, Mode::Apply) => "made".to_owned(),
        (Found::Different(what), Mode::Look) => format!("would be changed: {what}"),
        (Found::Different(what), Mode::Apply) => format!("changed: {what}"),
        (Found::Unwanted, Mode::Look) => "would be removed".to_owned(),
        (Found::Unwanted, Mode::Apply) => "removed".to_owned(),
    }
}

fn consumer(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, patterns) = text.split_once('=').ok_or("a name, `=`, and patterns with commas between them")?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err("the name of a consumer has lower-case letters, digits and hyphens".to_owned());
    }
    let patterns: Vec<String> =
        patterns.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).map(str::to_owned).collect();
    Ok((name.to_owned(), patterns))
}

#[cfg(test)]
mod tests {
    use super::consumer;

    #[test]
    fn a_consumer_is_a_name_and_its_patterns() {
        let parsed = consumer("notification=booking.*, ticket_issued").unwrap();
        assert_eq!(parsed, ("notification".to_owned(), vec!["booking.*".to_owned(), "ticket_issued".to_owned()]));
        assert_eq!(consumer("nobody=").unwrap().1, Vec::<String>::new());
        for wrong in ["notification", "=booking.*", "No Tification=#"] {
            assert!(consumer(wrong).is_err(), "{wrong}");
        }
    }
}
