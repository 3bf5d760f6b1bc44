//! Looking, stopping, going on.

use serde_json::{Value, json};
use usher_workflows::orchestrator::{Filter, Orchestrator as _, OrchestratorError, Status};

use crate::server::{EXECUTION, MACHINE, Server};

fn described(status: &str) -> Value {
    json!({ "executionArn": EXECUTION, "stateMachineArn": MACHINE, "name": "bkg_1", "status": status, "startDate": 1_800_000_000.25,
        "input": "{\"seats\":2}", "inputDetails": { "included": true }, "error": "Boom", "cause": "because" })
}

fn event(id: u64, kind: &str, details: &str, content: &Value) -> Value {
    json!({ "id": id, "previousEventId": id - 1, "timestamp": 1_800_000_000.5, "type": kind, details: content })
}

#[tokio::test]
async fn a_failed_execution_stands_where_it_failed() {
    let server = Server::new().await;
    server.says("DescribeExecution", described("FAILED"));
    server.says("GetExecutionHistory", json!({ "events": [
        event(9, "ExecutionFailed", "executionFailedEventDetails", &json!({ "error": "Boom" })),
        event(8, "TaskFailed", "taskFailedEventDetails", &json!({ "error": "Boom", "resource": "r", "resourceType": "sqs" })),
        event(7, "TaskStateEntered", "stateEnteredEventDetails", &json!({ "name": "RefundPayment" })),
        event(6, "TaskStateExited", "stateExitedEventDetails", &json!({ "name": "ChargePayment" })),
        event(5, "TaskStateEntered", "stateEnteredEventDetails", &json!({ "name": "ChargePayment" })),
    ] }));
    let execution = server.adapter().describe("booking", "bkg_1").await.unwrap().unwrap();
    assert_eq!((execution.status, execution.states), (Status::Failed, vec!["RefundPayment".to_owned()]));
    assert_eq!((execution.input, execution.error.as_deref()), (json!({ "seats": 2 }), Some("Boom")));
    assert_eq!(execution.started_at.millisecond(), 250);
    assert_eq!(server.asked("GetExecutionHistory")[0]["reverseOrder"], true);
}

#[tokio::test]
async fn a_history_of_pages_is_one_history_and_unknown_events_are_shown_whole() {
    let server = Server::new().await;
    server.says(
        "GetExecutionHistory",
        json!({ "nextToken": "more", "events": [
        event(1, "ExecutionStarted", "executionStartedEventDetails",
            &json!({ "input": "{\"seats\":2}", "inputDetails": { "truncated": false }, "roleArn": "role" })),
    ] }),
    );
    server.says("GetExecutionHistory", json!({ "events": [
        event(2, "PassStateExited", "stateExitedEventDetails", &json!({ "name": "P", "output": "1", "assignedVariables": { "x": "[1]" } })),
        event(3, "SomethingNew", "somethingNewEventDetails", &json!({ "what": "ever" })),
    ] }));
    let events = server.adapter().history("booking", "bkg_1").await.unwrap();
    assert_eq!(server.asked("GetExecutionHistory")[1]["nextToken"], "more");
    let started = json!({ "id": 1, "previousEventId": 0, "timestamp": "2027-01-15T08:00:00.5Z", "type": "ExecutionStarted",
        "details": { "input": { "seats": 2 }, "roleArn": "role" } });
    assert_eq!(events[0], started);
    assert_eq!(events[1]["details"], json!({ "name": "P", "output": 1, "assignedVariables": { "x": [1] } }));
    assert_eq!((events[2]["type"].as_str(), &events[2]["details"]["what"]), (Some("SomethingNew"), &json!("ever")));
}

#[tokio::test]
async fn a_redrive_is_possible_or_says_why_not() {
    let server = Server::new().await;
    server.says("RedriveExecution", json!({ "redriveDate": 1.8e9 }));
    server.adapter().redrive("booking", "bkg_1").await.unwrap();
    let asked = &server.asked("RedriveExecution")[0];
    assert_eq!(asked["executionArn"], EXECUTION);
    assert!(asked["clientToken"].is_string(), "a repetition on the way redrives once");
    server.instead("RedriveExecution").fails(
        "RedriveExecution",
        "ExecutionNotRedrivable",
        "Execution is RUNNING and cannot be redriven",
    );
    let refused = server.adapter().redrive("booking", "bkg_1").await;
    assert!(matches!(&refused, Err(OrchestratorError::Conflict(text)) if text.contains("RUNNING")), "{refused:?}");
    server.instead("RedriveExecution").fails("RedriveExecution", "ExecutionDoesNotExist", "Execution Does Not Exist");
    let refused = server.adapter().redrive("booking", "bkg_1").await;
    assert!(matches!(refused, Err(OrchestratorError::NotFound)), "{refused:?}");
}

#[tokio::test]
async fn only_what_runs_is_stopped() {
    let server = Server::new().await;
    server.says("DescribeExecution", described("RUNNING")).says("StopExecution", json!({ "stopDate": 1.8e9 }));
    server.adapter().stop("booking", "bkg_1", "Operator", "because").await.unwrap();
    assert_eq!(
        server.asked("StopExecution"),
        [json!({ "executionArn": EXECUTION, "error": "Operator", "cause": "because" })]
    );
    for status in ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"] {
        server.instead("DescribeExecution").says("DescribeExecution", described(status));
        let refused = server.adapter().stop("booking", "bkg_1", "Operator", "because").await;
        assert!(matches!(refused, Err(OrchestratorError::Conflict(_))), "{status} {refused:?}");
    }
    assert_eq!(server.asked("StopExecution").len(), 1);
}

#[tokio::test]
async fn lists_go_on_where_they_ended_and_an_old_cursor_is_refused() {
    let server = Server::new().await;
    let item = |name: &str| {
        json!({ "executionArn": format!("{EXECUTION}{name}"), "stateMachineArn": MACHINE, "name": name, "status": "FAILED",
        "startDate": 1.8e9, "stopDate": 1.8e9 })
    };
    server.says("ListExecutions", json!({ "executions": [item("a"), item("b")], "nextToken": "more" }));
    server.says("ListExecutions", json!({ "executions": [item("c")] }));
    let mut filter = Filter { status: Some(Status::Failed), limit: 2, ..Filter::default() };
    let first = server.adapter().list(&filter).await.unwrap();
    assert_eq!(first.items.len(), 2);
    filter.cursor = first.next;
    let second = server.adapter().list(&filter).await.unwrap();
    assert_eq!((second.items[0].name.as_str(), second.next), ("c", None));
    let asked = server.asked("ListExecutions");
    assert_eq!(asked[0], json!({ "stateMachineArn": MACHINE, "statusFilter": "FAILED", "maxResults": 2 }));
    assert_eq!(asked[1]["nextToken"], "more");
    server.instead("ListExecutions").fails("ListExecutions", "InvalidToken", "Invalid Token: 'Token is expired'");
    let refused = server.adapter().list(&filter).await;
    assert!(matches!(refused, Err(OrchestratorError::Refused(_))), "{refused:?}");
}
