//! The lint for sagas, on a small one: it reserves, charges, issues and says so, and goes back the same way.

use serde_json::{Value, json};
use usher_asl::{
    Code, Problem, SEND_AND_WAIT, Target,
    lint::{Linted, Role, Rules, Step, lint},
};

const STEPS: [Step<'static>; 7] = [
    Step { name: "reserve", role: Role::Compensatable { undo: "release" } },
    Step { name: "charge", role: Role::Pivot { undo: "refund" } },
    Step { name: "issue", role: Role::Compensatable { undo: "revoke" } },
    Step { name: "tell", role: Role::Retriable },
    Step { name: "revoke", role: Role::Retriable },
    Step { name: "refund", role: Role::Retriable },
    Step { name: "release", role: Role::Retriable },
];

fn task(step: &str, next: &str, caught: Option<&str>) -> Value {
    let body = json!({ "step": step, "task_token.$": "$$.Task.Token", "input.$": "$" });
    let mut state = json!({ "Type": "Task", "Resource": SEND_AND_WAIT, "Next": next,
        "Parameters": { "QueueUrl": "q", "MessageBody": body }, "TimeoutSeconds": 20, "HeartbeatSeconds": 10,
        "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 2 }] });
    if let Some(caught) = caught {
        state["Catch"] = json!([{ "ErrorEquals": ["States.ALL"], "Next": caught }]);
    }
    state
}

fn saga() -> Value {
    json!({ "StartAt": "Reserve", "TimeoutSeconds": 3600, "States": {
        "Reserve": task("reserve", "Charge", Some("Release")),
        "Charge": task("charge", "Issue", Some("Refund")),
        "Issue": task("issue", "Tell", Some("Revoke")),
        "Tell": task("tell", "Done", Some("Done")),
        "Done": { "Type": "Succeed" },
        "Revoke": task("revoke", "Refund", None),
        "Refund": task("refund", "Release", None),
        "Release": task("release", "Rejected", None),
        "Rejected": { "Type": "Pass", "End": true } } })
}

fn linted(definition: &Value) -> Linted {
    lint(
        &definition.to_string(),
        Target::Embedded,
        &Rules { steps: &STEPS, hold_seconds: 300, longest_seconds: 86_400 },
    )
}

fn problems(definition: &Value) -> Vec<Problem> {
    linted(definition).checked.problems
}

/// Checks that there is exactly one problem, of this sort and at this place, and gives what it says.
fn only(definition: &Value, code: Code, path: &str) -> String {
    let found = problems(definition);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].code, found[0].path.as_str()), (code, path), "{found:?}");
    found[0].message.clone()
}

#[test]
fn a_sound_saga_has_a_budget_and_no_problems() {
    let linted = linted(&saga());
    assert_eq!(linted.checked.problems, []);
    assert_eq!(linted.budget.unwrap().to_string(), "87 + 87 = 174 s < 300 s");
}

#[test]
fn what_is_no_saga_is_left_alone() {
    let waiting = json!({ "StartAt": "S", "States": { "S": { "Type": "Task", "Resource": SEND_AND_WAIT, "End": true,
        "Parameters": { "QueueUrl": "q", "MessageBody": { "password": "$.p" } } } } });
    let linted = linted(&waiting);
    assert!(linted.checked.is_valid(), "{:?}", linted.checked.problems);
    assert_eq!(linted.checked.problems.iter().filter(|problem| problem.code == Code::SagaTaskUnbounded).count(), 2);
}

#[test]
fn a_waiting_task_has_a_time_out_and_a_heartbeat() {
    let mut definition = saga();
    definition["States"]["Tell"].as_object_mut().unwrap().remove("HeartbeatSeconds");
    only(&definition, Code::SagaTaskUnbounded, "/States/Tell/HeartbeatSeconds");
}

#[test]
fn a_saga_has_an_end_that_is_far_enough_and_not_too_far() {
    let mut definition = saga();
    definition["TimeoutSeconds"] = json!(86_401);
    assert_eq!(only(&definition, Code::SagaUnbounded, "/TimeoutSeconds"), "A saga must not take 86401 s");
    definition["TimeoutSeconds"] = json!(500);
    let said = only(&definition, Code::SagaUnbounded, "/TimeoutSeconds");
    assert!(said.ends_with("87 + 87 + 87 + 87 + 87 + 87 = 522 s >= 500 s"), "{said}");
    definition.as_object_mut().unwrap().remove("TimeoutSeconds");
    assert_eq!(only(&definition, Code::SagaUnbounded, "/TimeoutSeconds"), "A saga needs 'TimeoutSeconds'");
}

#[test]
fn a_saga_may_look_again_and_again_as_long_as_it_waits_in_between_and_takes_no_money() {
    let round = |wait: Value, seconds: u64| {
        let mut definition = saga();
        let mut tell = definition["States"]["Tell"].clone();
        tell.as_object_mut().unwrap().remove("End");
        tell["Next"] = json!("Done");
        definition["StartAt"] = json!("Tell");
        definition["TimeoutSeconds"] = json!(seconds);
        definition["States"] = json!({
            "Tell": tell,
            "Done": { "Type": "Choice", "Choices": [{ "Variable": "$.done", "BooleanEquals": true, "Next": "End" }], "Default": "Later" },
            "Later": wait,
            "End": { "Type": "Succeed" },
        });
        if definition["States"]["Tell"]["Catch"].is_array() {
            definition["States"]["Tell"].as_object_mut().unwrap().remove("Catch");
        }
        definition
    };
    let waits = json!({ "Type": "Wait", "SecondsPath": "$.seconds", "Next": "Tell" });
    assert_eq!(problems(&round(waits.clone(), 30 * 86_400)), []);
    let said = only(&round(waits, 30 * 86_400 + 1), Code::SagaUnbounded, "/TimeoutSeconds");
    assert_eq!(said, "A saga must not take 2592001 s");
    let spins = round(json!({ "Type": "Pass", "Next": "Tell" }), 86_400);
    assert!(problems(&spins).iter().any(|problem| problem.code == Code::SagaUnbounded));
}

