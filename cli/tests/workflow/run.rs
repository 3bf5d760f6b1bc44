//! Executions without a server.

use serde_json::{Value, json};

use crate::command::{Called, Folder};

fn task(resource: &str, more: &Value) -> Value {
    let mut state = json!({ "Type": "Task", "Resource": resource, "End": true });
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "StartAt": "Work", "States": { "Work": state } })
}

fn run(definition: &Value, mock: &Value, more: &[&str]) -> Called {
    let folder = Folder::new();
    let (file, mock) = (folder.file("d.json", definition), folder.file("m.json", mock));
    folder.call(&[&["run", &file, "--mock", &mock, "--virtual-time", "-o", "json"], more].concat())
}

#[test]
fn an_execution_is_printed_as_one_object() {
    let folder = Folder::new();
    let definition = json!({ "StartAt": "Wait", "States": {
        "Wait": { "Type": "Wait", "Seconds": 86_400, "Next": "Sum" },
        "Sum": { "Type": "Pass", "Parameters": { "sum.$": "States.MathAdd($.a, $.b)" }, "End": true } } });
    let (file, input) = (folder.file("d.json", &definition), folder.file("i.json", &json!({ "a": 1, "b": 2 })));
    let called = folder.call(&["run", &file, "--input", &input, "--virtual-time", "--history", "-o", "json"]);
    let result = called.json();
    assert_eq!(called.code, 0);
    let outcome = ["status", "output", "error", "cause"].map(|name| result[name].clone());
    assert_eq!(outcome, [json!("SUCCEEDED"), json!({ "sum": 3 }), Value::Null, Value::Null]);
    let history = result["history"].as_array().unwrap();
    let types: Vec<&str> = history.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let expected = [
        "ExecutionStarted",
        "WaitStateEntered",
        "WaitStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ];
    assert_eq!(types, expected);
    assert_eq!((&history[1]["id"], &history[1]["previousEventId"]), (&json!(2), &json!(0)));
    assert_eq!(history[1]["stateEnteredEventDetails"]["name"], "Wait");
}

#[test]
fn the_input_may_come_through_a_pipe_and_the_history_only_when_asked_for() {
    let folder = Folder::new();
    let file = folder.file("d.json", &json!({ "StartAt": "S", "States": { "S": { "Type": "Succeed" } } }));
    let result = folder.call_with(&["run", &file, "--input", "-"], "[1]").json();
    assert_eq!(result, json!({ "status": "SUCCEEDED", "output": [1], "error": null, "cause": null }));
}

#[test]
fn every_attempt_has_its_answer_and_the_last_one_stays() {
    let retry = json!({ "Retry": [{ "ErrorEquals": ["Busy"], "MaxAttempts": 5 }] });
    let busy = json!({ "throw": { "error": "Busy", "cause": "try later" } });
    let result = run(&task("work", &retry), &json!({ "Work": [busy, busy, { "return": 7 }] }), &[]).json();
    assert_eq!((&result["status"], &result["output"]), (&json!("SUCCEEDED"), &json!(7)));
    let result = run(&task("work", &retry), &json!({ "Work": [busy] }), &["--history"]).json();
    assert_eq!((&result["error"], &result["cause"]), (&json!("Busy"), &json!("try later")));
    let attempts =
        result["history"].as_array().unwrap().iter().filter(|event| event["type"] == "TaskScheduled").count();
    assert_eq!(attempts, 6);
}

#[test]
fn a_silent_task_runs_into_its_time_out() {
    let result =
        run(&task("work", &json!({ "TimeoutSeconds": 3600 })), &json!({ "Work": [{ "silent": true }] }), &[]).json();
    assert_eq!((&result["status"], &result["error"]), (&json!("FAILED"), &json!("States.Timeout")));
}

#[test]
fn a_waiting_task_is_submitted_first_and_its_mock_may_have_the_token() {
    let waiting = task(
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        &json!({ "Parameters": { "QueueUrl": "q", "MessageBody.$": "$$.Task.Token" } }),
    );
    let mock = json!({ "Work": [{ "submitted": { "MessageId": "m" }, "return": { "token": "<${TaskToken}>" } }] });
    let result = run(&waiting, &mock, &["--task-tokens", "--history"]).json();
    let events = result["history"].as_array().unwrap();
    let sent = events.iter().find(|event| event["type"] == "TaskScheduled").unwrap();
    let token = sent["taskScheduledEventDetails"]["parameters"]["MessageBody"].as_str().unwrap();
    assert_eq!(result["output"]["token"], format!("<{token}>"));
    let submitted = events.iter().find(|event| event["type"] == "TaskSubmitted").unwrap();
    assert_eq!(submitted["taskSubmittedEventDetails"]["output"], json!({ "MessageId": "m" }));
    let result = run(&waiting, &mock, &[]).json();
    assert_eq!(result["output"]["token"], "<${TaskToken}>", "only when asked for");
}

#[test]
fn what_cannot_be_run_is_said() {
    let definition = task("work", &json!({}));
    for (mock, said) in [
        (json!({}), "the task `Work` needs an answer"),
        (json!({ "Wrok": [{ "return": 1 }] }), "there is no Task state `Wrok`"),
        (json!({ "Work": [{ "return": 1, "silent": true }] }), "exactly one of return, throw and silent"),
        (json!({ "Work": [{ "retrun": 1 }] }), "unknown field `retrun`"),
    ] {
        let called = run(&definition, &mock, &[]);
        assert_eq!((called.code, called.out.as_str()), (2, ""));
        assert!(called.err.contains(said), "{}", called.err);
    }
    let folder = Folder::new();
    let broken = folder.file("d.json", &json!({ "StartAt": "S" }));
    let called = folder.call(&["run", &broken]);
    assert_eq!((called.code, called.out.as_str()), (1, ""));
    assert!(called.err.contains("The field 'States' is required but was missing"), "{}", called.err);
}

#[test]
fn without_virtual_time_it_waits() {
    let folder = Folder::new();
    let definition = json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 1, "End": true } } });
    let file = folder.file("d.json", &definition);
    let result = folder.call(&["run", &file, "--history"]).json();
    let at = |index: usize| result["history"][index]["timestamp"].as_str().unwrap().to_owned();
    assert!(at(1) < at(2), "the wait ends later than it began: {result}");
}
