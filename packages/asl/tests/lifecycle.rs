//! Beginning, ending, stopping, timing out and redriving whole executions.

use serde_json::json;
use time::Duration;
use usher_asl::{Effect, Event, EventType, Execution, Refused, Status, conformance::TaskRequest};

use crate::support::player::{NOON, Player, single};

fn two_tasks() -> serde_json::Value {
    json!({ "StartAt": "A", "TimeoutSeconds": 100, "States": {
        "A": { "Type": "Task", "Resource": "r", "Next": "B" }, "B": { "Type": "Task", "Resource": "r", "End": true } } })
}

#[test]
fn stopping_closes_open_tasks_and_has_no_predecessor() {
    let mut player = Player::start(&two_tasks(), json!({}));
    player.send(Event::Stop { error: Some("Operator".into()), cause: None }).unwrap();
    assert_eq!(player.execution.status(), &Status::Aborted { error: Some("Operator".into()), cause: None });
    let last = player.history.last().unwrap();
    assert_eq!((last.kind, last.previous_event_id), (EventType::ExecutionAborted, 0));
    assert_eq!(last.details, json!({ "error": "Operator" }));
    assert!(matches!(player.effects.back(), Some(Effect::CancelTask { .. })));
    assert_eq!((player.execution.due_at(), player.execution.open_tasks().count()), (None, 0));
    assert_eq!(player.execution.current_states(), ["A"]);
    for event in [Event::Timer, Event::Stop { error: None, cause: None }, Event::Heartbeat { token: "token-1".into() }]
    {
        assert_eq!(player.send(event), Err(Refused::NotRunning));
    }
}

#[test]
fn the_machine_has_a_time_limit_of_its_own() {
    let mut player = Player::start(&two_tasks(), json!({}));
    assert_eq!(player.execution.due_at(), Some(NOON + Duration::seconds(100)));
    player.wait(100);
    assert_eq!(player.execution.status().name(), "TIMED_OUT");
    assert_eq!(player.types().last().unwrap(), "ExecutionTimedOut");
    assert!(matches!(player.effects.back(), Some(Effect::CancelTask { .. })));
}

#[test]
fn a_redrive_goes_on_in_the_failed_state_with_its_input() {
    let mut player = Player::start(&two_tasks(), json!({}));
    player.succeed(json!({ "from": "A" }));
    player.fail("Broken");
    let failed = player.history.last().unwrap().id;
    player.now += Duration::seconds(1_000);
    player.send(Event::Redrive).unwrap();
    assert_eq!(player.execution.status(), &Status::Running);
    assert_eq!(player.execution.due_at(), Some(player.now + Duration::seconds(100)));
    let types = player.types();
    assert_eq!(types[types.len() - 2..], ["ExecutionRedriven", "TaskScheduled"]);
    let redriven = &player.history[types.len() - 2];
    assert_eq!((redriven.previous_event_id, redriven.details.clone()), (failed, json!({ "redriveCount": 1 })));
    let TaskRequest { token, state, parameters, .. } = player.take_task().unwrap();
    assert_eq!((state.as_str(), parameters), ("B", json!({ "from": "A" })));
    player.send(Event::TaskSucceeded { token, output: json!("ok") }).unwrap();
    assert_eq!(player.output(), json!("ok"));
    assert_eq!(player.send(Event::Redrive), Err(Refused::NotRedrivable));
}

#[test]
fn a_redrive_counts_retries_anew() {
    let state =
        json!({ "Type": "Task", "Resource": "r", "Retry": [{ "ErrorEquals": ["States.ALL"], "MaxAttempts": 1 }] });
    let mut player = Player::start(&single(state), json!({}));
    for _ in 0..2 {
        player.fail("Broken");
        assert!(player.jump());
        player.fail("Broken");
        assert_eq!(player.execution.status().name(), "FAILED");
        player.send(Event::Redrive).unwrap();
    }
    assert_eq!(player.execution.redrive_count(), 2);
}

