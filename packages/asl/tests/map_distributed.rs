//! Distributed Map states: their iterations are executions of their own, of which the history shows only the map run.

use serde_json::{Value, json};
use usher_asl::{Effect, Event};

use crate::support::player::{Player, single};

#[expect(clippy::needless_pass_by_value, reason = "values are written where it is called")]
fn map(state: Value, more: Value) -> Value {
    let mut definition = single(json!({ "Type": "Map", "ItemProcessor": {
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
        "StartAt": "I", "States": { "I": state } } }));
    for (name, value) in more.as_object().unwrap() {
        definition["States"]["S"][name] = value.clone();
    }
    definition
}

fn task() -> Value {
    json!({ "Type": "Task", "Resource": "r", "TimeoutSeconds": 60, "End": true })
}

#[test]
fn the_history_shows_the_run_and_not_the_iterations() {
    let mut player = Player::start(&map(task(), json!({ "Label": "Seats" })), json!(["A1", "A2"]));
    assert_eq!(player.execution.open_tasks().count(), 2);
    player.succeed(json!(1));
    player.succeed(json!(2));
    assert_eq!(player.output(), json!([1, 2]));
    let types = [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ];
    assert_eq!(player.types(), types);
    let arn = player.history[3].details["mapRunArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:states:eu-central-1:111111111111:mapRun:booking/Seats:"), "{arn}");
}

#[test]
fn more_failures_than_tolerated_fail_the_run() {
    let more = json!({ "ToleratedFailurePercentage": 40 });
    let mut player = Player::start(&map(task(), more), json!([1, 2, 3]));
    player.succeed(json!(1));
    player.fail("E");
    player.fail("E");
    let told = "The specified tolerated failure threshold was exceeded".to_owned();
    assert_eq!(player.failure(), ("States.ExceedToleratedFailureThreshold".to_owned(), told));
    assert_eq!(player.types()[3..], ["MapRunStarted", "MapRunFailed", "MapStateFailed", "ExecutionFailed"]);
}

#[test]
fn a_task_inside_that_runs_out_of_time_is_cancelled_and_leaves_no_event() {
    let mut player = Player::start(&map(task(), json!({ "ToleratedFailureCount": 1 })), json!([1]));
    player.wait(60);
    assert!(matches!(player.effects.back(), Some(Effect::CancelTask { .. })));
    assert_eq!(player.output(), json!([{ "Error": "States.Timeout", "Cause": "" }]));
    assert!(!player.types().contains(&"TaskTimedOut".to_owned()));
}

#[test]
fn an_iteration_counts_its_own_events_and_does_not_see_outer_variables() {
    let inner = json!({ "Type": "Pass", "InputPath": "$seat", "End": true });
    let definition = json!({ "StartAt": "V", "States": {
        "V": { "Type": "Pass", "Assign": { "seat": "A1" }, "Next": "M" },
        "M": { "Type": "Map", "ItemsPath": "$.items", "ToleratedFailureCount": 1, "End": true, "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED" }, "StartAt": "I", "States": { "I": inner } } } } });
    let player = Player::start(&definition, json!({ "items": [1] }));
    let failed = &player.output()[0];
    assert_eq!(failed["Error"], "States.Runtime");
    assert!(failed["Cause"].as_str().unwrap().contains("'I' (entered at the event id #2)"), "{failed}");
}

#[test]
fn a_redrive_goes_on_with_what_is_not_done() {
    let mut player = Player::start(&map(task(), json!({})), json!([1, 2]));
    player.succeed(json!("one"));
    player.fail("E");
    player.effects.clear();
    player.send(Event::Redrive).unwrap();
    player.succeed(json!("two"));
    assert_eq!(player.output(), json!(["one", "two"]));
}
