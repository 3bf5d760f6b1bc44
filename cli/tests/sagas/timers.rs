//! The engine's own clock: an attempt that never answers times out, and the next one finds the stored answer.

use std::sync::Arc;

use futures::FutureExt as _;
use usher_bookings::Status;
use usher_workflows::{
    envelope::Envelope,
    orchestrator::{Filter, Status as ExecutionStatus},
};

use crate::{
    faults::Faults,
    world::{World, eventually},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_was_stopped_is_listed_and_goes_on_when_it_is_redriven() {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let hook = {
        let gate = Arc::clone(&gate);
        move |_: &Envelope| {
            let gate = Arc::clone(&gate);
            async move { gate.acquire().await.unwrap().forget() }.boxed()
        }
    };
    let world = World::with(Faults { on_effect: Some(("charge-payment", Arc::new(hook))), ..Faults::default() }).await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    let charged = eventually(async || (world.provider_effects().await == (1, 0)).then_some(())).await;
    charged.expect("the payment is charged");
    world.services.orchestrator().stop("booking", &id.to_string(), "Drill", "stopped by a test").await.unwrap();
    gate.add_permits(100); // The worker's answer comes too late: its token is dead.
    let stopped = Filter { status: Some(ExecutionStatus::Aborted), ..Filter::default() };
    let listed = world.services.orchestrator().list(&stopped).await.unwrap().items;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].error.as_deref(), Some("Drill"));
    world.services.orchestrator().redrive("booking", &id.to_string()).await.unwrap();
    world.until(id, &[Status::Confirmed]).await;
    assert_eq!(world.provider_effects().await, (1, 0), "the redrive found the charge and made none");
    let ended = eventually(async || {
        let history = world.services.orchestrator().history("booking", &id.to_string()).await.unwrap();
        history.iter().any(|event| event["type"] == "ExecutionSucceeded").then_some(history)
    });
    let history = ended.await.expect("it ends");
    assert!(history.iter().any(|event| event["type"] == "ExecutionRedriven"));
    let ids: Vec<u64> = history.iter().map(|event| event["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (1..=history.len() as u64).collect::<Vec<_>>(), "the history has no gap");
    world.settle().await;
}