#[test]
fn a_way_back_that_misses_an_undo_is_shown() {
    let mut definition = saga();
    definition["States"]["Charge"]["Catch"][0]["Next"] = json!("Release");
    let said = only(&definition, Code::SagaNotUndone, "/States/Charge");
    assert_eq!(said, "What 'charge' did is not undone on the way Charge -> Release -> Rejected");

    let mut definition = saga();
    definition["States"]["Refund"]["Next"] = json!("Rejected");
    let found: Vec<_> = problems(&definition).into_iter().map(|problem| (problem.code, problem.message)).collect();
    let said = "What 'reserve' did is not undone on the way Reserve -> Charge -> Refund -> Rejected";
    assert!(found.contains(&(Code::SagaNotUndone, said.to_owned())), "{found:?}");

    let mut definition = saga();
    definition["States"]["Release"]["Catch"] = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Rejected" }]);
    let found = problems(&definition);
    assert!(found.iter().any(|problem| problem.path == "/States/Reserve"), "a failed undo undoes nothing: {found:?}");
}

#[test]
fn a_choice_that_turns_the_saga_round_has_to_undo_as_well() {
    let mut definition = saga();
    definition["States"]["Charge"]["Next"] = json!("Enough");
    definition["States"]["Enough"] = json!({ "Type": "Choice", "Default": "Issue", "Choices": [
        { "Variable": "$.declined", "IsPresent": true, "Next": "Rejected" }] });
    let found = problems(&definition);
    let paths: Vec<_> = found.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["/States/Reserve", "/States/Charge"], "{found:?}");
    definition["States"]["Enough"]["Choices"][0]["Next"] = json!("Refund");
    assert_eq!(problems(&definition), []);
}

#[test]
fn the_charge_is_decided_while_the_seats_are_held() {
    let mut definition = saga();
    definition["States"]["Reserve"]["TimeoutSeconds"] = json!(52);
    let said = only(&definition, Code::SagaTimeBudget, "/States/Charge");
    assert_eq!(said, "The charge may come when the seats are gone: 215 + 87 = 302 s >= 300 s");
    definition["States"]["Reserve"]["Retry"][0]["MaxDelaySeconds"] = json!(2);
    assert_eq!(
        only(&definition, Code::SagaTimeBudget, "/States/Charge").split(": ").nth(1),
        Some("213 + 87 = 300 s >= 300 s")
    );
}

#[test]
fn the_longest_way_counts_and_what_nobody_can_bound_is_said() {
    let mut definition = saga();
    definition["StartAt"] = json!("Which");
    definition["States"]["Which"] = json!({ "Type": "Choice", "Default": "Reserve", "Choices": [
        { "Variable": "$.later", "IsPresent": true, "Next": "Pause" }] });
    definition["States"]["Pause"] = json!({ "Type": "Wait", "Seconds": 10, "Next": "Reserve" });
    assert_eq!(linted(&definition).budget.unwrap().to_string(), "10 + 87 + 87 = 184 s < 300 s");

    definition["States"]["Pause"] = json!({ "Type": "Wait", "SecondsPath": "$.s", "Next": "Reserve" });
    let found = problems(&definition);
    let codes: Vec<_> = found.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::SagaUnbounded, Code::SagaTimeBudget], "{found:?}");
    assert!(found[0].message.ends_with("because of the state 'Pause'"), "{}", found[0].message);

    definition["States"]["Pause"] = json!({ "Type": "Pass", "Next": "Which" });
    assert!(problems(&definition)[0].help.as_deref().unwrap().contains("comes back"));
}

#[test]
fn messages_carry_neither_secrets_nor_persons() {
    for (name, what) in [("card_number", "a secret"), ("api-key", "a secret"), ("customerEmail", "personal data")] {
        let mut definition = saga();
        definition["States"]["Tell"]["Parameters"]["MessageBody"][name] = json!("x");
        let path = format!("/States/Tell/Parameters/MessageBody/{name}");
        let said = only(&definition, Code::SagaPayload, &path);
        assert_eq!(said, format!("'{name}' looks like {what}, which must not travel in a saga"));
    }
    let mut definition = saga();
    definition["States"]["Tell"]["Parameters"]["MessageBody"]["text"] = json!("x".repeat(70_000));
    only(&definition, Code::SagaPayload, "/States/Tell/Parameters/MessageBody");
}

#[test]
fn a_task_asks_for_a_step_that_exists() {
    let mut definition = saga();
    definition["States"]["Tell"]["Parameters"]["MessageBody"]["step"] = json!("tel");
    let path = "/States/Tell/Parameters/MessageBody/step";
    assert_eq!(only(&definition, Code::SagaUnknownStep, path), "There is no step 'tel'");
    assert_eq!(problems(&definition)[0].help.as_deref(), Some("did you mean 'tell'?"));
}
