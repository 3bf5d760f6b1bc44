//! Deploying to an AWS that says no, and to one that cannot do everything.

use serde_json::{Value, json};
use usher_orchestrator::stepfunctions::deploy::{Change, Definition, DeployError, Deployed, Deployment, deploy};

use crate::server::{MACHINE, Server, our_hash};

const ROLE: &str = "arn:aws:iam::111122223333:role/states";

async fn deployed(server: &Server, role: Option<&str>, file: &str) -> Result<Deployed, DeployError> {
    let role = role.map(str::to_owned);
    let deployment = Deployment { stage: "test".to_owned(), role, dry_run: false };
    let definition = Definition { saga: "booking".to_owned(), file: file.to_owned() };
    Ok(deploy(&server.config(), &deployment, &[definition]).await?.remove(0))
}

/// A server where every step's queue is, and which finds nothing wrong.
async fn server() -> Server {
    let server = Server::new().await;
    server.says("GetQueueUrl", json!({ "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/queue" }));
    server.says("ValidateStateMachineDefinition", json!({ "result": "OK", "diagnostics": [] }));
    server
}

fn empty(server: &Server) {
    server.instead("ListStateMachines").says("ListStateMachines", json!({ "stateMachines": [] }));
}

fn calls(server: &Server) -> usize {
    ["CreateStateMachine", "UpdateStateMachine", "PublishStateMachineVersion"]
        .iter()
        .map(|name| server.asked(name).len())
        .sum()
}

#[tokio::test]
async fn what_is_there_already_is_left_alone() {
    let server = server().await;
    let one = deployed(&server, Some(ROLE), "{}").await.unwrap();
    assert_eq!((one.change, one.version), (Change::Unchanged, Some(format!("{MACHINE}:1"))));
    assert_eq!((one.before, one.now), (Some(our_hash()), our_hash()));
    assert_eq!(calls(&server), 0);
}

#[tokio::test]
async fn a_change_is_one_new_version_with_its_hash() {
    let server = server().await;
    let version = format!("{MACHINE}:2");
    server.says("UpdateStateMachine", json!({ "updateDate": 1.8e9, "stateMachineVersionArn": version }));
    let one = deployed(&server, None, "{ }").await.unwrap();
    assert_eq!((one.change, one.version, one.before), (Change::Updated, Some(version), Some(our_hash())));
    let asked = &server.asked("UpdateStateMachine")[0];
    assert_eq!(asked["versionDescription"], format!("sha256:{}", one.now));
    assert_eq!(
        (&asked["definition"], &asked["publish"], &asked["roleArn"]),
        (&json!("{ }"), &json!(true), &Value::Null)
    );
    assert_eq!(calls(&server), 1);
}

#[tokio::test]
async fn what_aws_finds_wrong_is_shown_and_nothing_is_changed() {
    let server = server().await;
    server.instead("ValidateStateMachineDefinition").says("ValidateStateMachineDefinition", json!({ "result": "FAIL", "diagnostics": [
        { "severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": "These fields are required: [StartAt]", "location": "/" }] }));
    let error = deployed(&server, Some(ROLE), "{ }").await.unwrap_err();
    assert!(
        error.to_string().contains("SCHEMA_VALIDATION_FAILED at /: These fields are required: [StartAt]"),
        "{error}"
    );
    assert_eq!(calls(&server), 0);
}

#[tokio::test]
async fn a_server_that_cannot_check_or_publish_is_noted() {
    let server = server().await;
    empty(&server);
    server.instead("ValidateStateMachineDefinition").answers("ValidateStateMachineDefinition", 501, json!({}));
    server.says("CreateStateMachine", json!({ "stateMachineArn": MACHINE, "creationDate": 1.8e9 }));
    server.answers("PublishStateMachineVersion", 501, json!({}));
    let one = deployed(&server, Some(ROLE), "{}").await.unwrap();
    assert_eq!((one.change, one.version), (Change::Created, None));
    assert!(one.notes.iter().any(|note| note.contains("checked here only")), "{:?}", one.notes);
    assert!(one.notes.iter().any(|note| note.contains("no version was published")), "{:?}", one.notes);
    let tags = &server.asked("CreateStateMachine")[0]["tags"];
    assert_eq!(tags, &json!([{ "key": "usher:stage", "value": "test" }]));
}

#[tokio::test]
async fn what_a_person_has_to_do_is_said() {
    let server = server().await;
    server.fails("UpdateStateMachine", "ConflictException", "Updating StateMachine due to concurrent edit");
    let error = deployed(&server, Some(ROLE), "{ }").await.unwrap_err();
    assert!(error.to_string().contains("run it again"), "{error}");
    empty(&server);
    let error = deployed(&server, None, "{}").await.unwrap_err();
    assert!(error.to_string().contains("--role-arn"), "{error}");
    server.instead("GetQueueUrl").answers(
        "GetQueueUrl",
        400,
        json!({ "__type": "com.amazonaws.sqs#QueueDoesNotExist" }),
    );
    let file = json!({ "QueueUrl": "${ReserveSeatsQueueUrl}" }).to_string();
    let error = deployed(&server, Some(ROLE), &file).await.unwrap_err();
    assert!(error.to_string().contains("usher-test-reserve-seats"), "{error}");
    server.instead("ListStateMachines").fails("ListStateMachines", "AccessDeniedException", "not authorized");
    let error = deployed(&server, Some(ROLE), "{}").await.unwrap_err();
    assert!(error.to_string().contains("states:ListStateMachines"), "{error}");
}
