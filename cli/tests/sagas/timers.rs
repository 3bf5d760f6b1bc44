//! The engine's own clock: an attempt that never answers times out, and the next one finds the stored answer.

use usher_bookings::Status;
use usher_workflows::orchestrator::{Filter, Status as ExecutionStatus};

use crate::{
    faults::stops_before_report,
    world::{World, eventually},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_was_stopped_is_listed_and_goes_on_when_it_is_redriven() {
    let world = World::with(&[stops_before_report("charge-payment")]).await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    let charged = eventually(async || (world.provider_effects().await == (1, 0)).then_some(())).await;
    charged.expect("the payment is charged");
    world.services.orchestrator().stop("booking", &id.to_string(), "Drill", "stopped by a test").await.unwrap();
    world.services.faults.clear(); // The worker's answer comes too late: its token is dead.
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
