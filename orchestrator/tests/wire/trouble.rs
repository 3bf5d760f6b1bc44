//! Trouble that a person has to end: every kind says what to do, and none loses a request.

use serde_json::json;
use usher_orchestrator::stepfunctions::{Settings, StepFunctions};
use usher_workflows::{
    envelope::TaskToken,
    orchestrator::{Orchestrator as _, OrchestratorError},
};

use crate::server::{Server, config};

async fn reason(server: &Server) -> String {
    match server.adapter().succeed(&TaskToken("token".to_owned()), json!(1)).await {
        Err(OrchestratorError::Unavailable(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_kind_of_trouble_says_what_to_do() {
    let cases = [
        (
            "AccessDeniedException",
            "User: arn:aws:sts::1:assumed-role/w is not authorized to perform: states:SendTaskSuccess",
            "allow states:SendTaskSuccess",
        ),
        ("ExpiredTokenException", "The security token included in the request is expired", "credentials have expired"),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", "AWS_ACCESS_KEY_ID"),
        (
            "InvalidSignatureException",
            "Signature expired: 20261120T100000Z is now earlier than 20261120T101500Z",
            "clock of this machine",
        ),
        (
            "InvalidSignatureException",
            "Signature not yet current: 20261120T103000Z is still later than 20261120T102000Z",
            "clock of this machine",
        ),
        (
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
            "secret key",
        ),
        ("KmsAccessDeniedException", "", "docs/aws.md"),
    ];
    for (code, message, remedy) in cases {
        let server = Server::new().await;
        server.fails("SendTaskSuccess", code, message);
        let reason = reason(&server).await;
        assert!(reason.contains(remedy) && reason.contains(code), "{reason}");
    }
}

#[tokio::test]
async fn a_server_that_answers_no_protocol_is_away() {
    let server = Server::new().await;
    server.answers("SendTaskSuccess", 502, json!("<html>Bad Gateway</html>"));
    assert!(reason(&server).await.contains("SendTaskSuccess"));
}

#[tokio::test]
async fn a_region_that_is_not_there_is_named() {
    // A port that was free a moment ago, and that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let adapter = StepFunctions::new(&config(&format!("http://{free}")), &Settings::new("test"));
    let error = adapter.heartbeat(&TaskToken("token".to_owned())).await.unwrap_err();
    assert!(
        matches!(&error, OrchestratorError::Unavailable(reason) if reason.contains("USHER_AWS_ENDPOINT")),
        "{error}"
    );
}

#[tokio::test]
async fn without_region_or_credentials_it_says_which_is_missing() {
    let nothing = || aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest());
    let nobody = nothing().region(aws_config::Region::from_static("eu-west-1")).build();
    let credentials = config("http://127.0.0.1:9").credentials_provider();
    let nowhere = nothing().credentials_provider(credentials.unwrap()).build();
    for (config, remedy) in [(nowhere, "AWS_REGION"), (nobody, "AWS_ACCESS_KEY_ID")] {
        let adapter = StepFunctions::new(&config, &Settings::new("test"));
        let error = adapter.heartbeat(&TaskToken("token".to_owned())).await.unwrap_err();
        assert!(matches!(&error, OrchestratorError::Unavailable(reason) if reason.contains(remedy)), "{error}");
    }
}
