//! Cancelling at every boundary: it converges to tickets, or to free seats and the money back.

use usher_bookings::{Status, cancel::CancelOutcome};

use crate::{
    faults::stops_before_report,
    world::{World, eventually},
};

/// Cancels once `step` has had its effect and before it reports.
async fn cancelled_after(step: &str, expected_charges: usize) {
    let world = World::with(&[stops_before_report(step)]).await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    let stopped = eventually(async || world.was_hit().then_some(())).await;
    stopped.unwrap_or_else(|| panic!("{step} was never reached"));
    let outcome = world.cancel(id).await;
    assert!(matches!(outcome, CancelOutcome::TurnsRound | CancelOutcome::Start { .. }), "{outcome:?}");
    world.services.faults.clear();
    world.until(id, &[Status::Cancelled]).await;
    assert!(world.services.contexts.seating.occupied(world.showtime.id).await.unwrap().is_empty());
    let (charges, refunds) = world.provider_effects().await;
    assert_eq!((charges, refunds), (expected_charges, expected_charges), "what was charged was given back");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn after_the_reservation() {
    // The charge notices before it asks the provider.
    cancelled_after("reserve-seats", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn after_the_charge() {
    cancelled_after("charge-payment", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn after_the_tickets() {
    cancelled_after("issue-tickets", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn after_the_message() {
    cancelled_after("notify-customer", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn before_anything_happened() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.request(&[&seat], "pm_ok", None).await;
    assert_eq!(world.cancel(id).await, CancelOutcome::TurnsRound);
    world.until(id, &[Status::Cancelled]).await;
    assert_eq!(world.provider_effects().await, (0, 0));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn twice_is_once() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    world.until(id, &[Status::Confirmed]).await;
    assert!(matches!(world.cancel(id).await, CancelOutcome::Start { .. }));
    assert!(matches!(world.cancel(id).await, CancelOutcome::Already(_)));
    world.until(id, &[Status::Cancelled]).await;
    assert_eq!(world.cancel(id).await, CancelOutcome::Already(Status::Cancelled));
    assert_eq!(world.provider_effects().await, (1, 1));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_rejected_booking_has_nothing_to_cancel() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_declined").await;
    world.until(id, &[Status::Rejected]).await;
    assert_eq!(world.cancel(id).await, CancelOutcome::Rejected);
    world.settle().await;
}
