//! Answers for tasks that nobody runs: by state name a list, one entry for each attempt.
//!
//! ```json
//! {
//!   "ChargePayment": [
//!     { "throw": { "error": "Usher.Transient", "cause": "busy" } },
//!     { "return": { "payment_id": "pay_1" } }
//!   ],
//!   "NotifyCustomer": [{ "silent": true }]
//! }
//! ```
//!
//! The last entry of a list answers every attempt after it. A `silent` task never answers, so that its time-out decides.
//! `submitted` is what the service said when it took the request of a task that it does not finish at once.

use std::collections::HashMap;

use anyhow::Context as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use usher_asl::{Event, State, StateMachine, conformance::TaskRequest, model::Kind};

/// Stands for the token of a waiting task in what its mock returns.
const TASK_TOKEN: &str = "${TaskToken}";

/// All answers, and how many of them were given.
#[derive(Debug, Default)]
pub struct Mocks {
    answers: HashMap<String, Vec<Answer>>,
    given: HashMap<String, usize>,
    hands_tokens: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    #[serde(default)]
    submitted: Option<Value>,
    #[serde(default, rename = "return", deserialize_with = "present")]
    returned: Option<Value>,
    #[serde(default)]
    throw: Option<Throw>,
    #[serde(default)]
    silent: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Throw {
    #[serde(default, alias = "Error")]
    error: Option<String>,
    #[serde(default, alias = "Cause")]
    cause: Option<String>,
}

impl Mocks {
    /// Reads a mock file for a machine. With `hands_tokens`, waiting tasks may return their token.
    pub fn read(text: &str, machine: &StateMachine, hands_tokens: bool) -> anyhow::Result<Self> {
        let answers: HashMap<String, Vec<Answer>> = serde_json::from_str(text).context("this is not a mock file")?;
        let states = machine.all_states();
        for (state, list) in &answers {
            let is_task = |other: &&State| other.name == *state && matches!(other.kind, Kind::Task(_));
            anyhow::ensure!(states.iter().any(is_task), "there is no Task state `{state}`");
            anyhow::ensure!(!list.is_empty(), "the list of answers for `{state}` is empty");
            for answer in list {
                let said = [answer.returned.is_some(), answer.throw.is_some(), answer.silent];
                let one = said.iter().filter(|said| **said).count() == 1;
                anyhow::ensure!(one, "an answer for `{state}` needs exactly one of return, throw and silent");
            }
        }
        Ok(Self { answers, given: HashMap::new(), hands_tokens })
    }

    /// What happens to an attempt, in order.
    pub fn answer(&mut self, task: &TaskRequest) -> anyhow::Result<Vec<Event>> {
        let list = self.answers.get(&task.state).with_context(|| {
            format!("the task `{}` needs an answer: give a file with --mock that has a list for it", task.state)
        })?;
        let given = self.given.entry(task.state.clone()).or_default();
        let Some(answer) = list.get(*given).or(list.last()) else { return Ok(Vec::new()) };
        *given += 1;
        let token = || task.token.clone();
        let mut events = vec![Event::TaskStarted { token: token() }];
        if waits(&task.resource) {
            let output = answer.submitted.clone().unwrap_or_else(|| json!({}));
            events.push(Event::TaskSubmitted { token: token(), output });
        }
        if let Some(returned) = &answer.returned {
            let mut output = returned.clone();
            if self.hands_tokens && task.resource.ends_with(".waitForTaskToken") {
                hand(&mut output, &task.token);
            }
            events.push(Event::TaskSucceeded { token: token(), output });
        }
        if let Some(Throw { error, cause }) = answer.throw.clone() {
            events.push(Event::TaskFailed { token: token(), error, cause });
        }
        Ok(events)
    }
}

/// Whether a service takes the request first and finishes later.
fn waits(resource: &str) -> bool {
    [".sync", ".sync:2", ".waitForTaskToken"].iter().any(|pattern| resource.ends_with(pattern))
}

fn hand(value: &mut Value, token: &str) {
    match value {
        Value::String(text) => *text = text.replace(TASK_TOKEN, token),
        Value::Array(elements) => elements.iter_mut().for_each(|element| hand(element, token)),
        Value::Object(members) => members.values_mut().for_each(|member| hand(member, token)),
        _ => {}
    }
}

/// Tells `"return": null` from no return.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
