//! What AWS answers when something is wrong, as its API references document it, and what becomes of it here.

use std::time::Duration;

use serde_json::{Value, json};
use usher_messaging::{
    aws::{SnsBus, SqsQueue, Stage},
    error::MessagingError,
    events::{Event, EventBus as _},
    queue::TaskQueue as _,
};
use usher_telemetry::ambient::system;

use super::wire::{Answer, Wire, config};

const URL: &str = "https://sqs.eu-west-1.amazonaws.com/111122223333/usher-dev-reserve-seats";

fn stage() -> Stage {
    "dev".parse().unwrap()
}

fn queue(wire: &Wire) -> SqsQueue {
    SqsQueue::new(&wire.config(), stage(), system())
}

fn url() -> Answer {
    ("GetQueueUrl", 200, json!({ "QueueUrl": URL }).to_string())
}

fn ok(action: &'static str, body: &Value) -> Answer {
    (action, 200, body.to_string())
}

fn error(action: &'static str, status: u16, code: &str, message: &str) -> Answer {
    (action, status, json!({ "__type": code, "message": message }).to_string())
}

/// The ids of the entries of a batch request.
fn ids(request: &str) -> Vec<String> {
    let request: Value = serde_json::from_str(request).unwrap();
    request["Entries"].as_array().unwrap().iter().map(|entry| entry["Id"].as_str().unwrap().to_owned()).collect()
}

fn sent(ids: &[&str]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "Id": id, "MessageId": id, "MD5OfMessageBody": "" })).collect()
}

fn failed(id: &str, sender_fault: bool, code: &str) -> Value {
    json!({ "Id": id, "SenderFault": sender_fault, "Code": code, "Message": "as documented" })
}

fn delivered(receives: u32) -> Answer {
    let message = json!({
        "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274", "ReceiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "MD5OfBody": "", "Body": "the body",
        "Attributes": { "ApproximateReceiveCount": receives.to_string(), "SentTimestamp": "1795000000000" },
    });
    ok("ReceiveMessage", &json!({ "Messages": [message] }))
}

async fn send(queue: &SqsQueue, bodies: &[&str]) -> Result<(), MessagingError> {
    queue.send("reserve-seats", bodies.iter().map(|&body| body.to_owned()).collect()).await
}

#[tokio::test]
async fn only_the_entries_that_failed_on_their_side_are_sent_again() {
    let first = json!({ "Successful": sent(&["0"]), "Failed": [failed("1", false, "InternalError"), failed("2", false, "ThrottlingException")] });
    let second = json!({ "Successful": sent(&["2"]), "Failed": [failed("1", false, "InternalError")] });
    let third = json!({ "Successful": sent(&["1"]), "Failed": [] });
    let answers = [&first, &second, &third].map(|answer| ok("SendMessageBatch", answer));
    let wire = Wire::start([url()].into_iter().chain(answers)).await;
    send(&queue(&wire), &["a", "b", "c"]).await.unwrap();
    let asked: Vec<Vec<String>> = wire.asked("SendMessageBatch").iter().map(|body| ids(body)).collect();
    assert_eq!(asked, [vec!["0", "1", "2"], vec!["1", "2"], vec!["1"]]);
    assert_eq!(wire.asked("GetQueueUrl").len(), 1, "the address is asked for once");
}

#[tokio::test]
async fn an_entry_that_is_refused_is_not_sent_again() {
    let answer = json!({ "Successful": sent(&["0"]), "Failed": [failed("1", true, "InvalidMessageContents")] });
    let wire = Wire::start([url(), ok("SendMessageBatch", &answer)]).await;
    let refused = send(&queue(&wire), &["a", "b"]).await.unwrap_err();
    assert!(!refused.is_transient() && refused.to_string().contains("InvalidMessageContents"), "{refused}");
    assert_eq!(wire.asked("SendMessageBatch").len(), 1);
}

