//! Every attempt of every step, out of an execution's history and the notes of its workers.
//!
//! The history is AWS's: a task is scheduled, and then it succeeds, fails or times out. Events know their predecessor, so the
//! state of each is found by going back, also where branches run beside each other.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};
use usher_workflows::{delivery::Delivery, step::STEPS};

/// Clocks of two machines differ by less than this.
const TOLERANCE: Duration = Duration::seconds(5);

/// One attempt of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The state.
    pub state: String,
    /// Its step, where it is one of ours.
    pub step: Option<String>,
    /// Attempts of the state before this one, since it was entered or redriven.
    pub attempt: u32,
    /// When its request was sent.
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    /// When it was answered or given up.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// Between both, in milliseconds.
    pub milliseconds: Option<i64>,
    /// `open`, `succeeded`, `failed` or `timed_out`.
    pub outcome: Outcome,
    /// The error it failed with.
    pub error: Option<String>,
    /// What was said about that.
    pub cause: Option<String>,
    /// What the state was given.
    pub input: Value,
    /// What the step answered.
    pub output: Option<Value>,
    /// Which workers had the request.
    pub deliveries: Vec<Delivery>,
}

/// How an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody works on it, or will.
    Open,
    /// Answered.
    Succeeded,
    /// Answered with an error.
    Failed,
    /// Given up.
    TimedOut,
}

/// The attempts, oldest first.
pub fn of(history: &[Value], deliveries: &[Delivery]) -> Vec<Attempt> {
    let mut walk = Walk::default();
    for event in history {
        walk.take(event);
    }
    let mut attempts = walk.attempts;
    for delivery in deliveries {
        let fits = |attempt: &&mut Attempt| {
            let until = attempt.ended_at.map_or(delivery.began_at, |ended| ended + TOLERANCE);
            attempt.step.as_deref() == Some(&delivery.step)
                && attempt.attempt == delivery.attempt
                && attempt.began_at - TOLERANCE <= delivery.began_at
                && delivery.began_at <= until
        };
        // A message that was delivered late belongs to the attempt that it was sent for, though that is over.
        let fitting = attempts.iter_mut().rev().find(fits).map(|attempt| attempt.began_at);
        let late = |attempt: &Attempt| {
            attempt.step.as_deref() == Some(&delivery.step)
                && attempt.attempt == delivery.attempt
                && attempt.began_at - TOLERANCE <= delivery.began_at
        };
        let place = attempts.iter().rposition(|attempt| {
            fitting.map_or_else(|| late(attempt), |began| attempt.began_at == began && late(attempt))
        });
        if let Some(place) = place {
            attempts[place].deliveries.push(delivery.clone());
        }
    }
    attempts
}

/// The states that were entered, in order.
pub fn path(history: &[Value]) -> Vec<String> {
    let entered = |event: &&Value| event["type"].as_str().is_some_and(|kind| kind.ends_with("StateEntered"));
    history.iter().filter(entered).filter_map(|event| Some(event["details"]["name"].as_str()?.to_owned())).collect()
}

/// A state that an event belongs to.
#[derive(Debug, Clone, Default)]
struct Within {
    state: String,
    input: Value,
    /// The attempt that is under way.
    open: Option<usize>,
}

#[derive(Default)]
struct Walk {
    within: HashMap<u64, Within>,
    counts: HashMap<String, u32>,
    attempts: Vec<Attempt>,
}

