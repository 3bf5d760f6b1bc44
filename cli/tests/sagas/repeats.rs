//! Every step repeated, reordered, and killed between effect and report: one effect, the same end. Each step alone, at every
//! place, is in `crash_matrix`.

use usher_bookings::Status;
use usher_core::faults::{Order, Point};
use usher_payments::refund::RefundStanding;

use crate::{
    faults::{dies, repeats, reversed},
    world::World,
};

/// Books four times - paid, declined, taken, cancelled when confirmed - gives a little back, and calls the showtime off, so
/// that every step there is has something to do.
async fn every_step(orders: &[Order]) {
    let world = World::with(orders).await;
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
    let kindness = world.goodwill(again, 100).await;
    world.refund_until(kindness, RefundStanding::Succeeded).await;
    world.call_off().await;
    world.until(again, &[Status::Cancelled]).await;
    assert!(world.was_hit(), "the fault hit something");
    assert_eq!(world.provider_effects().await, (2, 3), "two charges, three refunds, whatever was repeated");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn messages_that_come_three_times_have_one_effect() {
    every_step(&[repeats(2)]).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn messages_that_come_twice_and_out_of_order_have_one_effect() {
    every_step(&[repeats(1), reversed()]).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_worker_that_dies_before_its_report_repeats_nothing() {
    every_step(&[dies(Point::BeforeToken, "*")]).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_worker_that_dies_before_its_acknowledgement_repeats_nothing() {
    every_step(&[dies(Point::BeforeAck, "*")]).await;
}
