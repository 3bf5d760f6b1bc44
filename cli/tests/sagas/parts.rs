//! Cancelling a part of a booking: its seats are free, the others stay valid, and not a cent is lost.

use usher_bookings::{Status, cancel::CancelOutcome, part::PartOutcome};
use usher_core::faults::Order;
use usher_workflows::step::STEPS;

use crate::{
    faults::{dies_twice, repeats, reversed},
    world::World,
};

/// One seat of four, with a fee, whatever goes wrong; and the freed seat is somebody else's afterwards.
async fn one_of_four(orders: &[Order]) {
    let world = World::with(orders).await;
    let seats: Vec<String> = (0..4).map(|index| world.seat(index)).collect();
    let names: Vec<&str> = seats.iter().map(String::as_str).collect();
    let id = world.book(&names, "pm_ok").await;
    let before = world.until(id, &[Status::Confirmed]).await;
    let (gone, price) = before.seats[1].clone();
    let (_, begun) = world.cancel_part(id, std::slice::from_ref(&gone), 25).await;
    assert!(matches!(begun, PartOutcome::Start(_)), "{begun:?}");
    let after = world.whole_again(id).await;
    assert_eq!(after.cancelled_seats, std::slice::from_ref(&gone));
    assert_eq!((after.seats.len(), after.total.amount), (3, before.total.amount - price.amount));
    assert_eq!(after.kept.amount, 25);
    let tickets = world.services.contexts.tickets.of_booking(id).await.unwrap();
    let valid: Vec<_> = tickets.iter().filter(|ticket| ticket.is_valid()).collect();
    assert_eq!(valid.len(), 3);
    assert!(valid.iter().all(|ticket| ticket.seat != gone));
    let refunds = world.refunds(id).await;
    assert_eq!((refunds.len(), refunds[0].amount.amount), (1, price.amount - 25));
    assert_eq!(world.provider_effects().await, (1, 1));

    let other = world.book(&[gone.as_str()], "pm_ok").await;
    world.until(other, &[Status::Confirmed]).await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn one_seat_of_four_is_free_and_three_tickets_stay_valid() {
    one_of_four(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn whatever_comes_twice_a_part_is_cancelled_once() {
    one_of_four(&[repeats(2), reversed()]).await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_worker_that_dies_at_any_step_of_it_changes_nothing() {
    for step in ["revoke-tickets", "refund-payment", "release-seats", "notify-cancellation"] {
        assert!(STEPS.iter().any(|known| known.name == step));
        one_of_four(&dies_twice(step)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
pub async fn one_part_at_a_time_and_the_rest_afterwards() {
    let world = World::new().await;
    let seats: Vec<String> = (0..3).map(|index| world.seat(index)).collect();
    let names: Vec<&str> = seats.iter().map(String::as_str).collect();
    let id = world.book(&names, "pm_ok").await;
    let booking = world.until(id, &[Status::Confirmed]).await;
    let seat = |index: usize| booking.seats[index].0.clone();
    let all: Vec<_> = booking.seats.iter().map(|(seat, _)| seat.clone()).collect();
    assert_eq!(world.cancel_part(id, &all, 0).await.1, PartOutcome::NotAPart);
    let (begun, second, whole) = (
        world.cancel_part(id, &[seat(0)], 0).await.1,
        world.cancel_part(id, &[seat(1)], 0).await.1,
        world.cancel(id).await,
    );
    assert!(matches!(begun, PartOutcome::Start(_)), "{begun:?}");
    // Either the first part was at work, or it was done already.
    assert!(matches!(second, PartOutcome::Busy | PartOutcome::Start(_)), "{second:?}");
    assert!(matches!(whole, CancelOutcome::Parting | CancelOutcome::Start { .. }), "{whole:?}");
    if whole == CancelOutcome::Parting {
        world.whole_again(id).await;
        assert!(matches!(world.cancel_keeping(id, 100).await, CancelOutcome::Start { .. }));
    }
    world.until(id, &[Status::Cancelled]).await;
    assert!(world.services.contexts.seating.occupied(world.showtime.id).await.unwrap().is_empty());
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn cancelling_without_a_refund_and_with_a_fee_keeps_what_it_says() {
    let world = World::new().await;
    let (a, b) = (world.seat(0), world.seat(1));
    let (nothing, some) = (world.book(&[&a], "pm_ok").await, world.book(&[&b], "pm_ok").await);
    let total = world.until(nothing, &[Status::Confirmed]).await.total.amount;
    world.until(some, &[Status::Confirmed]).await;
    world.cancel_keeping(nothing, total).await;
    world.cancel_keeping(some, 1).await;
    for id in [nothing, some] {
        world.until(id, &[Status::Cancelled]).await;
    }
    assert_eq!(world.refunds(nothing).await, []);
    assert_eq!(world.refunds(some).await.len(), 1);
    assert_eq!(world.provider_effects().await, (2, 1));
    world.settle().await;
}
