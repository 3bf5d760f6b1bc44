//! Deploying with the command, twice with a change between, against the emulator.

use serde_json::json;
use usher_emulator::Emulator;
use usher_workflows::{definitions::BOOKING, step::STEPS};

use crate::command::Folder;

const ROLE: &str = "arn:aws:iam::000000000000:role/usher";

/// An emulator with the queues of the steps.
async fn emulator() -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    let queues = aws_sdk_sqs::Client::new(&emulator.sdk_config());
    for step in STEPS {
        queues.create_queue().queue_name(format!("usher-dev-{}", step.name)).send().await.unwrap();
    }
    emulator
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_prints_the_old_and_the_new_hash() {
    let emulator = emulator().await;
    let folder = Folder::new();
    let endpoint = ["--aws-endpoint", emulator.endpoint()];
    let call = |arguments: &[&str]| folder.call(&[arguments, &endpoint].concat());

    let hashes = call(&["hashes"]);
    assert_eq!(hashes.code, 1, "nothing is deployed: {}", hashes.out);
    let missing = call(&["deploy"]);
    assert!(missing.code == 2 && missing.err.contains("--role-arn"), "{}", missing.err);
    let dry = call(&["deploy", "--role-arn", ROLE, "--dry-run"]);
    assert!(dry.code == 0 && dry.out.contains("would be"), "{}{}", dry.out, dry.err);

    let first = call(&["deploy", "--role-arn", ROLE, "-o", "json"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let first = first.json();
    assert_eq!(
        (&first[0]["change"], &first[0]["before"]),
        (&json!("created"), &json!(null)),
        "a dry run changed nothing"
    );
    let hashes = call(&["hashes", "-o", "json"]);
    assert_eq!(hashes.code, 0, "{}", hashes.out);
    let hashes = hashes.json();
    for place in ["file", "embedded", "deployed"] {
        assert_eq!(hashes[0][place], first[0]["now"], "{place}");
    }

    let newer = BOOKING.definition.replace("\"outcome\": \"confirmed\"", "\"outcome\": \"sold\"");
    let file = folder.text("booking.asl.json", &newer);
    let second = call(&["deploy", &file, "-o", "json"]).json();
    assert_eq!((&second[0]["change"], &second[0]["before"]), (&json!("updated"), &first[0]["now"]));
    assert_ne!(second[0]["version"], first[0]["version"]);
    assert_eq!(call(&["deploy", &file, "-o", "json"]).json()[0]["change"], "unchanged");
    assert_eq!(call(&["hashes"]).code, 1, "what is deployed is not what this program was built with");
    assert!(call(&["deploy"]).out.contains("updated"));
    assert_eq!(call(&["hashes"]).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_not_deployed() {
    let emulator = emulator().await;
    let folder = Folder::new();
    let file = folder.text("booking.asl.json", &BOOKING.definition.replace("\"HeartbeatSeconds\": 10,", ""));
    let called = folder.call(&["deploy", &file, "--aws-endpoint", emulator.endpoint(), "--role-arn", ROLE]);
    assert!(called.code == 1 && called.err.contains("HeartbeatSeconds"), "{}{}", called.out, called.err);
    let machines = aws_sdk_sfn::Client::new(&emulator.sdk_config()).list_state_machines().send().await.unwrap();
    assert!(machines.state_machines().is_empty());
    let other = folder.text("theatre.asl.json", BOOKING.definition);
    let called = folder.call(&["deploy", &other, "--aws-endpoint", emulator.endpoint()]);
    assert!(called.code == 2 && called.err.contains("there is no saga `theatre`"), "{}", called.err);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let called = folder.call(&["deploy", "--aws-endpoint", &format!("http://{free}")]);
    assert!(called.code == 2 && called.err.contains("usher-dev-reserve-seats"), "{}", called.err);
}

#[test]
fn hashes_need_no_account_and_no_network() {
    let called = Folder::new().call(&["hashes", "--local", "-o", "json"]);
    assert_eq!(called.code, 0, "{}", called.err);
    let rows = called.json();
    assert!(rows.as_array().unwrap().iter().all(|row| row["file"] == row["embedded"]), "{rows}");
}