#[test]
fn a_redrive_of_a_parallel_keeps_what_is_done() {
    let branch =
        |name: &str| json!({ "StartAt": name, "States": { name: { "Type": "Task", "Resource": "r", "End": true } } });
    let definition = single(json!({ "Type": "Parallel", "Branches": [branch("A"), branch("B"), branch("C")] }));
    let mut player = Player::start(&definition, json!({ "in": 1 }));
    player.succeed(json!("a"));
    player.fail("Broken");
    player.effects.clear();
    player.send(Event::Redrive).unwrap();
    let tasks: Vec<_> = std::iter::from_fn(|| player.take_task()).collect();
    assert_eq!(tasks.iter().map(|task| task.state.as_str()).collect::<Vec<_>>(), ["B", "C"]);
    for TaskRequest { token, state, .. } in tasks {
        player.send(Event::TaskSucceeded { token, output: json!(state) }).unwrap();
    }
    assert_eq!(player.output(), json!(["a", "B", "C"]));
}

#[test]
fn a_redrive_of_a_map_keeps_what_is_done() {
    let processor =
        json!({ "StartAt": "Each", "States": { "Each": { "Type": "Task", "Resource": "r", "End": true } } });
    let definition = single(json!({ "Type": "Map", "MaxConcurrency": 1, "ItemProcessor": processor }));
    let mut player = Player::start(&definition, json!([1, 2, 3]));
    player.succeed(json!("one"));
    player.fail("Broken");
    player.send(Event::Redrive).unwrap();
    player.succeed(json!("two"));
    player.succeed(json!("three"));
    assert_eq!(player.output(), json!(["one", "two", "three"]));
}

#[test]
fn a_redrive_after_a_stop_waits_again() {
    let mut player = Player::start(&single(json!({ "Type": "Wait", "Seconds": 60 })), json!({ "in": 1 }));
    player.wait(30);
    player.send(Event::Stop { error: None, cause: None }).unwrap();
    player.send(Event::Redrive).unwrap();
    assert_eq!(player.execution.due_at(), Some(player.now + Duration::seconds(60)));
    assert_eq!(player.types().last().unwrap(), "WaitStateEntered");
    player.wait(60);
    assert_eq!(player.output(), json!({ "in": 1 }));
}

#[test]
fn a_loop_that_never_waits_is_ended() {
    let definition = json!({ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Next": "B" },
        "B": { "Type": "Choice", "Choices": [{ "Variable": "$.stop", "IsPresent": true, "Next": "C" }], "Default": "A" },
        "C": { "Type": "Succeed" } } });
    let player = Player::start(&definition, json!({}));
    assert_eq!(
        player.failure(),
        ("States.Runtime".into(), "The execution reached the maximum number of history events (25000).".into())
    );
    assert!(player.history.len() <= 25_001);
}

#[test]
fn input_beyond_the_limit_never_runs() {
    let player = Player::start(&single(json!({ "Type": "Pass" })), json!("x".repeat(300 * 1024)));
    assert_eq!(player.types(), ["ExecutionStarted", "ExecutionFailed"]);
    assert_eq!(player.failure().0, "States.DataLimitExceeded");
}

#[test]
fn a_snapshot_with_fields_of_a_later_version_is_still_read() {
    let player = Player::start(&two_tasks(), json!({ "in": 1 }));
    let mut stored = serde_json::to_value(&player.execution).unwrap();
    stored["later"] = json!({ "new": true });
    stored["b"]["p"]["later"] = json!(1);
    let read: Execution = serde_json::from_value(stored).unwrap();
    assert_eq!(read, player.execution);
}

#[test]
fn history_events_look_as_those_of_aws_do() {
    let player = Player::start(&two_tasks(), json!({ "in": 1 }));
    let written = serde_json::to_value(&player.history[1]).unwrap();
    let expected = json!({
        "id": 2, "previousEventId": 0, "timestamp": "2026-11-20T12:00:00Z", "type": "TaskStateEntered",
        "details": { "name": "A", "input": { "in": 1 } }
    });
    assert_eq!(written, expected);
    let read: usher_asl::HistoryEvent = serde_json::from_value(written).unwrap();
    assert_eq!(read, player.history[1]);
}

#[test]
fn numbers_are_the_very_same_when_the_snapshot_is_read_back() {
    // The player stores and compares after every event; readers that round would change the last digit of these.
    let input = json!([9.777_754_669_823_517e17, 0.1, 1.797_693_134_862_315_7e308, 5e-324, u64::MAX, i64::MIN]);
    assert_eq!(Player::start(&single(json!({ "Type": "Pass" })), input.clone()).output(), input);
}
