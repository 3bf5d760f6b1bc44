//! One state tried alone.

use serde_json::{Value, json};
use usher_asl::{
    Surroundings,
    test_state::{Rejection, Request, test_state},
};

use crate::support::player::NOON;

/// Tries a state. `more` are further members of the request.
#[expect(clippy::needless_pass_by_value, reason = "values are written where it is called")]
fn run(definition: Value, input: Value, more: Value) -> Result<Value, Rejection> {
    let mut request = more;
    request["definition"] = definition.to_string().into();
    request["input"] = input.to_string().into();
    let request: Request = serde_json::from_value(request).expect("the request can be read");
    test_state(&request, &mut Surroundings { now: NOON, random: &mut || 7, new_token: &mut || "token".to_owned() })
}

fn refused(definition: Value, more: Value) -> String {
    run(definition, json!({}), more).unwrap_err().message
}

fn task() -> Value {
    json!({ "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": { "id.$": "$.id" },
            "ResultSelector": { "seat.$": "$.seat" }, "ResultPath": "$.held", "Next": "Charge",
            "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 3, "MaxAttempts": 2 }],
            "Catch": [{ "ErrorEquals": ["Busy"], "ResultPath": "$.error", "Next": "GiveUp" }] })
}

#[test]
fn a_mocked_result_goes_through_the_output_processing() {
    let mock = json!({ "mock": { "result": "{\"seat\":\"A1\",\"row\":1}" }, "inspectionLevel": "DEBUG" });
    let answer = run(task(), json!({ "id": 7 }), mock).unwrap();
    let output = json!({ "id": 7, "held": { "seat": "A1" } });
    assert_eq!(
        answer,
        json!({ "status": "SUCCEEDED", "nextState": "Charge", "output": output, "inspectionData": {
            "input": { "id": 7 }, "afterInputPath": { "id": 7 }, "afterParameters": { "id": 7 },
            "result": { "seat": "A1", "row": 1 }, "afterResultSelector": { "seat": "A1" }, "afterResultPath": output } })
    );
}

#[test]
fn a_mocked_error_is_retried_and_then_caught() {
    let attempt = |retries: u64| {
        let mock = json!({ "mock": { "errorOutput": { "error": "Busy", "cause": "full" } }, "inspectionLevel": "TRACE",
                           "stateConfiguration": { "retrierRetryCount": retries } });
        run(task(), json!({ "id": 7 }), mock).unwrap()
    };
    let answer = attempt(1);
    assert_eq!(
        (&answer["status"], &answer["error"], &answer["cause"]),
        (&json!("RETRIABLE"), &json!("Busy"), &json!("full"))
    );
    assert_eq!(answer["inspectionData"]["errorDetails"], json!({ "retryIndex": 0, "retryBackoffIntervalSeconds": 6 }));
    let answer = attempt(2);
    assert_eq!((&answer["status"], &answer["nextState"]), (&json!("CAUGHT_ERROR"), &json!("GiveUp")));
    assert_eq!(answer["output"], json!({ "id": 7, "error": { "Error": "Busy", "Cause": "full" } }));
    assert_eq!(answer["inspectionData"]["errorDetails"]["catchIndex"], 0);
}

#[test]
fn states_that_call_nobody_need_no_mock() {
    for (state, status, output) in [
        (json!({ "Type": "Pass", "Result": 1, "End": true }), "SUCCEEDED", json!(1)),
        (json!({ "Type": "Wait", "Seconds": 5, "Next": "X" }), "SUCCEEDED", json!({})),
        (json!({ "Type": "Succeed" }), "SUCCEEDED", json!({})),
        (json!({ "Type": "Fail", "Error": "E" }), "FAILED", Value::Null),
        (json!({ "Type": "Pass", "OutputPath": "$.x", "End": true }), "FAILED", Value::Null),
        (
            json!({ "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": false, "Next": "X" }] }),
            "SUCCEEDED",
            json!({}),
        ),
    ] {
        let answer = run(state.clone(), json!({}), json!({})).unwrap();
        assert_eq!(
            (&answer["status"], answer.get("output").unwrap_or(&Value::Null)),
            (&json!(status), &output),
            "{state}"
        );
        assert!(answer.get("inspectionData").is_none());
    }
}

