//! Starting: once, and with the version that this program was built with.

use serde_json::json;
use usher_orchestrator::stepfunctions::{Rate, Rates};
use usher_workflows::orchestrator::{Orchestrator as _, OrchestratorError};

use crate::server::{EXECUTION, MACHINE, Server, our_hash};

fn started() -> serde_json::Value {
    json!({ "executionArn": EXECUTION, "startDate": 1.8e9 })
}

fn described(status: &str) -> serde_json::Value {
    json!({ "executionArn": EXECUTION, "stateMachineArn": MACHINE, "name": "bkg_1", "status": status, "startDate": 1.8e9,
        "stopDate": 1.8e9, "input": "{}" })
}

#[tokio::test]
async fn a_program_starts_the_version_it_was_built_with() {
    let server = Server::new().await;
    let versions = [10, 9, 1]
        .map(|number| json!({ "stateMachineVersionArn": format!("{MACHINE}:{number}"), "creationDate": 1.5e9 }));
    server
        .instead("ListStateMachineVersions")
        .says("ListStateMachineVersions", json!({ "stateMachineVersions": versions }));
    let version = |hash: &str| {
        json!({ "stateMachineArn": MACHINE, "name": "usher-test-booking", "definition": "{}", "roleArn": "r", "type": "STANDARD",
            "creationDate": 1.5e9, "description": format!("sha256:{hash}") })
    };
    server
        .instead("DescribeStateMachine")
        .says("DescribeStateMachine", version("newer"))
        .says("DescribeStateMachine", version(&our_hash()));
    server.says("StartExecution", started());
    let adapter = server.adapter();
    adapter.start("booking", "bkg_1", json!({ "seats": 2 })).await.unwrap();
    adapter.start("booking", "bkg_2", json!({})).await.unwrap();
    let asked = server.asked("StartExecution");
    assert_eq!(
        asked[0],
        json!({ "stateMachineArn": format!("{MACHINE}:9"), "name": "bkg_1", "input": "{\"seats\":2}" })
    );
    assert_eq!(asked[1]["stateMachineArn"], format!("{MACHINE}:9"));
    assert_eq!(server.asked("ListStateMachines").len(), 1, "it is looked up once");
}

#[tokio::test]
async fn without_its_version_what_is_deployed_is_started() {
    let server = Server::new().await;
    server.says("StartExecution", started());
    let other = server.adapter_of("another hash", Rates::default());
    other.start("booking", "bkg_1", json!({})).await.unwrap();
    // Nor does a server without versions stop anybody.
    server.instead("ListStateMachineVersions").answers(
        "ListStateMachineVersions",
        501,
        json!({ "__type": "NotImplemented" }),
    );
    server.adapter().start("booking", "bkg_1", json!({})).await.unwrap();
    let asked = server.asked("StartExecution");
    assert!(asked.iter().all(|asked| asked["stateMachineArn"] == MACHINE), "{asked:?}");
}

#[tokio::test]
async fn a_name_that_exists_is_looked_up_and_not_started_again() {
    for status in ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] {
        let server = Server::new().await;
        server.fails("StartExecution", "ExecutionAlreadyExists", &format!("Execution Already Exists: '{EXECUTION}'"));
        server.says("DescribeExecution", described(status));
        server.adapter().start("booking", "bkg_1", json!({})).await.unwrap();
        assert_eq!(server.asked("StartExecution").len(), 1, "{status}");
        assert_eq!(server.asked("DescribeExecution"), [json!({ "executionArn": EXECUTION })]);
    }
}

#[tokio::test]
async fn a_repeated_start_may_be_answered_with_the_execution_that_runs() {
    let server = Server::new().await;
    // As AWS does: same name, same input, still running.
    server.says("StartExecution", started());
    let adapter = server.adapter();
    adapter.start("booking", "bkg_1", json!({})).await.unwrap();
    adapter.start("booking", "bkg_1", json!({})).await.unwrap();
    assert_eq!(server.asked("StartExecution").len(), 2);
    assert!(server.asked("DescribeExecution").is_empty(), "the answer says it");
}

