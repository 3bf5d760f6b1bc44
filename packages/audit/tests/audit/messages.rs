//! Breaks of messages: what stays in an outbox, what nobody takes, what died.

use std::time::Duration;

use usher_audit::{Finding, Invariant::NoMessageLost, Report};
use usher_workflows::envelope::{Envelope, TaskToken};

use crate::world::World;

fn lost(report: &Report) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.invariant == NoMessageLost).collect()
}

#[tokio::test]
async fn what_stays_in_the_outbox() {
    let (world, _) = World::at_rest().await;
    let booking = world.requested(&["C1"]).await;
    assert!(world.audit().await.is_clean(), "it was written a moment ago");
    world.ambient.advance(time::Duration::seconds(61));
    let report = world.audit().await;
    assert_eq!(lost(&report).len(), 2, "the start and the event: {report}");
    assert!(lost(&report).iter().all(|finding| finding.booking == Some(booking)), "{report}");
}

#[tokio::test]
async fn what_nobody_takes() {
    let (world, _) = World::at_rest().await;
    world.sources.queue.send("reserve-seats", vec!["{}".to_owned()]).await.unwrap();
    assert!(world.audit().await.is_clean());
    world.ambient.advance(time::Duration::seconds(61));
    let report = world.audit().await;
    assert_eq!(lost(&report)[0].found, "1 wait in reserve-seats, the oldest for 61 s", "{report}");
}

#[tokio::test]
async fn what_died_without_telling_its_token() {
    let (world, ended) = World::at_rest().await;
    let envelope = Envelope {
        version: 1,
        task_token: TaskToken("a secret".to_owned()),
        execution: "booking:1".to_owned(),
        saga: "booking".to_owned(),
        name: ended.confirmed.to_string(),
        step: "reserve-seats".to_owned(),
        attempt: 0,
        entered_at: "2026-11-20T10:00:00Z".to_owned(),
        input: serde_json::json!({}),
    };
    let queue = &world.sources.queue;
    queue.send("reserve-seats", vec![serde_json::to_string(&envelope).unwrap()]).await.unwrap();
    let delivery = queue.receive("reserve-seats", 1, Duration::from_secs(5)).await.unwrap().remove(0);
    queue.reject(&delivery.receipt, "nobody can read it").await.unwrap();
    let report = world.audit().await;
    let found = &lost(&report)[0];
    assert_eq!(found.booking, Some(ended.confirmed), "{report}");
    assert!(found.found.contains("nobody can read it"), "{report}");
    assert!(!serde_json::to_string(&report).unwrap().contains("a secret"));
}
