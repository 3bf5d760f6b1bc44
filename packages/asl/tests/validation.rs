//! What is refused, and that each problem names its place, its state and its field.

use serde_json::{Value, json};
use usher_asl::{Problem, StateMachine};

use crate::support::player::single;

fn problems(definition: &Value) -> Vec<Problem> {
    StateMachine::parse(&definition.to_string()).err().unwrap_or_default()
}

/// Checks that one state has exactly one problem, at this place below the state, whose message says this.
fn refused(state: &Value, place: &str, said: &str) {
    let mut definition = single(state.clone());
    definition["States"]["Other"] = json!({ "Type": "Pass", "End": true });
    definition["States"]["Front"] = json!({ "Type": "Choice", "Default": "S", "Choices": [
        { "Variable": "$.x", "IsPresent": true, "Next": "Other" }] });
    definition["StartAt"] = json!("Front");
    let found = problems(&definition);
    assert_eq!(found.len(), 1, "{state}: {found:?}");
    let problem = &found[0];
    assert_eq!(problem.path, format!("/States/S{place}"), "{problem:?}");
    assert_eq!(problem.state.as_deref(), Some("S"));
    assert!(problem.message.contains(said), "{problem}");
}

fn task(more: &Value) -> Value {
    let mut state = json!({ "Type": "Task", "Resource": "r" });
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    state
}

#[test]
fn every_problem_is_reported_at_once() {
    let definition = json!({ "StartAt": "Nowhere", "Timeout": 1, "States": {
        "A": { "Type": "Pass", "Next": "Gone" }, "B": { "Type": "Magic" },
        "C": { "Type": "Task", "Resource": "r", "TimeoutSeconds": 0, "Next": "A", "Retry": [{ "ErrorEquals": [] }] } } });
    let found: Vec<String> = problems(&definition).into_iter().map(|problem| problem.path).collect();
    assert_eq!(
        found,
        [
            "/StartAt",
            "/Timeout",
            "/States/A/Next",
            "/States/B/Type",
            "/States/C/TimeoutSeconds",
            "/States/C/Retry/0/ErrorEquals"
        ]
    );
}

#[test]
fn the_machine_itself_is_checked() {
    for (definition, place, said) in [
        (json!([]), "", "must be an object"),
        (json!({ "States": { "A": { "Type": "Succeed" } } }), "/StartAt", "required"),
        (json!({ "StartAt": "A" }), "/States", "required"),
        (json!({ "StartAt": "A", "States": {} }), "/States", "at least one"),
        (
            json!({ "StartAt": "A", "States": { "A": { "Type": "Succeed" }, "B": { "Type": "Succeed" } } }),
            "/States/B",
            "not reachable",
        ),
        (json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "A" } } }), "/States", "no terminal state"),
        (json!({ "StartAt": "A", "QueryLanguage": "JQ", "States": {} }), "/QueryLanguage", "'JSONPath' or 'JSONata'"),
        (json!({ "StartAt": "A", "Version": "2.0", "States": { "A": { "Type": "Succeed" } } }), "/Version", "1.0"),
        (
            json!({ "StartAt": "A", "TimeoutSeconds": "x", "States": { "A": { "Type": "Succeed" } } }),
            "/TimeoutSeconds",
            "whole number",
        ),
    ] {
        let found = problems(&definition);
        let hit = found.iter().any(|problem| problem.path == place && problem.message.contains(said));
        assert!(hit, "{definition}: {found:?}");
    }
    assert!(StateMachine::parse("{").unwrap_err()[0].message.contains("not JSON"));
    let twice = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"},"A":{"Type":"Fail"}}}"#;
    assert_eq!(StateMachine::parse(twice).unwrap_err()[0].path, "/States/A");
}

