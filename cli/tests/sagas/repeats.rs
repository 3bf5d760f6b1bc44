//! Every step repeated, reordered, and killed between effect and report: one effect, the same end.

use std::sync::atomic::Ordering;

use usher_bookings::Status;
use usher_workflows::step::STEPS;

use crate::{faults::Faults, world::World};

/// Books four times - paid, declined, taken, cancelled when confirmed - so that every step there is has something to do.
async fn every_step(faults: Faults) {
    let world = World::with(faults).await;
    let (a, b, c) = (world.seat(0), world.seat(1), world.seat(2));
    let paid = world.book(&[&a, &b], "pm_ok").await;
    let declined = world.book(&[&c], "pm_declined").await;
    world.until(paid, &[Status::Confirmed]).await;
    world.until(declined, &[Status::Rejected]).await;
    let taken = world.book(&[&b], "pm_ok").await;
    world.until(taken, &[Status::Rejected]).await;
    world.cancel(paid).await;
    world.until(paid, &[Status::Cancelled]).await;
    let again = world.book(&[&a, &b], "pm_ok").await;
    world.until(again, &[Status::Confirmed]).await;
    assert!(world.faults.hit.load(Ordering::Relaxed), "the fault hit something");
    assert_eq!(world.provider_effects().await, (2, 1), "two charges, one refund, whatever was repeated");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn messages_that_come_three_times_have_one_effect() {
    every_step(Faults { repeats: 2, ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn messages_that_come_twice_and_out_of_order_have_one_effect() {
    every_step(Faults { repeats: 1, reversed: true, ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_worker_that_dies_before_its_report_repeats_nothing() {
    every_step(Faults { dies_before_report: Some("*"), ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_worker_that_dies_before_its_acknowledgement_repeats_nothing() {
    every_step(Faults { dies_before_ack: Some("*"), ..Faults::default() }).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn each_step_alone_survives_both_deaths() {
    for step in STEPS {
        every_step(Faults {
            dies_before_report: Some(step.name),
            dies_before_ack: Some(step.name),
            ..Faults::default()
        })
        .await;
    }
}