#[test]
fn a_state_is_found_in_its_machine_at_any_depth() {
    let machine = json!({ "StartAt": "M", "States": { "M": { "Type": "Map", "End": true, "ItemProcessor": { "StartAt": "I", "States": {
        "I": { "Type": "Pass", "Parameters": { "n.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value" }, "End": true } } } } } });
    let answer = run(machine.clone(), json!("A1"), json!({ "stateName": "I" })).unwrap();
    assert_eq!(answer["output"], json!({ "n": 0, "v": "A1" }));
    assert_eq!(refused(machine, json!({ "stateName": "J" })), "State not found in definition");
}

#[test]
fn context_and_variables_come_with_the_request() {
    let state = json!({ "Type": "Pass", "QueryLanguage": "JSONata", "End": true,
                        "Output": "{% $states.context.Execution.Name & '-' & $seat %}" });
    let more = json!({ "context": "{\"Execution\":{\"Name\":\"bkg_1\"}}", "variables": "{\"seat\":\"A1\"}" });
    assert_eq!(run(state, json!({}), more).unwrap()["output"], "bkg_1-A1");
    for (context, told) in [
        (json!({ "Execution": { "Nome": 1 } }), "Invalid Context object provided: Field 'Nome' is not allowed"),
        (json!({ "Executions": {} }), "Invalid Context object provided: Field 'Executions' is not allowed"),
        (
            json!({ "Map": {} }),
            "Invalid Context object provided: 'Map' field is not supported when mocking a Context object",
        ),
    ] {
        assert_eq!(refused(json!({ "Type": "Succeed" }), json!({ "context": context.to_string() })), told);
    }
}

#[test]
fn iterations_that_fail_are_counted() {
    let map = json!({ "Type": "Map", "ItemsPath": "$.items", "ToleratedFailureCount": 1, "End": true, "ItemProcessor": {
        "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } } });
    let attempt = |failures: u64| {
        let more = json!({ "mock": { "result": "[1, 2]" }, "inspectionLevel": "DEBUG",
                           "stateConfiguration": { "mapIterationFailureCount": failures } });
        run(map.clone(), json!({ "items": [1, 2] }), more).unwrap()
    };
    assert_eq!(attempt(1)["output"], json!([1, 2]));
    assert_eq!(attempt(1)["inspectionData"]["afterItemsPath"], json!([1, 2]));
    assert_eq!(attempt(2)["error"], "States.ExceedToleratedFailureThreshold");
}

#[test]
fn mocks_that_do_not_fit_are_refused() {
    let lambda = json!({ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true });
    let nested = json!({ "Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": true });
    let map = json!({ "Type": "Map", "End": true, "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Succeed" } } } });
    let schema = "Mock result schema validation error: ";
    for (state, mock, told) in [
        (
            json!({ "Type": "Succeed" }),
            json!({ "result": "1" }),
            "State type 'Succeed' is not supported when a mock is specified".to_owned(),
        ),
        (lambda.clone(), json!({ "result": "{" }), "Mocked result must be valid JSON".to_owned()),
        (
            lambda.clone(),
            json!({ "result": "{\"StatusCode\":\"200\"}" }),
            format!("{schema}Field 'StatusCode' must be a number"),
        ),
        (nested.clone(), json!({ "result": "{}" }), format!("{schema}Required field 'ExecutionArn' is missing")),
        (map.clone(), json!({ "result": "{}" }), "Mocked result must be an array.".to_owned()),
        (
            lambda.clone(),
            json!({ "result": "{}", "errorOutput": {} }),
            "A test mock should have only one of the following fields: [result, errorOutput].".to_owned(),
        ),
    ] {
        assert_eq!(refused(state, json!({ "mock": mock })), told);
    }
    assert!(run(nested, json!({}), json!({ "mock": { "result": "{}", "fieldValidationMode": "PRESENT" } })).is_ok());
    assert!(
        run(
            lambda,
            json!({}),
            json!({ "mock": { "result": "{\"StatusCode\":\"200\"}", "fieldValidationMode": "NONE" } })
        )
        .is_ok()
    );
    assert!(refused(map, json!({})).contains("does not support Map or Parallel states"));
    let error = run(json!({ "Type": "Pass" }), json!({}), json!({})).unwrap_err();
    assert_eq!(error.code, "InvalidDefinition");
}
