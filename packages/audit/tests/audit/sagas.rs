//! Bookings on their way: somebody has to be at work on them.

use time::Duration;
use usher_audit::Invariant::SagaEnds;
use usher_core::ids::{BookingId, CancellationId};
use usher_workflows::{
    definitions::{BOOKING, CANCELLATION},
    orchestrator::Status,
};

use crate::world::World;

/// A booking that was paid, with its execution.
async fn running() -> (World, BookingId) {
    let (world, _) = World::at_rest().await;
    let (booking, ..) = world.paid(&["C1"]).await;
    world.sources.orchestrator.start(BOOKING.name, &booking.to_string(), serde_json::json!({})).await.unwrap();
    world.sql("DELETE FROM usher.outbox", booking).await;
    (world, booking)
}

#[tokio::test]
async fn a_saga_that_runs_is_in_flight() {
    let (world, _) = running().await;
    let report = world.audit().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.in_flight, report.stuck.len()), (1, 0));
    assert_eq!(report.totals[0].in_flight.amount, 1250);
}

#[tokio::test]
async fn a_saga_that_was_never_started_is_found() {
    let (world, _) = World::at_rest().await;
    let booking = world.requested(&["C1"]).await;
    assert!(world.audit().await.is_clean(), "its start waits in the outbox");
    world.sql("DELETE FROM usher.outbox WHERE id = $1", booking).await;
    let report = world.audit().await;
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.invariant, finding.booking)).collect();
    assert_eq!(found, [(SagaEnds, Some(booking))], "{report}");
    assert_eq!(report.findings[0].found, "no execution and no command to start one");
}

#[tokio::test]
async fn a_saga_that_ended_without_its_booking_is_found() {
    let (world, booking) = running().await;
    world.sql("UPDATE orchestrator.executions SET status = 'SUCCEEDED', stopped_at = now()", booking).await;
    let report = world.audit().await;
    assert_eq!(report.findings[0].found, "its booking saga SUCCEEDED", "{report}");
}

#[tokio::test]
async fn a_cancellation_is_at_work_under_its_own_name() {
    let (world, ended) = World::at_rest().await;
    let orchestrator = &world.sources.orchestrator;
    world.ask_to_cancel(ended.confirmed).await;
    assert!(world.audit().await.is_clean(), "its start waits in the outbox");
    world.sql("DELETE FROM usher.outbox", ended.confirmed).await;
    assert_eq!(world.audit().await.findings[0].invariant, SagaEnds);
    let name = CancellationId::from(ended.confirmed.uuid()).to_string();
    orchestrator.start(CANCELLATION.name, &name, serde_json::json!({})).await.unwrap();
    let report = world.audit().await;
    assert!(report.is_clean() && report.in_flight == 1, "{report}");
    orchestrator.stop(CANCELLATION.name, &name, "ByHand", "for now").await.unwrap();
    let report = world.audit().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.stuck[0].booking, Some(ended.confirmed));
}

#[tokio::test]
async fn what_a_person_stopped_is_stuck_and_no_breach() {
    let (world, booking) = running().await;
    world.sources.orchestrator.stop(BOOKING.name, &booking.to_string(), "ByHand", "the card was stolen").await.unwrap();
    let report = world.audit().await;
    assert!(report.is_clean(), "{report}");
    let stuck = &report.stuck[0];
    assert_eq!(
        (stuck.booking, stuck.status, stuck.states.join(",")),
        (Some(booking), Status::Aborted, "ReserveSeats".to_owned())
    );
    assert_eq!((stuck.error.as_deref(), stuck.cause.as_deref()), (Some("ByHand"), Some("the card was stolen")));
    assert!(report.to_string().contains("the card was stolen"), "{report}");
}

#[tokio::test]
async fn what_runs_for_too_long_is_stuck() {
    let (world, booking) = running().await;
    world.sql("DELETE FROM messaging.messages", booking).await;
    world.ambient.advance(Duration::minutes(11));
    let report = world.audit().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.stuck[0].booking, report.stuck[0].status), (Some(booking), Status::Running));
}