#[test]
fn transitions_are_checked() {
    let catching = json!({ "Catch": [{ "ErrorEquals": ["E"], "Next": "Gone" }] });
    refused(&task(&catching), "/Catch/0/Next", "Missing 'Next' target: Gone");
    let both = json!({ "StartAt": "S", "States": { "S": { "Type": "Pass", "Next": "S", "End": true } } });
    assert_eq!(problems(&both)[0].path, "/States/S/End");
    let neither = json!({ "StartAt": "S", "States": { "S": { "Type": "Pass" } } });
    assert!(problems(&neither).iter().any(|problem| problem.path == "/States/S/Next"));
    let default = json!({ "StartAt": "S", "States": { "S": { "Type": "Choice", "Default": "Gone",
        "Choices": [{ "Variable": "$", "IsNull": true, "Next": "E" }] }, "E": { "Type": "Succeed" } } });
    assert_eq!(problems(&default)[0].path, "/States/S/Default");
}

#[test]
fn retry_and_catch_are_checked() {
    let retry = |element: Value| task(&json!({ "Retry": [element] }));
    refused(&retry(json!({ "MaxAttempts": 1 })), "/Retry/0/ErrorEquals", "required");
    refused(&retry(json!({ "ErrorEquals": ["A", 1] })), "/Retry/0/ErrorEquals", "error name");
    refused(&retry(json!({ "ErrorEquals": ["States.ALL", "A"] })), "/Retry/0/ErrorEquals", "only error name");
    refused(&retry(json!({ "ErrorEquals": ["States.Typo"] })), "/Retry/0/ErrorEquals", "reserved");
    refused(&retry(json!({ "ErrorEquals": ["A"], "IntervalSeconds": 0 })), "/Retry/0/IntervalSeconds", "from 1");
    refused(&retry(json!({ "ErrorEquals": ["A"], "MaxAttempts": -1 })), "/Retry/0/MaxAttempts", "from 0");
    refused(&retry(json!({ "ErrorEquals": ["A"], "BackoffRate": 0.5 })), "/Retry/0/BackoffRate", "1.0");
    refused(
        &retry(json!({ "ErrorEquals": ["A"], "IntervalSeconds": 5, "MaxDelaySeconds": 5 })),
        "/Retry/0/MaxDelaySeconds",
        "greater",
    );
    refused(&retry(json!({ "ErrorEquals": ["A"], "JitterStrategy": "SOME" })), "/Retry/0/JitterStrategy", "FULL");
    refused(&retry(json!({ "ErrorEquals": ["A"], "Next": "Other" })), "/Retry/0/Next", "not supported");
    let first = json!({ "ErrorEquals": ["States.ALL"] });
    refused(&task(&json!({ "Retry": [first, { "ErrorEquals": ["A"] }] })), "/Retry/0/ErrorEquals", "last");
    refused(&task(&json!({ "Catch": [{ "ErrorEquals": ["A"] }] })), "/Catch/0/Next", "required");
    refused(
        &task(&json!({ "Catch": [{ "ErrorEquals": ["A"], "ResultPath": "$.a[*]", "Next": "Other" }] })),
        "/Catch/0/ResultPath",
        "reference path",
    );
}

#[test]
fn tasks_are_checked() {
    refused(&json!({ "Type": "Task" }), "/Resource", "required");
    refused(
        &json!({ "Type": "Task", "Resource": "arn:aws:states:::sqs:receiveMessage" }),
        "/Resource",
        "not recognized",
    );
    refused(&task(&json!({ "TimeoutSeconds": 10, "HeartbeatSeconds": 10 })), "/HeartbeatSeconds", "less than");
    refused(&task(&json!({ "TimeoutSeconds": 10, "TimeoutSecondsPath": "$.t" })), "/TimeoutSecondsPath", "Only one");
    refused(&task(&json!({ "Timeout": 10 })), "/Timeout", "Field 'Timeout' is not supported");
    refused(
        &task(&json!({ "Parameters": { "a.$": "b" } })),
        "/Parameters/a.$",
        "valid JSONPath or a valid intrinsic function",
    );
    refused(&task(&json!({ "Parameters": { "a.$": "$.b[" } })), "/Parameters/a.$", "valid JSONPath");
    refused(
        &task(&json!({ "Parameters": { "a": { "b.$": "States.Nope()" } } })),
        "/Parameters/a/b.$",
        "valid intrinsic function",
    );
    refused(&task(&json!({ "Parameters": { "a": 1, "a.$": "$" } })), "/Parameters/a.$", "twice");
    refused(&task(&json!({ "ResultPath": 1 })), "/ResultPath", "reference path or null");
    refused(&task(&json!({ "InputPath": "a" })), "/InputPath", "valid JSONPath");
    refused(&task(&json!({ "ResultSelector": 1 })), "/ResultSelector", "must be an object");
    refused(&task(&json!({ "Credentials": {} })), "/Credentials/RoleArn", "RoleArn");
}

