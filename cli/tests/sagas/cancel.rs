//! Cancelling at every boundary: it converges to tickets, or to free seats and the money back.

use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use usher_bookings::{
    Bookings, Status,
    cancel::{Cancel, CancelOutcome},
};
use usher_workflows::{definitions::CANCELLATION, envelope::Envelope};

use crate::{faults::Faults, world::World};

/// Cancels once `step` has had its effect and before it reports.
async fn cancelled_after(step: &'static str, expected_charges: usize) {
    let bookings: Arc<Mutex<Option<Bookings>>> = Arc::default();
    let outcome: Arc<Mutex<Option<CancelOutcome>>> = Arc::default();
    let hook = {
        let (bookings, outcome) = (Arc::clone(&bookings), Arc::clone(&outcome));
        move |envelope: &Envelope| {
            let (bookings, outcome) = (Arc::clone(&bookings), Arc::clone(&outcome));
            let input = envelope.input.clone();
            async move {
                let bookings = bookings.lock().unwrap().clone().expect("the world is there");
                let cancel = Cancel {
                    id: serde_json::from_value(input["booking_id"].clone()).unwrap(),
                    user_id: serde_json::from_value(input["user_id"].clone()).unwrap(),
                    saga: CANCELLATION.name,
                    input,
                };
                let cancelled = bookings.cancel(cancel).await.unwrap();
                outcome.lock().unwrap().get_or_insert(cancelled);
            }
            .boxed()
        }
    };
    let world = World::with(Faults { on_effect: Some((step, Arc::new(hook))), ..Faults::default() }).await;
    *bookings.lock().unwrap() = Some(world.services.contexts.bookings.clone());
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    let ended = world.until(id, &[Status::Cancelled]).await;
    assert_eq!(ended.status, Status::Cancelled);
    assert!(outcome.lock().unwrap().is_some(), "it was cancelled at {step}");
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
