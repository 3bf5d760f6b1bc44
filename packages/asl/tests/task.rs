//! Tasks: what is asked for, what is recorded, time-outs, heartbeats, and tokens that are used too late or twice.

use serde_json::{Value, json};
use time::Duration;
use usher_asl::{Effect, Event, EventType, Refused};

use crate::support::player::{NOON, Player, single};

const CALLBACK: &str = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";

fn callback(more: &Value) -> Player {
    let mut state = json!({
        "Type": "Task", "Resource": CALLBACK,
        "Parameters": { "QueueUrl": "q", "MessageBody": { "task_token.$": "$$.Task.Token", "input.$": "$" } }
    });
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Player::start(&single(state), json!({ "id": 1 }))
}

#[test]
fn the_whole_story_of_a_callback_is_recorded() {
    let mut player = callback(&json!({ "TimeoutSeconds": 600, "HeartbeatSeconds": 60 }));
    let Some(Effect::RunTask { token, state, resource, parameters, attempt, timeout_seconds, heartbeat_seconds }) =
        player.effects.pop_front()
    else {
        panic!("a task is wanted")
    };
    assert_eq!((state.as_str(), resource.as_str(), attempt), ("S", CALLBACK, 0));
    assert_eq!((timeout_seconds, heartbeat_seconds), (Some(600), Some(60)));
    assert_eq!(parameters, json!({ "QueueUrl": "q", "MessageBody": { "task_token": token, "input": { "id": 1 } } }));

    player.send(Event::TaskStarted { token: token.clone() }).unwrap();
    player.send(Event::TaskSubmitted { token: token.clone(), output: json!({ "MessageId": "m" }) }).unwrap();
    player.send(Event::TaskSucceeded { token, output: json!({ "ok": true }) }).unwrap();
    assert_eq!(
        player.types(),
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSubmitted",
            "TaskSucceeded",
            "TaskStateExited",
            "ExecutionSucceeded"
        ]
    );
    let scheduled = &player.history[2];
    assert_eq!(scheduled.details["timeoutInSeconds"], 600);
    assert_eq!(scheduled.details["heartbeatInSeconds"], 60);
    assert_eq!(scheduled.details["resourceType"], "sqs");
    assert_eq!(scheduled.details["resource"], "sendMessage.waitForTaskToken");
    let links: Vec<u64> = player.history.iter().map(|event| event.previous_event_id).collect();
    assert_eq!(links, [0, 0, 2, 3, 4, 5, 6, 7]);
    assert!(player.history.iter().enumerate().all(|(position, event)| event.id == position as u64 + 1));
}

#[test]
fn open_tasks_tell_when_they_are_due() {
    let mut player = callback(&json!({ "TimeoutSeconds": 600, "HeartbeatSeconds": 60 }));
    let task = player.execution.open_tasks().next().unwrap().clone();
    assert_eq!((task.state.as_str(), task.scheduled_event_id, task.attempt), ("S", 3, 0));
    assert_eq!(task.timeout_at, Some(NOON + Duration::seconds(600)));
    assert_eq!(task.heartbeat_at, Some(NOON + Duration::seconds(60)));
    assert_eq!(player.execution.due_at(), task.heartbeat_at);

    player.now += Duration::seconds(50);
    player.send(Event::Heartbeat { token: task.token.clone() }).unwrap();
    assert_eq!(player.execution.due_at(), Some(NOON + Duration::seconds(110)));
    assert_eq!(player.history.len(), 3, "a heartbeat leaves no event");
}

