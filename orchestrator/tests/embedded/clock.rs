//! The machine's clock jumps, ahead and back: no timer is lost, none fires twice, and no wait is longer than it says.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use time::{OffsetDateTime, ext::NumericalDuration as _};
use usher_core::ambient::Ambient as _;
use usher_messaging::queue::TaskQueue as _;
use usher_workflows::orchestrator::{Orchestrator as _, Status};

use crate::engine::{Engine, transient};

/// A wait and a task side by side, each of a minute, in an execution of at most four hours.
fn definition() -> String {
    let waiting = json!({ "StartAt": "Wait", "States": { "Wait": { "Type": "Wait", "Seconds": 60, "End": true } } });
    let task = json!({
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": { "QueueUrl": "work", "MessageBody": { "token.$": "$$.Task.Token", "attempt.$": "$$.State.RetryCount" } },
        "TimeoutSeconds": 60, "Catch": [{ "ErrorEquals": ["States.Timeout"], "Next": "Late" }], "End": true,
    });
    let working = json!({ "StartAt": "Task", "States": { "Task": task, "Late": { "Type": "Pass", "Result": "late", "End": true } } });
    let both = json!({ "Type": "Parallel", "Branches": [waiting, working], "Next": "Long" });
    let long = json!({ "Type": "Wait", "Seconds": 7200, "End": true });
    json!({ "StartAt": "Both", "TimeoutSeconds": 14_400, "States": { "Both": both, "Long": long } }).to_string()
}

async fn engine() -> Engine {
    let engine = Engine::new().await;
    Engine::beside(Arc::clone(&engine.database), Arc::clone(&engine.ambient), &definition()).await
}

impl Engine {
    async fn fired(&self) -> usize {
        self.orchestrator.fire_timers().await.unwrap()
    }

    /// How often each of the timers has fired.
    async fn timers(&self, name: &str) -> (usize, usize) {
        let types = self.event_types(name).await;
        let count = |kind: &str| types.iter().filter(|found| *found == kind).count();
        (count("WaitStateExited"), count("TaskTimedOut"))
    }
}

#[tokio::test]
async fn a_clock_that_jumps_an_hour_ahead_fires_everything_once() {
    let engine = engine().await;
    let other = Engine::beside(Arc::clone(&engine.database), Arc::clone(&engine.ambient), &definition()).await;
    for name in ["a", "b", "c"] {
        engine.start(name).await;
    }
    assert_eq!(engine.fired().await, 0);
    engine.ambient.advance(1.hours());
    let (one, two) = tokio::join!(engine.fired(), other.fired());
    assert_eq!(one + two, 3, "each execution is one timer's");
    assert_eq!(engine.fired().await + other.fired().await, 0, "and not due again");
    for name in ["a", "b", "c"] {
        assert_eq!(engine.timers(name).await, (1, 1));
        assert_eq!(engine.execution(name).await.states, ["Long"]);
    }
}

#[tokio::test]
async fn after_an_hour_back_a_minute_is_still_a_minute() {
    let engine = engine().await;
    engine.start("a").await;
    engine.ambient.advance(20.seconds());
    engine.fired().await; // As the timers' loop does every second.
    engine.ambient.advance(-1.hours());
    engine.fired().await;
    engine.ambient.advance(39.seconds());
    engine.fired().await;
    assert_eq!(engine.timers("a").await, (0, 0), "59 of the 60 seconds are over");
    engine.ambient.advance(1.seconds());
    engine.fired().await;
    assert_eq!(engine.timers("a").await, (1, 1));

    // A second jump in the long wait, which began after the first.
    engine.ambient.advance(90.minutes());
    engine.fired().await;
    engine.ambient.advance(-1.hours());
    engine.fired().await;
    engine.ambient.advance(29.minutes());
    engine.fired().await;
    assert_eq!(engine.execution("a").await.status, Status::Running);
    engine.ambient.advance(1.minutes());
    engine.fired().await;
    assert_eq!(engine.execution("a").await.status, Status::Succeeded, "two hours of waiting are over");
    let history = engine.orchestrator.history("test", "a").await.unwrap();
    let moments: Vec<&str> = history.iter().map(|event| event["timestamp"].as_str().unwrap()).collect();
    assert!(moments.is_sorted(), "its own clock never went back: {moments:?}");
}

#[tokio::test]
async fn engines_that_notice_the_same_jump_put_nothing_off_twice() {
    let engine = engine().await;
    let other = Engine::beside(Arc::clone(&engine.database), Arc::clone(&engine.ambient), &definition()).await;
    engine.start("a").await;
    engine.ambient.advance(20.seconds());
    for engine in [&engine, &other] {
        engine.fired().await;
    }
    engine.ambient.advance(-1.hours());
    for engine in [&engine, &other, &engine, &other] {
        engine.fired().await;
    }
    assert_eq!(engine.timers("a").await, (0, 0));
    engine.ambient.advance(39.seconds());
    engine.fired().await;
    assert_eq!(engine.timers("a").await, (0, 0), "nothing comes early");
    engine.ambient.advance(1.seconds());
    engine.fired().await;
    assert_eq!(engine.timers("a").await, (1, 1));
}

#[tokio::test]
async fn an_engine_that_starts_after_the_jump_waits_no_longer_than_from_the_last_transition() {
    let engine = engine().await;
    engine.start("a").await;
    engine.ambient.advance(-1.hours());
    let restarted = Engine::beside(Arc::clone(&engine.database), Arc::clone(&engine.ambient), &definition()).await;
    restarted.fired().await;
    engine.ambient.advance(1.minutes());
    restarted.fired().await;
    assert_eq!(engine.timers("a").await, (1, 1));
}

#[tokio::test]
async fn what_is_leased_when_the_clock_goes_back_is_not_leased_for_an_hour() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let held = engine.queue.receive("work", 1, Duration::ZERO).await.unwrap();
    assert_eq!(held.len(), 1);
    engine.ambient.advance(-1.hours());
    let (token, _) = engine.request().await;
    engine.orchestrator.fail(&token, &transient()).await.unwrap();
    engine.ambient.advance(10.seconds());
    engine.fired().await;
    assert_eq!(engine.request().await.1, 1, "the retry comes after its ten seconds");
    assert!(engine.ambient.now() < OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap());
}
