//! Map: items, selectors, limits, tolerance, and what the history says about iterations.

use serde_json::{Value, json};
use usher_asl::{Event, EventType, conformance::TaskRequest};

use crate::support::player::Player;

fn map(state: &Value, more: &Value) -> Value {
    let mut map =
        json!({ "Type": "Map", "ItemProcessor": { "StartAt": "Each", "States": { "Each": state } }, "End": true });
    map.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "StartAt": "M", "States": { "M": map } })
}

fn task() -> Value {
    json!({ "Type": "Task", "Resource": "r", "End": true })
}

fn pass() -> Value {
    json!({ "Type": "Pass", "End": true })
}

#[test]
fn each_item_is_processed_and_outputs_keep_the_order_of_the_items() {
    let more = json!({ "ItemsPath": "$.seats", "ResultPath": "$.done" });
    let mut player = Player::start(&map(&task(), &more), json!({ "seats": ["A1", "A2", "A3"] }));
    let tasks: Vec<_> = std::iter::from_fn(|| player.take_task()).collect();
    assert_eq!(tasks.len(), 3);
    for TaskRequest { token, parameters: seat, .. } in tasks.into_iter().rev() {
        player.send(Event::TaskSucceeded { token, output: json!({ "seat": seat }) }).unwrap();
    }
    let done = json!([{ "seat": "A1" }, { "seat": "A2" }, { "seat": "A3" }]);
    assert_eq!(player.output(), json!({ "seats": ["A1", "A2", "A3"], "done": done }));
}

#[test]
fn the_selector_sees_the_item_and_the_whole_and_so_do_the_states_inside() {
    let selector = json!({ "ItemSelector": { "n.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "k.$": "$.k" }, "ItemsPath": "$.i" });
    let player = Player::start(&map(&pass(), &selector), json!({ "i": [5], "k": "x" }));
    assert_eq!(player.output(), json!([{ "n": 0, "v": 5, "k": "x" }]));
    let inside = json!({ "Type": "Pass", "Parameters": { "v.$": "$$.Map.Item.Value" }, "End": true });
    assert_eq!(Player::start(&map(&inside, &json!({})), json!([7])).output(), json!([{ "v": 7 }]));
}

#[test]
fn no_more_run_at_once_than_allowed_and_the_next_follows_the_one_before() {
    let mut player = Player::start(&map(&task(), &json!({ "MaxConcurrency": 2 })), json!([0, 1, 2, 3]));
    assert_eq!(player.execution.open_tasks().count(), 2);
    player.succeed(json!("first"));
    assert_eq!(player.execution.open_tasks().count(), 2);
    let exited = player.history.iter().find(|event| event.kind == EventType::TaskStateExited).unwrap().id;
    let started = player.history.iter().rfind(|event| event.kind == EventType::MapIterationStarted).unwrap();
    assert_eq!((started.details["index"].clone(), started.previous_event_id), (json!(2), exited));
    for _ in 0..3 {
        player.succeed(json!("later"));
    }
    assert_eq!(player.output(), json!(["first", "later", "later", "later"]));
}

#[test]
fn forty_run_at_once_when_nothing_is_said() {
    let items: Vec<u32> = (0..100).collect();
    let player = Player::start(&map(&task(), &json!({})), json!(items));
    assert_eq!(player.execution.open_tasks().count(), 40);
}

#[test]
fn nothing_to_do_is_done_at_once() {
    let player = Player::start(&map(&task(), &json!({})), json!([]));
    assert_eq!(player.output(), json!([]));
    assert_eq!(
        player.types(),
        [
            "ExecutionStarted",
            "MapStateEntered",
            "MapStateStarted",
            "MapStateSucceeded",
            "MapStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[test]
fn one_failure_ends_the_map() {
    let mut player = Player::start(&map(&task(), &json!({})), json!([0, 1]));
    player.fail("Broken");
    assert_eq!(player.failure().0, "Broken");
    let types = player.types();
    let told = [
        "TaskFailed",
        "MapIterationFailed",
        "TaskStateAborted",
        "TaskStateAborted",
        "MapIterationAborted",
        "MapStateFailed",
        "ExecutionFailed",
    ];
    let found: Vec<&str> = types.iter().map(String::as_str).skip_while(|kind| *kind != "TaskFailed").collect();
    assert_eq!(found, told);
}

#[test]
fn tolerated_failures_leave_their_error_in_the_output() {
    let more = json!({ "ToleratedFailureCount": 1, "MaxConcurrency": 1 });
    let mut player = Player::start(&map(&task(), &more), json!([0, 1]));
    player.fail("Broken");
    player.succeed(json!("ok"));
    assert_eq!(player.output(), json!([{ "Error": "Broken", "Cause": "because" }, "ok"]));

    let mut player = Player::start(&map(&task(), &json!({ "ToleratedFailurePercentage": 50 })), json!([0, 1]));
    player.fail("Broken");
    player.fail("Broken");
    assert_eq!(player.failure().0, "States.ExceedToleratedFailureThreshold");
}

#[test]
fn what_is_no_array_or_no_number_is_said() {
    let (error, cause) = Player::start(&map(&pass(), &json!({ "ItemsPath": "$.i" })), json!({ "i": 1 })).failure();
    assert_eq!(error, "States.Runtime");
    assert!(cause.ends_with("Reference path \"$.i\" must point to array."), "{cause}");
    let more = json!({ "ItemsPath": "$.i", "MaxConcurrencyPath": "$.m" });
    let (_, cause) = Player::start(&map(&pass(), &more), json!({ "i": [], "m": "x" })).failure();
    assert!(
        cause.ends_with("The MaxConcurrencyPath field refers to value \"x\" which is not a valid integer: $.m"),
        "{cause}"
    );
}

#[test]
fn time_outs_of_one_moment_are_told_before_what_they_lead_to() {
    let mut state = task();
    state["TimeoutSeconds"] = json!(5);
    let mut player = Player::start(&map(&state, &json!({})), json!([0, 1, 2]));
    player.wait(5);
    let types = player.types();
    let first = types.iter().position(|kind| kind == "TaskTimedOut").unwrap();
    assert_eq!(types[first..first + 4], ["TaskTimedOut", "TaskTimedOut", "TaskTimedOut", "MapIterationFailed"]);
    assert_eq!(player.failure().0, "States.Timeout");
}
