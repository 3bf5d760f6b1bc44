//! `usher workflow cost`: what one execution asks of AWS on each way through a definition, and what a million cost.
//!
//! Counted is what AWS counts. A state transition is every state that is entered, every retry of it, and the start; AWS's
//! page leaves open whether the start is one, so it is. A task is a SendMessage by Step Functions, a ReceiveMessage and a
//! DeleteMessage by the worker: the last two are shared by up to ten messages when there is much to do (`--batch`). An
//! event is a request to SNS; what SNS delivers to SQS is free.

mod paths;
mod prices;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use comfy_table::Table;
use serde::Serialize;
use serde_json::json;
use usher_asl::{State, StateMachine, model::Kind};
use usher_workflows::step::STEPS;

use self::{
    paths::{Way, ways},
    prices::{Price, Prices, Unit, dollars},
};
use super::{Output, file};
use crate::commands::table::{numbers, table};

/// How many executions a price is told for.
const BOOKINGS: u64 = 1_000_000;

/// Long polls of one process in a month, each of 20 s, on one queue: 30 days.
const POLLS: u64 = 30 * 24 * 60 * 3;

#[derive(Debug, Args)]
pub struct Cost {
    /// Definitions; `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the prices are to hold.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// How many messages share a receive and a delete: 1 when little is going on, 10 at most.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10))]
    batch: u64,
    /// How to print.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Output,
}

/// What one way asks of AWS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Asked {
    way: String,
    ends_well: bool,
    states: Vec<String>,
    state_transitions: u64,
    sqs_requests: u64,
    sns_requests: u64,
    /// More of the first two when the state that fails uses up its retries.
    retries: u64,
    usd_per_million: String,
    usd_per_million_with_retries: String,
}

/// Prices of one of each, in billionths of a dollar.
#[derive(Debug, Clone, Copy)]
struct Each {
    transition: u64,
    sqs: u64,
    sns: u64,
}

impl Cost {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let prices = Prices::read()?;
        let of = |unit| prices.of(unit, &self.region);
        let used = [of(Unit::Transition)?, of(Unit::Sqs)?, of(Unit::Sns)?];
        let [transition, sqs, sns] = [used[0].each()?, used[1].each()?, used[2].each()?];
        let each = Each { transition, sqs, sns };
        let mut files = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let machine = match file::machine(path)? {
                Ok(machine) => machine,
                Err(code) => return Ok(code),
            };
            let ways: Vec<Asked> = ways(&machine).iter().map(|way| asked(way, self.batch, &prices, each)).collect();
            files.push((path.display().to_string(), ways, queues(&machine)));
        }
        match self.output {
            Output::Json => {
                let files: Vec<_> = files.iter().map(|(file, ways, _)| json!({ "file": file, "ways": ways })).collect();
                let said = json!({ "region": self.region, "currency": prices.currency, "batch": self.batch,
                    "executions": BOOKINGS, "prices": used, "files": files });
                println!("{}", serde_json::to_string_pretty(&said)?);
            }
            Output::Text => {
                for (file, ways, queues) in &files {
                    println!("{file}, {} for {BOOKINGS} executions in {}", prices.currency, self.region);
                    println!("{}", shown(ways));
                    let idle = queues * POLLS;
                    println!(
                        "waiting: a process polls its {queues} queues {idle} times a month, {} {}\n",
                        prices.currency,
                        dollars(idle * each.sqs)
                    );
                }
                println!("{}", sources(&used));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn asked(way: &Way<'_>, batch: u64, prices: &Prices, each: Each) -> Asked {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let messages = way.states.iter().filter(|state| sends(state)).count();
    let requests = |messages: u64| messages + 2 * messages.div_ceil(batch);
    // The step that fails publishes nothing that counts: its effect did not happen.
    let done = way.states.iter().filter(|state| way.failing.is_none_or(|failing| failing.name != state.name));
    let published = done.filter_map(|state| STEPS.iter().find(|step| step.state == state.name)).map(|step| step.name);
    let events = published.chain(["start"]).filter_map(|name| prices.events.get(name)).flatten().count();
    let transitions = count(way.states.len()) + 1;
    let again =
        way.failing.map_or(0, |failing| failing.retry.iter().map(|retry| retry.max_attempts).max().unwrap_or(0));
    let sqs = requests(count(messages));
    let one = transitions * each.transition + sqs * each.sqs + count(events) * each.sns;
    let retried = again * each.transition + requests(again) * each.sqs;
    Asked {
        way: way.name.clone(),
        ends_well: way.ends_well,
        states: way.states.iter().map(|state| state.name.clone()).collect(),
        state_transitions: transitions,
        sqs_requests: sqs,
        sns_requests: count(events),
        retries: again,
        usd_per_million: dollars(one * BOOKINGS),
        usd_per_million_with_retries: dollars((one + retried) * BOOKINGS),
    }
}

/// Whether a state sends a message to a queue.
fn sends(state: &State) -> bool {
    matches!(&state.kind, Kind::Task(task) if task.integration.resource_type == "sqs")
}

fn queues(machine: &StateMachine) -> u64 {
    u64::try_from(machine.all_states().into_iter().filter(|state| sends(state)).count()).unwrap_or(u64::MAX)
}

fn shown(ways: &[Asked]) -> Table {
    let mut table =
        table(["way", "state transitions", "SQS requests", "SNS requests", "USD", "retries", "USD with them"]);
    for way in ways {
        let figures = [way.state_transitions, way.sqs_requests, way.sns_requests].map(|number| number.to_string());
        let prices = [way.usd_per_million.clone(), way.retries.to_string(), way.usd_per_million_with_retries.clone()];
        table.add_row([way.way.clone()].into_iter().chain(figures).chain(prices));
    }
    numbers(table)
}

fn sources(used: &[&Price; 3]) -> String {
    used.map(ToString::to_string).join("\n")
}