#[test]
fn a_missed_heartbeat_and_a_time_out_look_the_same_but_for_their_catchers() {
    for (fields, seconds, taken) in [
        (json!({ "TimeoutSeconds": 100, "HeartbeatSeconds": 10 }), 10, true),
        (json!({ "TimeoutSeconds": 10 }), 10, false),
    ] {
        let mut fields = fields;
        let mut player = callback(&fields);
        player.wait(seconds);
        assert_eq!(player.failure(), ("States.Timeout".into(), String::new()));
        assert_eq!(player.history[3].kind, EventType::TaskTimedOut);
        assert!(matches!(player.effects.back(), Some(Effect::CancelTask { .. })));

        fields["Catch"] = json!([{ "ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Caught" }]);
        let mut definition = single(json!({ "Type": "Task", "Resource": "r" }));
        definition["States"]["S"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        definition["States"]["Caught"] = json!({ "Type": "Pass", "End": true });
        let mut player = Player::start(&definition, json!({}));
        player.wait(seconds);
        assert_eq!(player.execution.status().name() == "SUCCEEDED", taken);
        if taken {
            assert_eq!(player.output(), json!({ "Error": "States.Timeout", "Cause": "" }));
        }
    }
}

#[test]
fn limits_may_come_from_the_input() {
    let state = json!({ "Type": "Task", "Resource": "r", "TimeoutSecondsPath": "$.t", "HeartbeatSecondsPath": "$.h" });
    let player = Player::start(&single(state.clone()), json!({ "t": 9, "h": 3 }));
    let task = player.execution.open_tasks().next().unwrap();
    assert_eq!(task.heartbeat_seconds, Some(3));
    assert_eq!(task.timeout_at, Some(NOON + Duration::seconds(9)));
    let player = Player::start(&single(state), json!({ "t": "x", "h": 3 }));
    assert_eq!(player.failure().0, "States.Runtime");
    assert_eq!(player.types(), ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]);
}

#[test]
fn tokens_are_good_for_one_answer() {
    let definition = json!({ "StartAt": "A", "States": {
        "A": { "Type": "Task", "Resource": "r", "Next": "B" }, "B": { "Type": "Task", "Resource": "r", "End": true } } });
    let mut player = Player::start(&definition, json!({}));
    let token = player.take_task().unwrap().token;
    let answer = |token: &str| Event::TaskSucceeded { token: token.to_owned(), output: json!({}) };
    player.send(answer(&token)).unwrap();
    let before = player.execution.clone();
    assert_eq!(player.send(answer(&token)), Err(Refused::TokenClosed));
    assert_eq!(player.send(Event::Heartbeat { token: token.clone() }), Err(Refused::TokenClosed));
    assert_eq!(player.send(answer("no such token")), Err(Refused::UnknownToken));
    assert_eq!(player.execution, before);
    player.succeed(json!({}));
    assert_eq!(player.send(answer(&token)), Err(Refused::NotRunning));
}

#[test]
fn functions_and_activities_have_events_of_their_own() {
    for (resource, family) in [
        ("arn:aws:lambda:eu-central-1:111111111111:function:f", "LambdaFunction"),
        ("arn:aws:states:eu-central-1:111111111111:activity:a", "Activity"),
    ] {
        let mut player = Player::start(&single(json!({ "Type": "Task", "Resource": resource })), json!({ "n": 1 }));
        let token = player.take_task().unwrap().token;
        player.send(Event::TaskStarted { token: token.clone() }).unwrap();
        player.send(Event::TaskFailed { token, error: Some("E".into()), cause: None }).unwrap();
        let told: Vec<String> = ["Scheduled", "Started", "Failed"].map(|what| format!("{family}{what}")).into();
        assert_eq!(player.types()[2..5], told);
        assert_eq!(player.history[2].details, json!({ "resource": resource, "input": { "n": 1 } }));
        assert_eq!(player.history[4].details, json!({ "error": "E" }));
    }
}

#[test]
fn a_role_is_recorded_with_the_request() {
    let state = json!({ "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Credentials": { "RoleArn.$": "$.role" } });
    let player = Player::start(&single(state), json!({ "role": "arn:r" }));
    assert_eq!(player.history[2].details["taskCredentials"], json!({ "roleArn": "arn:r" }));
}
