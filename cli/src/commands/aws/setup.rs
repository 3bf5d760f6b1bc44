//! `usher aws setup`: the queues of the steps this program has, its topics, the subscriptions that are asked for, and the state
//! machines of its sagas.

use std::process::ExitCode;

use clap::Args;
use usher_messaging::aws::{
    self,
    setup::{Blueprint, Found, Item, Mode},
};
use usher_workflows::step::STEPS;

use super::{Choice, listed, machines, rows, stage};
use crate::commands::cloud::Cloud;

#[derive(Debug, Args)]
pub struct Setup {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    cloud: Cloud,
    /// A consumer of events and what it hears, such as 'notification=booking.*,ticket_issued'. It gets the queue
    /// usher-<STAGE>-events-notification. Can be given several times; without it nobody hears anything.
    #[arg(long = "consumer", value_name = "NAME=PATTERNS", value_parser = consumer)]
    consumers: Vec<(String, Vec<String>)>,
    /// The role of the state machines: Step Functions may assume it, and it may send to the steps' queues. Without it, state
    /// machines that are missing are left out.
    #[arg(long, env = "USHER_AWS_STATES_ROLE", value_name = "ARN")]
    role_arn: Option<String>,
}

impl Setup {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let (mode, stage) = (self.choice.mode(), stage(&self.cloud.stage)?);
        let blueprint = Blueprint {
            queues: STEPS.iter().map(|step| step.name.to_owned()).collect(),
            consumers: self.consumers,
        };
        let config = self.cloud.config().await;
        let items = aws::Setup::new(&config, stage).run(&blueprint, mode).await?;
        println!("{}", listed(rows(&items, |item| became(item, mode))));
        // Shown by themselves, because the queues are there even when a state machine is refused.
        println!("{}", listed(machines::setup(&config, &self.cloud.stage, self.role_arn, mode).await?));
        Ok(ExitCode::SUCCESS)
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
