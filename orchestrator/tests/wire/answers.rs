//! Answering: what closed tokens are called, and what is not sent.

use serde_json::json;
use usher_workflows::{
    envelope::TaskToken,
    error::StepError,
    orchestrator::{Orchestrator as _, OrchestratorError},
};

use crate::server::Server;

const OPERATIONS: [&str; 3] = ["SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"];

async fn answers(server: &Server) -> [Result<(), OrchestratorError>; 3] {
    let (adapter, token) = (server.adapter(), TaskToken("token".to_owned()));
    let failure = StepError::Transient("busy".to_owned());
    [adapter.succeed(&token, json!(1)).await, adapter.fail(&token, &failure).await, adapter.heartbeat(&token).await]
}

#[tokio::test]
async fn every_name_for_a_closed_token_means_that_it_is_dead() {
    for code in ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"] {
        let server = Server::new().await;
        for operation in OPERATIONS {
            server.fails(operation, code, "Task Timed Out: 'Provided task does not exist anymore'");
        }
        for (answer, operation) in answers(&server).await.iter().zip(OPERATIONS) {
            assert!(matches!(answer, Err(OrchestratorError::TokenDead)), "{code} {answer:?}");
            assert_eq!(server.asked(operation).len(), 1, "a dead token is not asked for twice");
        }
    }
}

#[tokio::test]
async fn answers_say_what_happened() {
    let server = Server::new().await;
    for operation in OPERATIONS {
        server.says(operation, json!({}));
    }
    assert!(answers(&server).await.iter().all(Result::is_ok));
    assert_eq!(server.asked("SendTaskSuccess"), [json!({ "taskToken": "token", "output": "1" })]);
    assert_eq!(
        server.asked("SendTaskFailure"),
        [json!({ "taskToken": "token", "error": "Usher.Transient", "cause": "busy" })]
    );
}

#[tokio::test]
async fn an_answer_that_went_wrong_on_the_way_is_sent_again() {
    let server = Server::new().await;
    server.fails("SendTaskSuccess", "InternalServerError", "").says("SendTaskSuccess", json!({}));
    server.adapter().succeed(&TaskToken("token".to_owned()), json!(1)).await.unwrap();
    assert_eq!(server.asked("SendTaskSuccess").len(), 2);
}

#[tokio::test]
async fn an_output_that_aws_would_refuse_is_refused_here_and_a_long_cause_is_cut() {
    let server = Server::new().await;
    let (adapter, token) = (server.adapter(), TaskToken("token".to_owned()));
    let refused = adapter.succeed(&token, json!("x".repeat(262_143))).await;
    assert!(matches!(&refused, Err(OrchestratorError::Refused(text)) if text.contains("262145 bytes")), "{refused:?}");
    assert!(server.asked("SendTaskSuccess").is_empty());
    server.says("SendTaskFailure", json!({})).fails("SendTaskSuccess", "InvalidOutput", "");
    adapter.fail(&token, &StepError::Transient("ä".repeat(40_000))).await.unwrap();
    assert_eq!(server.asked("SendTaskFailure")[0]["cause"].as_str().unwrap().chars().count(), 32_768);
    let refused = adapter.succeed(&token, json!(1)).await;
    assert!(matches!(refused, Err(OrchestratorError::Refused(_))), "{refused:?}");
}