#[tokio::test]
async fn what_a_person_can_mend_is_said_and_can_succeed_later() {
    for (status, code, message, remedy) in [
        (400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.", "usher aws setup"),
        (
            403,
            "AccessDeniedException",
            "User: x is not authorized to perform: sqs:sendmessage",
            "policy of this process's role",
        ),
        (
            403,
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "renew the credentials",
        ),
        (
            403,
            "UnrecognizedClientException",
            "The security token included in the request is invalid",
            "renew the credentials",
        ),
        (
            403,
            "InvalidSignatureException",
            "Signature expired: 20261120T155500Z is now earlier than 20261120T160000Z",
            "clock",
        ),
        (
            400,
            "com.amazonaws.sqs#KmsAccessDenied",
            "The caller doesn't have the required KMS access.",
            "policy of this process's role",
        ),
    ] {
        // The SDK tries some of them again.
        let answers = (0..8).map(|_| error("SendMessageBatch", status, code, message));
        let wire = Wire::start([url()].into_iter().chain(answers)).await;
        let error = send(&queue(&wire), &["a"]).await.unwrap_err();
        assert!(error.is_transient(), "{code}: {error}");
        let text = error.to_string();
        assert!(text.contains(remedy) && text.contains(message), "{code}: {text}");
        assert!(text.contains("SendMessageBatch on `usher-dev-reserve-seats`"), "{code}: {text}");
    }
}

#[tokio::test]
async fn a_queue_that_was_made_again_is_found() {
    let missing =
        error("SendMessageBatch", 400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.");
    let answer = ok("SendMessageBatch", &json!({ "Successful": sent(&["0"]), "Failed": [] }));
    let wire = Wire::start([url(), missing, url(), answer]).await;
    let queue = queue(&wire);
    send(&queue, &["a"]).await.unwrap_err();
    send(&queue, &["a"]).await.unwrap();
    assert!(wire.is_exhausted());
}

#[tokio::test]
async fn an_address_is_whatever_the_server_says_it_is() {
    for address in [
        "https://sqs.eu-central-1.amazonaws.com/123456789012/usher-test-reserve-seats",
        "https://eu-central-1.queue.amazonaws.com/80398EXAMPLE/MyQueue",
        "http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/usher-test-reserve-seats",
        "http://queue.localhost:4566/queue/us-east-1/123456789012/x",
    ] {
        let found = ("GetQueueUrl", 200, json!({ "QueueUrl": address }).to_string());
        let wire =
            Wire::start([found, ok("SendMessageBatch", &json!({ "Successful": sent(&["0"]), "Failed": [] }))]).await;
        send(&queue(&wire), &["x"]).await.unwrap();
        let asked: Value = serde_json::from_str(&wire.asked("SendMessageBatch")[0]).unwrap();
        assert_eq!(asked["QueueUrl"], address);
    }
}

#[tokio::test]
async fn a_trace_is_an_attribute_of_its_message() {
    let sent = ok("SendMessageBatch", &json!({ "Successful": sent(&["0", "1"]), "Failed": [] }));
    let wire = Wire::start([url(), sent]).await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let body = json!({ "input": { "traceparent": trace } }).to_string();
    send(&queue(&wire), &[&body, "without"]).await.unwrap();
    let asked: Value = serde_json::from_str(&wire.asked("SendMessageBatch")[0]).unwrap();
    let attributes = |place: usize| &asked["Entries"][place]["MessageAttributes"];
    assert_eq!(attributes(0)["traceparent"], json!({ "DataType": "String", "StringValue": trace }));
    assert!(attributes(1).is_null(), "{asked}");
}

#[tokio::test]
async fn throttling_is_tried_again_a_few_times() {
    let throttled = || error("SendMessageBatch", 400, "com.amazonaws.sqs#RequestThrottled", "Rate exceeded");
    let answer = ok("SendMessageBatch", &json!({ "Successful": sent(&["0"]), "Failed": [] }));
    let wire = Wire::start([url(), throttled(), throttled(), answer]).await;
    send(&queue(&wire), &["a"]).await.unwrap();
    assert_eq!(wire.asked("SendMessageBatch").len(), 3);

    let wire = Wire::start([url()].into_iter().chain((0..9).map(|_| throttled()))).await;
    let error = send(&queue(&wire), &["a"]).await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("quota"), "{error}");
    assert_eq!(wire.asked("SendMessageBatch").len(), 4, "one attempt and three retries");
}

#[tokio::test]
async fn an_endpoint_where_nobody_answers_is_named_as_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let queue = SqsQueue::new(&config(&endpoint), stage(), system());
    let error = queue.receive("reserve-seats", 1, Duration::ZERO).await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("USHER_AWS_ENDPOINT"), "{error}");
}

