//! The steps and the definitions agree: every task state has a worker, every worker a state, every compensatable step an
//! undo on every way after it, every error name a meaning, and the time before the charge fits into the hold.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "tests may"
)]

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;
use usher_workers::steps;
use usher_workflows::{
    definitions::{BOOKING, SAGAS},
    error::Reason,
    step::{STEPS, Step, StepKind},
};

/// The life of a new hold, `usher_seating::Terms::default`, in seconds.
const HOLD: f64 = 300.0;

fn states(definition: &str) -> Vec<(String, Value)> {
    let document: Value = serde_json::from_str(definition).unwrap();
    document["States"].as_object().unwrap().iter().map(|(name, state)| (name.clone(), state.clone())).collect()
}

fn tasks(definition: &str) -> Vec<(String, Value)> {
    states(definition).into_iter().filter(|(_, state)| state["Type"] == "Task").collect()
}

fn step_of(state: &str) -> Step {
    STEPS.into_iter().find(|step| step.state == state).unwrap_or_else(|| panic!("no step has the state {state}"))
}

#[test]
fn every_step_has_a_worker_and_every_worker_a_step() {
    let listed: BTreeSet<&str> = STEPS.iter().map(|step| step.name).collect();
    let registered: BTreeSet<&str> = steps::all().iter().map(|step| step.name).collect();
    assert_eq!(listed, registered);
}

#[test]
fn every_step_is_used_and_every_task_asks_for_its_own_step() {
    let mut used = BTreeSet::new();
    for saga in SAGAS {
        for (name, state) in tasks(saga.definition) {
            let step = step_of(&name);
            used.insert(step.name);
            let message = &state["Parameters"]["MessageBody"];
            assert_eq!(message["step"], step.name, "{name}");
            assert_eq!(message["saga"], saga.name, "{name}");
            assert_eq!(state["Parameters"]["QueueUrl"], format!("${{{}QueueUrl}}", step.state));
        }
    }
    assert_eq!(used, STEPS.iter().map(|step| step.name).collect());
}

#[test]
fn every_waiting_state_has_a_time_out_and_a_heartbeat_and_every_saga_an_end() {
    for saga in SAGAS {
        let document: Value = serde_json::from_str(saga.definition).unwrap();
        assert!(document["TimeoutSeconds"].is_u64(), "{}", saga.name);
        for (name, state) in tasks(saga.definition) {
            let (timeout, heartbeat) = (state["TimeoutSeconds"].as_u64(), state["HeartbeatSeconds"].as_u64());
            assert!(heartbeat.unwrap() < timeout.unwrap(), "{name}");
            assert!(heartbeat.unwrap() >= 10, "{name}: workers show themselves every 3 s");
        }
    }
}

#[test]
fn every_compensatable_step_is_undone_on_every_way_back_from_it() {
    let all: Vec<(String, Value)> = states(BOOKING.definition);
    let state = |name: &str| all.iter().find(|(other, _)| other == name).map(|(_, state)| state.clone()).unwrap();
    let forward = ["ReserveSeats", "ChargePayment", "IssueTickets"];
    for (index, name) in forward.iter().enumerate() {
        let caught = state(name)["Catch"][0].clone();
        // After the charge only the business turns a saga round; what is broken waits for a person.
        let everything = caught["ErrorEquals"] == serde_json::json!(["States.ALL"]);
        assert_eq!(everything, *name != "IssueTickets", "{name}");
        let mut way_back = HashSet::new();
        let mut next = caught["Next"].as_str().unwrap().to_owned();
        while way_back.insert(next.clone()) {
            match state(&next)["Next"].as_str() {
                Some(following) => next = following.to_owned(),
                None => break,
            }
        }
        for done in &forward[..=index] {
            let (StepKind::Compensatable { undo } | StepKind::Pivot { undo }) = step_of(done).kind else {
                panic!("{done} has no undo")
            };
            let undo = STEPS.into_iter().find(|step| step.name == undo).unwrap();
            assert!(way_back.contains(undo.state), "a failure of {name} does not undo {done}");
        }
    }
}

#[test]
fn every_error_name_has_a_meaning() {
    let mut known: HashSet<String> =
        ["Usher.Transient", "PaymentOutcomeUnknown", "States.Timeout", "States.HeartbeatTimeout", "States.ALL"]
            .map(str::to_owned)
            .into();
    known.extend(
        [
            Reason::SeatUnavailable,
            Reason::HoldExpired,
            Reason::PaymentDeclined,
            Reason::BookingCancelled,
            Reason::InvalidRequest,
        ]
        .map(|reason| reason.to_string()),
    );
    for saga in SAGAS {
        for (name, state) in tasks(saga.definition) {
            let retried: Vec<&Value> = state["Retry"].as_array().unwrap().iter().collect();
            assert!(retried.iter().any(|retry| retry["ErrorEquals"].to_string().contains("Usher.Transient")), "{name}");
            for handler in retried.into_iter().chain(state["Catch"].as_array().into_iter().flatten()) {
                for error in handler["ErrorEquals"].as_array().unwrap() {
                    assert!(known.contains(error.as_str().unwrap()), "{name} names {error}");
                }
            }
        }
    }
}

/// The longest that a state can take: every attempt runs into its time-out, and every wait is as long as it can be.
fn worst_case(state: &Value) -> f64 {
    let retry = &state["Retry"][0];
    let number = |value: &Value| value.as_f64().unwrap();
    let (attempts, cap) = (retry["MaxAttempts"].as_i64().unwrap(), number(&retry["MaxDelaySeconds"]));
    let waits = (0..attempts).map(|attempt| {
        let delay = number(&retry["IntervalSeconds"]) * number(&retry["BackoffRate"]).powi(attempt.try_into().unwrap());
        delay.min(cap)
    });
    number(&state["TimeoutSeconds"]) * (attempts + 1) as f64 + waits.sum::<f64>()
}

#[test]
fn the_worst_case_until_the_charge_fits_into_the_hold() {
    let all = tasks(BOOKING.definition);
    let of = |name: &str| worst_case(&all.iter().find(|(other, _)| other == name).unwrap().1);
    let (reserve, charge) = (of("ReserveSeats"), of("ChargePayment"));
    assert!(
        (reserve - 112.0).abs() < 0.5 && (charge - 174.0).abs() < 0.5,
        "the comments say 112 and 174: {reserve}, {charge}"
    );
    assert!(reserve + charge < HOLD, "{reserve} + {charge}");
}
