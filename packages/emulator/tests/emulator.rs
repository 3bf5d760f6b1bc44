//! A real emulator: started, killed, stopped, restarted, and left behind by a process that was killed.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use usher_emulator::Emulator;

/// Calls an action of SQS by hand, as the SDK does it over the wire. `None` while nobody answers.
fn sqs(endpoint: &str, action: &str, body: &str) -> Option<String> {
    let host = endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).ok()?;
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.0\r\n\
         x-amz-target: AmazonSQS.{action}\r\nauthorization: AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/sqs/aws4_request\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

const QUEUE: &str = r#"{"QueueName":"some-queue"}"#;

#[tokio::test]
async fn two_emulators_know_nothing_of_each_other() {
    let (one, two) = (Emulator::start().await.unwrap(), Emulator::start().await.unwrap());
    assert_ne!(one.endpoint(), two.endpoint());
    assert!(one.endpoint().starts_with("http://127.0.0.1:"));
    let made = sqs(one.endpoint(), "CreateQueue", QUEUE).unwrap();
    assert!(made.contains("some-queue") && made.contains(one.endpoint()), "{made}");
    let other = sqs(two.endpoint(), "GetQueueUrl", QUEUE).unwrap();
    assert!(other.contains("NonExistentQueue"), "{other}");
}

#[tokio::test]
async fn a_strict_one_is_of_another_account_and_its_queues_are_at_addresses_where_nobody_answers() {
    let emulator = Emulator::start_strict().await.unwrap();
    let made = sqs(emulator.endpoint(), "CreateQueue", QUEUE).unwrap();
    assert!(made.contains("123456789012") && !made.contains("127.0.0.1"), "{made}");
}

#[tokio::test]
async fn a_killed_emulator_comes_back_empty_at_its_address() {
    let mut emulator = Emulator::start().await.unwrap();
    let address = emulator.endpoint().to_owned();
    sqs(&address, "CreateQueue", QUEUE).unwrap();
    emulator.kill().await.unwrap();
    assert_eq!(sqs(&address, "ListQueues", "{}"), None, "nobody answers");
    emulator.restart().await.unwrap();
    assert_eq!(emulator.endpoint(), address);
    assert!(sqs(&address, "GetQueueUrl", QUEUE).unwrap().contains("NonExistentQueue"));
}

#[tokio::test]
async fn a_stopped_emulator_comes_back_with_what_it_was_told_to_keep() {
    let mut emulator = Emulator::start_keeping_state().await.unwrap();
    let address = emulator.endpoint().to_owned();
    sqs(&address, "CreateQueue", QUEUE).unwrap();
    emulator.stop().await.unwrap();
    assert_eq!(sqs(&address, "ListQueues", "{}"), None, "nobody answers");
    emulator.restart().await.unwrap();
    assert!(sqs(&address, "GetQueueUrl", QUEUE).unwrap().contains(&address));
}

/// The other half of the next test: starts one, says where, and waits to be killed.
#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn starts_one_and_waits() {
    let emulator = usher_emulator::shared().await.unwrap();
    println!("at {}", emulator.endpoint());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn an_emulator_ends_with_a_starter_that_is_killed() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};

    let mut starter = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["starts_one_and_waits", "--exact", "--ignored", "--nocapture"])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(starter.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next_line().await.unwrap().expect("it says where");
        if let Some((_, address)) = line.split_once("at http") {
            break format!("http{}", address.trim());
        }
    };
    assert!(sqs(&address, "ListQueues", "{}").is_some());
    starter.kill().await.unwrap();
    // The test runner's limit is the only clock here.
    while sqs(&address, "ListQueues", "{}").is_some() {
        tokio::task::yield_now().await;
    }
}