#[test]
fn other_states_are_checked() {
    refused(&json!({ "Type": "Wait" }), "/Seconds", "One of");
    refused(&json!({ "Type": "Wait", "Seconds": 1, "Timestamp": "2026-01-01T00:00:00Z" }), "/Timestamp", "Only one");
    refused(&json!({ "Type": "Wait", "Timestamp": "2026-01-01 00:00:00Z" }), "/Timestamp", "RFC3339");
    refused(&json!({ "Type": "Fail", "Error": "E", "ErrorPath": "$.e" }), "/ErrorPath", "Only one");
    refused(&json!({ "Type": "Fail", "CausePath": "States.MathAdd(1, 1)" }), "/CausePath", "string");
    refused(&json!({ "Type": "Succeed", "ResultPath": "$.a" }), "/ResultPath", "not supported");
    refused(&json!({ "Type": "Pass", "Comment": 1 }), "/Comment", "must be a string");
    let rule = |rule: Value| json!({ "Type": "Choice", "Default": "Other", "Choices": [rule] });
    refused(
        &rule(json!({ "Variable": "$", "Next": "Other" })),
        "/Choices/0",
        "exactly one operator, but there is none",
    );
    refused(
        &rule(json!({ "Variable": "$", "IsNull": true, "IsString": true, "Next": "Other" })),
        "/Choices/0",
        "several",
    );
    refused(
        &rule(json!({ "Variable": "$", "NumericEquals": "1", "Next": "Other" })),
        "/Choices/0/NumericEquals",
        "a number",
    );
    refused(&rule(json!({ "IsNull": true, "Next": "Other" })), "/Choices/0/Variable", "required");
    refused(&rule(json!({ "Variable": "$", "IsNull": true })), "/Choices/0/Next", "required");
    refused(&rule(json!({ "And": [], "Next": "Other" })), "/Choices/0/And", "at least one");
    refused(
        &rule(json!({ "Not": { "Variable": "$", "IsNull": true, "Next": "Other" }, "Next": "Other" })),
        "/Choices/0/Not/Next",
        "not supported",
    );
    refused(&json!({ "Type": "Choice", "Choices": [], "Default": "Other" }), "/Choices", "at least one");
}

#[test]
fn flows_inside_states_are_checked() {
    let flow = json!({ "StartAt": "In", "States": { "In": { "Type": "Pass", "End": true } } });
    refused(&json!({ "Type": "Parallel", "Branches": [] }), "/Branches", "at least one");
    refused(&json!({ "Type": "Map" }), "/ItemProcessor", "required");
    refused(&json!({ "Type": "Map", "ItemProcessor": flow, "ItemsPath": null }), "/ItemsPath", "must be a string");
    let inner = single(
        json!({ "Type": "Parallel", "Branches": [flow, { "StartAt": "Gone", "States": { "Deep": { "Type": "Pass", "Next": "Lost" } } }] }),
    );
    let found: Vec<_> = problems(&inner).into_iter().map(|problem| (problem.path, problem.state)).collect();
    assert!(found.contains(&("/States/S/Branches/1/StartAt".into(), Some("S".into()))), "{found:?}");
    assert!(found.contains(&("/States/S/Branches/1/States/Deep/Next".into(), Some("Deep".into()))), "{found:?}");

    let same = single(
        json!({ "Type": "Parallel", "Branches": [{ "StartAt": "S", "States": { "S": { "Type": "Pass", "End": true } } }] }),
    );
    assert!(problems(&same)[0].message.contains("Another state is named 'S' too"));
}