impl Walk {
    fn take(&mut self, event: &Value) {
        let id = event["id"].as_u64().unwrap_or_default();
        let kind = event["type"].as_str().unwrap_or_default();
        let details = &event["details"];
        let before = event["previousEventId"].as_u64().unwrap_or_default();
        let mut within = self.within.get(&before).cloned().unwrap_or_default();
        let Some(at) = moment(event) else { return };
        let text = |name: &str| details[name].as_str().map(str::to_owned);
        if kind.ends_with("StateEntered") {
            within = Within { state: text("name").unwrap_or_default(), input: details["input"].clone(), open: None };
            self.counts.insert(within.state.clone(), 0);
        } else if kind == "ExecutionRedriven" {
            self.counts.clear();
        } else if kind.ends_with("Scheduled") {
            let count = self.counts.entry(within.state.clone()).or_default();
            let step = STEPS.iter().find(|step| step.state == within.state).map(|step| step.name.to_owned());
            within.open = Some(self.attempts.len());
            self.attempts.push(Attempt {
                state: within.state.clone(),
                step,
                attempt: *count,
                began_at: at,
                ended_at: None,
                milliseconds: None,
                outcome: Outcome::Open,
                error: None,
                cause: None,
                input: within.input.clone(),
                output: None,
                deliveries: Vec::new(),
            });
            *count += 1;
        } else {
            let outcome = match kind {
                "TaskSucceeded" | "ActivitySucceeded" | "LambdaFunctionSucceeded" => Some(Outcome::Succeeded),
                "TaskFailed" | "ActivityFailed" | "LambdaFunctionFailed" => Some(Outcome::Failed),
                "TaskTimedOut" | "ActivityTimedOut" | "LambdaFunctionTimedOut" | "TaskStateAborted" => {
                    Some(Outcome::TimedOut)
                }
                _ => None,
            };
            if let Some(outcome) = outcome
                && let Some(open) = within.open.take()
            {
                let attempt = &mut self.attempts[open];
                attempt.outcome = outcome;
                attempt.ended_at = Some(at);
                attempt.milliseconds = i64::try_from((at - attempt.began_at).whole_milliseconds()).ok();
                attempt.error = text("error");
                attempt.cause = text("cause");
                attempt.output = details.get("output").cloned();
            }
        }
        self.within.insert(id, within);
    }
}

/// When an event happened.
pub(crate) fn moment(event: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(event["timestamp"].as_str()?, &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn event(id: u64, second: u8, kind: &str, details: &Value) -> Value {
        json!({ "id": id, "previousEventId": id - 1, "timestamp": format!("2026-11-20T10:00:{second:02}Z"), "type": kind, "details": details })
    }

    fn history() -> Vec<Value> {
        let none = json!({});
        vec![
            event(1, 0, "ExecutionStarted", &json!({ "input": { "a": 1 } })),
            event(2, 0, "TaskStateEntered", &json!({ "name": "ChargePayment", "input": { "a": 1 } })),
            event(3, 0, "TaskScheduled", &none),
            event(4, 0, "TaskSubmitted", &none),
            event(5, 2, "TaskFailed", &json!({ "error": "Usher.Transient", "cause": "busy" })),
            event(6, 4, "TaskScheduled", &none),
            event(7, 24, "TaskTimedOut", &json!({ "error": "States.Timeout" })),
            event(8, 25, "ExecutionFailed", &none),
            event(9, 40, "ExecutionRedriven", &none),
            json!({ "id": 10, "previousEventId": 7, "timestamp": "2026-11-20T10:00:41Z", "type": "TaskScheduled", "details": {} }),
            event(11, 42, "TaskSucceeded", &json!({ "output": { "payment_id": "pay_1" } })),
        ]
    }

    #[test]
    fn attempts_are_numbered_anew_after_a_redrive() {
        let attempts = of(&history(), &[]);
        let seen: Vec<_> =
            attempts.iter().map(|attempt| (attempt.attempt, attempt.outcome, attempt.milliseconds)).collect();
        assert_eq!(
            seen,
            [
                (0, Outcome::Failed, Some(2000)),
                (1, Outcome::TimedOut, Some(20_000)),
                (0, Outcome::Succeeded, Some(1000))
            ]
        );
        assert_eq!(attempts[0].error.as_deref(), Some("Usher.Transient"));
        assert_eq!(attempts[2].output, Some(json!({ "payment_id": "pay_1" })));
        assert_eq!((attempts[1].step.as_deref(), &attempts[1].input), (Some("charge-payment"), &json!({ "a": 1 })));
        assert_eq!(path(&history()), ["ChargePayment"]);
    }

    #[test]
    fn a_delivery_belongs_to_the_attempt_it_was_sent_for() {
        let delivery = |attempt, second: i64, outcome: &str| Delivery {
            step: "charge-payment".to_owned(),
            attempt,
            worker: "house:1".to_owned(),
            receives: 1,
            began_at: datetime!(2026-11-20 10:00 UTC) + Duration::seconds(second),
            ended_at: datetime!(2026-11-20 10:00 UTC) + Duration::seconds(second + 1),
            outcome: outcome.to_owned(),
        };
        let deliveries = [delivery(0, 0, "Usher.Transient"), delivery(1, 33, "late"), delivery(0, 41, "done")];
        let attempts = of(&history(), &deliveries);
        let outcomes: Vec<Vec<&str>> = attempts
            .iter()
            .map(|attempt| attempt.deliveries.iter().map(|delivery| delivery.outcome.as_str()).collect())
            .collect();
        assert_eq!(outcomes, [vec!["Usher.Transient"], vec!["late"], vec!["done"]]);
    }
}
