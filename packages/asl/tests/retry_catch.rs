//! Retry and Catch: how long, how often, who takes what, and where the error goes.

use serde_json::{Value, json};
use time::Duration;
use usher_asl::Effect;

use crate::support::player::{NOON, Player};

fn task(retry: &Value, catch: &Value) -> Value {
    json!({ "StartAt": "S", "States": {
        "S": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
               "Parameters": { "attempt.$": "$$.State.RetryCount" }, "Retry": retry, "Catch": catch, "Next": "Done" },
        "Done": { "Type": "Pass", "Result": "done", "End": true },
        "Caught": { "Type": "Pass", "End": true } } })
}

fn catch_all() -> Value {
    json!([{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught" }])
}

#[test]
fn delays_grow_and_each_attempt_has_a_fresh_token() {
    let retry = json!([{ "ErrorEquals": ["Usher.Transient"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 3, "MaxDelaySeconds": 10 }]);
    let mut player = Player::start(&task(&retry, &catch_all()), json!({}));
    let mut tokens = Vec::new();
    for (attempt, delay) in [(0, 2), (1, 6), (2, 10)] {
        let Some(Effect::RunTask { token, parameters, attempt: counted, .. }) = player.effects.front().cloned() else {
            panic!("a task is wanted")
        };
        assert_eq!((parameters, counted), (json!({ "attempt": attempt }), attempt));
        assert!(!tokens.contains(&token));
        tokens.push(token);
        player.fail("Usher.Transient");
        assert_eq!(player.execution.due_at(), Some(player.now + Duration::seconds(delay)));
        assert_eq!(player.execution.open_tasks().count(), 0);
        player.wait(delay - 1);
        assert!(player.effects.is_empty());
        player.wait(1);
    }
    player.fail("Usher.Transient");
    assert_eq!(player.output(), json!({ "error": { "Error": "Usher.Transient", "Cause": "because" } }));
    let entered = player.types().iter().filter(|kind| *kind == "TaskStateEntered").count();
    assert_eq!(entered, 1, "a retry does not enter the state again");
}

#[test]
fn a_retried_task_follows_its_failure_in_the_history() {
    let mut player = Player::start(&task(&json!([{ "ErrorEquals": ["States.ALL"] }]), &catch_all()), json!({}));
    player.fail("E");
    player.jump();
    player.succeed(json!({}));
    assert_eq!(
        player.types()[1..7],
        ["TaskStateEntered", "TaskScheduled", "TaskFailed", "TaskScheduled", "TaskSucceeded", "TaskStateExited"]
    );
    assert_eq!(player.history[4].previous_event_id, player.history[3].id);
    assert_eq!(player.history[4].at, NOON + Duration::seconds(1));
}

#[test]
fn jitter_keeps_delays_within_their_bounds() {
    let retry =
        json!([{ "ErrorEquals": ["States.ALL"], "IntervalSeconds": 8, "MaxAttempts": 1, "JitterStrategy": "FULL" }]);
    let mut player = Player::start(&task(&retry, &catch_all()), json!({}));
    player.fail("E");
    let delay = player.execution.due_at().unwrap() - NOON;
    assert!(delay >= Duration::ZERO && delay <= Duration::seconds(8), "{delay}");
}

#[test]
fn retriers_count_for_themselves_and_zero_attempts_means_none() {
    let retry = json!([
        { "ErrorEquals": ["Never"], "MaxAttempts": 0 }, { "ErrorEquals": ["A"], "MaxAttempts": 1 }, { "ErrorEquals": ["States.ALL"], "MaxAttempts": 1 }
    ]);
    let mut player = Player::start(&task(&retry, &catch_all()), json!({}));
    for error in ["A", "B"] {
        player.fail(error);
        assert!(player.jump());
    }
    player.fail("Never");
    assert_eq!(player.output()["error"]["Error"], "Never");
}

#[test]
fn the_first_catcher_that_matches_gets_the_error() {
    let catchers = json!([
        { "ErrorEquals": ["Other"], "Next": "Done" },
        { "ErrorEquals": ["PaymentDeclined", "SeatUnavailable"], "ResultPath": "$.why", "Next": "Caught" },
        { "ErrorEquals": ["States.ALL"], "Next": "Done" }
    ]);
    let mut player = Player::start(&task(&json!([]), &catchers), json!({ "id": 1 }));
    player.fail("SeatUnavailable");
    assert_eq!(player.output(), json!({ "id": 1, "why": { "Error": "SeatUnavailable", "Cause": "because" } }));
    let exited = player.history.iter().find(|event| event.kind.to_string() == "TaskStateExited").unwrap();
    assert_eq!(exited.details.value()["output"], player.output());
}

#[test]
fn without_result_path_the_error_replaces_the_input_and_with_null_it_is_dropped() {
    let catcher = |path: Value| {
        let mut catcher = json!({ "ErrorEquals": ["States.ALL"], "Next": "Caught" });
        if path != json!("absent") {
            catcher["ResultPath"] = path;
        }
        let mut player = Player::start(&task(&json!([]), &json!([catcher])), json!({ "id": 1 }));
        player.fail("E");
        player.output()
    };
    assert_eq!(catcher(json!("absent")), json!({ "Error": "E", "Cause": "because" }));
    assert_eq!(catcher(json!("$")), json!({ "Error": "E", "Cause": "because" }));
    assert_eq!(catcher(json!(null)), json!({ "id": 1 }));
}

#[test]
fn an_error_that_nothing_takes_ends_the_execution_in_its_state() {
    let catchers = json!([{ "ErrorEquals": ["Other"], "Next": "Caught" }]);
    let mut player = Player::start(&task(&json!([]), &catchers), json!({}));
    player.fail("E");
    assert_eq!(player.failure(), ("E".into(), "because".into()));
    assert_eq!(player.execution.current_states(), ["S"]);
    assert_eq!(player.history.last().unwrap().previous_event_id, player.history.len() as u64 - 1);
}
