//! Parallel: outputs in order, one failure ends all, and what the history says about it.

use serde_json::{Value, json};
use usher_asl::{Effect, Event, EventType, conformance::TaskRequest};

use crate::support::player::Player;

fn branch(name: &str, kind: &str) -> Value {
    let mut state = json!({ "Type": kind, "End": true });
    match kind {
        "Task" => state["Resource"] = json!("r"),
        "Wait" => state["Seconds"] = json!(60),
        "Fail" => state = json!({ "Type": "Fail", "Error": "Broken" }),
        _ => {}
    }
    json!({ "StartAt": name, "States": { name: state } })
}

fn parallel(branches: &Value, more: &Value) -> Value {
    let mut state = json!({ "Type": "Parallel", "Branches": branches, "Next": "Done" });
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "StartAt": "P", "States": { "P": state, "Done": { "Type": "Pass", "End": true } } })
}

#[test]
fn outputs_stand_in_the_order_of_the_branches_whoever_is_first() {
    let definition = parallel(
        &json!([branch("A", "Task"), branch("B", "Pass"), branch("C", "Task")]),
        &json!({ "ResultPath": "$.all" }),
    );
    let mut player = Player::start(&definition, json!({ "id": 1 }));
    let tokens: Vec<_> = std::iter::from_fn(|| player.take_task()).collect();
    assert_eq!(tokens.iter().map(|task| task.state.as_str()).collect::<Vec<_>>(), ["A", "C"]);
    assert_eq!(player.execution.current_states(), ["A", "C"]);
    for TaskRequest { token, state, .. } in tokens.into_iter().rev() {
        player.send(Event::TaskSucceeded { token, output: json!(state) }).unwrap();
    }
    assert_eq!(player.output(), json!({ "id": 1, "all": ["A", { "id": 1 }, "C"] }));

    let exited = player.history.iter().find(|event| event.kind == EventType::ParallelStateExited).unwrap();
    let succeeded = player.history.iter().find(|event| event.kind == EventType::ParallelStateSucceeded).unwrap();
    assert_eq!(exited.previous_event_id, succeeded.previous_event_id);
    assert_eq!(succeeded.id, succeeded.previous_event_id + 1);
}

#[test]
fn one_failure_cuts_the_others_off() {
    let definition = parallel(&json!([branch("A", "Task"), branch("B", "Task"), branch("C", "Wait")]), &json!({}));
    let mut player = Player::start(&definition, json!({}));
    player.fail("Broken");
    assert_eq!(player.failure().0, "Broken");
    assert_eq!(
        player.types()[player.history.len() - 6..],
        [
            "TaskFailed",
            "TaskStateAborted",
            "TaskStateAborted",
            "WaitStateAborted",
            "ParallelStateFailed",
            "ExecutionFailed"
        ]
    );
    let failed = player.history.iter().find(|event| event.kind == EventType::TaskFailed).unwrap().id;
    assert!(
        player
            .history
            .iter()
            .filter(|event| event.id > failed && event.kind != EventType::ExecutionFailed)
            .all(|event| event.previous_event_id == failed)
    );
    let cancelled = player.effects.iter().filter(|effect| matches!(effect, Effect::CancelTask { .. })).count();
    assert_eq!(cancelled, 1, "only the other task is still open");
}

#[test]
fn a_failure_inside_may_be_caught_inside_or_around() {
    let around = json!({ "Catch": [{ "ErrorEquals": ["Broken"], "ResultPath": "$.e", "Next": "Done" }] });
    let player = Player::start(&parallel(&json!([branch("A", "Fail"), branch("B", "Task")]), &around), json!({}));
    assert_eq!(player.output(), json!({ "e": { "Error": "Broken", "Cause": null } }));
    let types = player.types();
    let failed = types.iter().position(|kind| kind == "ParallelStateFailed").unwrap();
    assert_eq!(types[failed + 1], "ParallelStateExited");
    assert_eq!(player.history[failed + 1].previous_event_id, player.history[failed].id);

    let mut inside = branch("A", "Task");
    inside["States"]["A"]["Catch"] = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Saved" }]);
    inside["States"]["Saved"] = json!({ "Type": "Pass", "Result": "saved", "End": true });
    let mut player = Player::start(&parallel(&json!([inside]), &json!({})), json!({}));
    player.fail("Broken");
    assert_eq!(player.output(), json!(["saved"]));
}

#[test]
fn a_retry_starts_all_branches_again() {
    let retry = json!({ "Retry": [{ "ErrorEquals": ["Broken"], "MaxAttempts": 1 }] });
    let mut player = Player::start(&parallel(&json!([branch("A", "Task"), branch("B", "Pass")]), &retry), json!({}));
    player.fail("Broken");
    assert!(player.jump());
    player.succeed(json!("second"));
    assert_eq!(player.output(), json!(["second", {}]));
    let started = player.types().iter().filter(|kind| *kind == "ParallelStateStarted").count();
    assert_eq!((started, player.types().contains(&"ParallelStateFailed".to_owned())), (2, false));
}

#[test]
fn parallel_states_nest() {
    let inner = json!({ "StartAt": "Inner", "States": { "Inner": { "Type": "Parallel", "Branches": [branch("X", "Task")], "End": true } } });
    let mut player = Player::start(&parallel(&json!([inner, branch("Y", "Task")]), &json!({})), json!({}));
    player.succeed(json!(1));
    player.succeed(json!(2));
    assert_eq!(player.output(), json!([[1], 2]));
}