#[tokio::test]
async fn a_proxy_that_answers_with_a_page_is_no_refusal() {
    let page = || ("GetQueueUrl", 502, "<html>Bad gateway</html>".to_owned());
    let wire = Wire::start((0..9).map(|_| page())).await;
    let error = send(&queue(&wire), &["a"]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_receipt_that_the_server_no_longer_takes_is_a_lost_lease() {
    for code in [
        "ReceiptHandleIsInvalid",
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
    ] {
        let lost = json!({ "Successful": [], "Failed": [failed("0", true, code)] });
        let wire = Wire::start([url(), delivered(1), ok("ChangeMessageVisibilityBatch", &lost)]).await;
        let queue = queue(&wire);
        let receipt = queue.receive("reserve-seats", 1, Duration::ZERO).await.unwrap().remove(0).receipt;
        assert!(!queue.extend(&receipt).await.unwrap(), "{code}");
        queue.ack(&receipt).await.unwrap();
        assert!(wire.asked("DeleteMessageBatch").is_empty(), "what was lost is not deleted");
    }
}

#[tokio::test]
async fn a_delete_that_fails_on_their_side_is_tried_again_alone() {
    let first = json!({ "Successful": [], "Failed": [failed("0", false, "InternalError")] });
    let second = json!({ "Successful": [{ "Id": "0" }], "Failed": [] });
    let wire =
        Wire::start([url(), delivered(1), ok("DeleteMessageBatch", &first), ok("DeleteMessageBatch", &second)]).await;
    let queue = queue(&wire);
    let delivery = queue.receive("reserve-seats", 1, Duration::ZERO).await.unwrap().remove(0);
    assert_eq!((delivery.body.as_str(), delivery.receives), ("the body", 1));
    queue.ack(&delivery.receipt).await.unwrap();
    assert!(wire.is_exhausted());
}

fn dead_letter(id: &str, died_at: &str) -> Value {
    let text = |value: &str| json!({ "DataType": "String", "StringValue": value });
    json!({
        "MessageId": id, "ReceiptHandle": format!("handle-{id}"), "MD5OfBody": "", "Body": "{}",
        "Attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1795000000000" },
        "MessageAttributes": { "usher.reason": text("no"), "usher.died-at": text(died_at) },
    })
}

fn attributes(name: &str) -> Answer {
    let arn = format!("arn:aws:sqs:eu-west-1:111122223333:{name}");
    ok("GetQueueAttributes", &json!({ "Attributes": { "QueueArn": arn } }))
}

#[tokio::test]
async fn all_dead_letters_are_moved_by_sqs_where_it_can() {
    let entry = |status: &str, moved: u32, handle: Value| {
        json!({ "Results": [{ "TaskHandle": handle, "Status": status, "ApproximateNumberOfMessagesMoved": moved,
            "SourceArn": "arn:aws:sqs:eu-west-1:111122223333:usher-dev-reserve-seats-dead", "StartedTimestamp": 1_795_000_000 }] })
    };
    let wire = Wire::start([
        url(),
        attributes("usher-dev-reserve-seats-dead"),
        url(),
        attributes("usher-dev-reserve-seats"),
        ok("StartMessageMoveTask", &json!({ "TaskHandle": "eyJ0YXNr" })),
        ok("ListMessageMoveTasks", &entry("RUNNING", 40, json!("eyJ0YXNr"))),
        ok("ListMessageMoveTasks", &entry("COMPLETED", 120, Value::Null)),
        ok("ReceiveMessage", &json!({})),
    ])
    .await;
    assert_eq!(queue(&wire).redrive_all("reserve-seats").await.unwrap(), 120);
    let task: Value = serde_json::from_str(&wire.asked("StartMessageMoveTask")[0]).unwrap();
    assert_eq!(task["SourceArn"], "arn:aws:sqs:eu-west-1:111122223333:usher-dev-reserve-seats-dead");
    assert_eq!(task["DestinationArn"], "arn:aws:sqs:eu-west-1:111122223333:usher-dev-reserve-seats");
    assert!(wire.is_exhausted());
}

#[tokio::test]
async fn what_sqs_does_not_move_is_sent_again_one_by_one() {
    let unsupported =
        error("StartMessageMoveTask", 400, "InvalidAction", "The action StartMessageMoveTask is not valid.");
    let letters =
        json!({ "Messages": [dead_letter("1", "2026-11-20T10:00:00Z"), dead_letter("2", "2026-11-20T11:00:00Z")] });
    let wire = Wire::start([
        url(),
        attributes("usher-dev-reserve-seats-dead"),
        url(),
        attributes("usher-dev-reserve-seats"),
        unsupported,
        ok("ReceiveMessage", &letters),
        ok("ReceiveMessage", &json!({})),
        ok("SendMessageBatch", &json!({ "Successful": sent(&["0", "1"]), "Failed": [] })),
        ok("DeleteMessageBatch", &json!({ "Successful": [{ "Id": "0" }, { "Id": "1" }], "Failed": [] })),
    ])
    .await;
    assert_eq!(queue(&wire).redrive_all("reserve-seats").await.unwrap(), 2);
    let again: Value = serde_json::from_str(&wire.asked("SendMessageBatch")[0]).unwrap();
    assert_eq!(again["Entries"][0]["MessageAttributes"], Value::Null, "its death is forgotten");
    assert!(wire.is_exhausted());
}

fn topics() -> Answer {
    let topic = "arn:aws:sns:eu-west-1:111122223333:usher-dev-booking_events";
    let body = format!(
        "<ListTopicsResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><ListTopicsResult><Topics><member>\
         <TopicArn>{topic}</TopicArn></member></Topics></ListTopicsResult></ListTopicsResponse>"
    );
    ("ListTopics", 200, body)
}

fn published(successful: &[&str], failed: &[(&str, bool, &str)]) -> Answer {
    let good: Vec<String> =
        successful.iter().map(|id| format!("<member><Id>{id}</Id><MessageId>m</MessageId></member>")).collect();
    let bad: Vec<String> = failed
        .iter()
        .map(|(id, fault, code)| {
            format!("<member><Id>{id}</Id><Code>{code}</Code><Message>as documented</Message><SenderFault>{fault}</SenderFault></member>")
        })
        .collect();
    let body = format!(
        "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishBatchResult><Successful>{}</Successful>\
         <Failed>{}</Failed></PublishBatchResult></PublishBatchResponse>",
        good.concat(),
        bad.concat(),
    );
    ("PublishBatch", 200, body)
}

fn event(topic: &str) -> Event {
    Event { topic: topic.to_owned(), payload: json!({ "type": topic }) }
}

#[tokio::test]
async fn only_the_events_that_failed_on_their_side_are_published_again() {
    let wire =
        Wire::start([topics(), published(&["0"], &[("1", false, "InternalError")]), published(&["1"], &[])]).await;
    let bus = SnsBus::new(&wire.config(), stage(), system());
    bus.publish(&[event("booking.created"), event("booking.cancelled")]).await.unwrap();
    let asked = wire.asked("PublishBatch");
    assert_eq!(asked.len(), 2);
    assert!(asked[0].contains("booking.created") && !asked[1].contains("booking.created"), "{}", asked[1]);
    assert!(asked[1].contains("booking.cancelled") && wire.is_exhausted());
}

#[tokio::test]
async fn what_keeps_events_from_being_published_is_said() {
    let error = |code: &str, message: &str, status| {
        let body = format!(
            "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        );
        ("PublishBatch", status, body)
    };
    for (code, message, status, transient, says) in [
        ("AuthorizationError", "not authorized to perform: SNS:Publish", 403, true, "policy of this process's role"),
        ("NotFound", "Topic does not exist", 404, true, "usher aws setup"),
        ("InvalidParameter", "Invalid parameter: Message too long", 400, false, "Message too long"),
    ] {
        let wire = Wire::start([topics(), error(code, message, status)]).await;
        let bus = SnsBus::new(&wire.config(), stage(), system());
        let refused = bus.publish(&[event("booking.created")]).await.unwrap_err();
        assert_eq!(refused.is_transient(), transient, "{refused}");
        assert!(refused.to_string().contains(says), "{refused}");
    }
    let wire = Wire::start([topics()]).await;
    let bus = SnsBus::new(&wire.config(), stage(), system());
    let missing = bus.publish(&[event("payment.failed")]).await.unwrap_err();
    assert!(missing.is_transient() && missing.to_string().contains("usher-dev-payment_events"), "{missing}");
}

/// A full answer says that there is more, so the next receive asks several times at once; and whoever has room for one asks
/// once.
#[tokio::test]
async fn a_full_answer_is_followed_by_several_requests_at_once() {
    let message = |number: usize| {
        json!({ "MessageId": number.to_string(), "ReceiptHandle": number.to_string(), "MD5OfBody": "", "Body": number.to_string(),
            "Attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1795000000000" } })
    };
    let full = |ten: usize| {
        ok("ReceiveMessage", &json!({ "Messages": (ten * 10..ten * 10 + 10).map(message).collect::<Vec<_>>() }))
    };
    let wire = Wire::start([url(), full(0), full(1), full(2), full(3)]).await;
    let queue = queue(&wire);
    let patience = Duration::from_secs(20);
    assert_eq!(queue.receive("reserve-seats", 40, patience).await.unwrap().len(), 10);
    assert_eq!(wire.asked("ReceiveMessage").len(), 1, "whether there is more nobody knows yet");
    let mut received = 10;
    while received < 40 {
        received += queue.receive("reserve-seats", 40 - received, patience).await.unwrap().len();
    }
    let waits: Vec<i64> = wire
        .asked("ReceiveMessage")
        .iter()
        .map(|asked| serde_json::from_str::<Value>(asked).unwrap()["WaitTimeSeconds"].as_i64().unwrap())
        .collect();
    assert_eq!(waits[0], 20);
    assert!(waits[1..].iter().filter(|&&wait| wait == 1).count() >= 2, "the others do not wait for long: {waits:?}");
}