#[tokio::test]
async fn a_name_that_exists_and_is_not_there_is_asked_for_again_later() {
    let server = Server::new().await;
    server.fails("StartExecution", "ExecutionAlreadyExists", "").fails(
        "DescribeExecution",
        "ExecutionDoesNotExist",
        "",
    );
    let started = server.adapter().start("booking", "bkg_1", json!({})).await;
    assert!(matches!(started, Err(OrchestratorError::Unavailable(_))), "{started:?}");
}

#[tokio::test]
async fn a_throttled_start_is_repeated_and_then_told_to_wait() {
    let server = Server::new().await;
    server.fails("StartExecution", "ThrottlingException", "Rate exceeded").says("StartExecution", started());
    let adapter = server.adapter();
    adapter.start("booking", "bkg_1", json!({})).await.unwrap();
    assert_eq!(server.asked("StartExecution").len(), 2);
    assert!(adapter.start_delay().is_zero());
    server.instead("StartExecution").fails("StartExecution", "ThrottlingException", "Rate exceeded");
    let started = adapter.start("booking", "bkg_2", json!({})).await;
    assert!(matches!(started, Err(OrchestratorError::Busy { .. })), "{started:?}");
    assert!(!adapter.start_delay().is_zero(), "whoever takes orders can tell");
}

#[tokio::test]
async fn what_aws_would_throttle_is_not_sent() {
    let server = Server::new().await;
    server.says("StartExecution", started());
    let adapter = server.adapter_of(&our_hash(), Rates { start: Rate::new(2, 1), answer: Rate::new(1, 1) });
    let starts: Vec<String> = (0..12).map(|number| format!("bkg_{number}")).collect();
    let starts = starts.iter().map(|name| adapter.start("booking", name, json!({})));
    let outcomes = futures::future::join_all(starts).await;
    let sent = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(server.asked("StartExecution").len(), sent);
    let busy = |outcome: &&Result<(), _>| matches!(outcome, Err(OrchestratorError::Busy { .. }));
    assert_eq!(outcomes.iter().filter(busy).count(), 12 - sent);
    assert!((2..12).contains(&sent), "{sent}");
}

#[tokio::test]
async fn a_saga_that_is_not_deployed_says_so_and_is_found_once_it_is() {
    let server = Server::new().await;
    let listed = server.instead("ListStateMachines");
    listed.says("ListStateMachines", json!({ "stateMachines": [] }));
    let adapter = server.adapter();
    let error = adapter.start("booking", "bkg_1", json!({})).await.unwrap_err();
    assert!(
        matches!(&error, OrchestratorError::Unavailable(text) if text.contains("usher workflow deploy --stage test")),
        "{error}"
    );
    server.instead("ListStateMachines").says(
        "ListStateMachines",
        json!({ "stateMachines": [
        { "name": "usher-test-booking", "stateMachineArn": MACHINE, "type": "STANDARD", "creationDate": 1.5e9 }] }),
    );
    server.says("StartExecution", started());
    adapter.start("booking", "bkg_1", json!({})).await.unwrap();
}

#[tokio::test]
async fn what_can_never_be_started_is_refused_without_a_call() {
    let server = Server::new().await;
    let adapter = server.adapter();
    let large = json!({ "text": "x".repeat(262_144) });
    for (name, input) in [("bkg_1", large), ("", json!({})), (&*"x".repeat(81), json!({}))] {
        let started = adapter.start("booking", name, input).await;
        assert!(matches!(started, Err(OrchestratorError::Refused(_))), "{started:?}");
    }
    assert!(server.asked("StartExecution").is_empty());
    server.fails("StartExecution", "InvalidExecutionInput", "Invalid State Machine Execution Input");
    let started = adapter.start("booking", "bkg_1", json!({})).await;
    assert!(matches!(started, Err(OrchestratorError::Refused(_))), "{started:?}");
}
