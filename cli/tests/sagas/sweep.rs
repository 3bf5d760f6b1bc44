//! A showtime that is called off: every booking cancelled, every cent given back, nobody new, wherever the sweep is killed.

use usher_bookings::Status;
use usher_core::faults::Order;
use usher_workflows::{definitions::SHOWTIME_CANCELLATION, orchestrator::Status as Execution};

use crate::{
    faults::{dies_twice, repeats, reversed},
    world::{World, eventually},
};

/// More than two pages.
const BOOKINGS: usize = 10;

/// What AWS allows an execution.
const EVENTS: usize = 25_000;
const PAYLOAD: usize = 256 * 1024;

async fn swept(orders: &[Order]) -> World {
    let world = World::with(orders).await;
    let mut bookings = Vec::new();
    for index in 0..BOOKINGS {
        bookings.push(world.book(&[&world.seat(index)], "pm_ok").await);
    }
    for id in &bookings {
        world.until(*id, &[Status::Confirmed]).await;
    }
    // One of them is in the middle of a cancellation of its own, and one on its way.
    world.cancel_keeping(bookings[0], 100).await;
    let (late, never) = (world.seat(BOOKINGS), world.seat(BOOKINGS + 1));
    let on_its_way = world.book(&[&late], "pm_slow").await;
    world.until(on_its_way, &[Status::Reserved, Status::Paid, Status::Confirmed]).await;
    world.call_off().await;
    let refused = world.book(&[&never], "pm_ok").await;
    let refused = world.until(refused, &[Status::Rejected]).await;
    assert_eq!(refused.reason.as_deref(), Some("ShowtimeCancelled"), "nobody new gets a seat");
    for id in bookings.iter().chain([&on_its_way]) {
        world.until(*id, &[Status::Cancelled]).await;
    }
    let ended = eventually(async || {
        let name = world.showtime.id.to_string();
        let execution = world.services.orchestrator().describe(SHOWTIME_CANCELLATION.name, &name).await.unwrap()?;
        (execution.status == Execution::Succeeded).then_some(())
    });
    ended.await.expect("the sweep ends");
    assert!(world.services.contexts.seating.occupied(world.showtime.id).await.unwrap().is_empty());
    let (charges, refunds) = world.provider_effects().await;
    assert!(charges >= BOOKINGS && refunds == charges, "{charges} charges, {refunds} refunds");
    world
}

#[tokio::test(flavor = "multi_thread")]
pub async fn every_booking_is_cancelled_and_five_thousand_would_stay_within_the_limits_of_aws() {
    let world = swept(&[]).await;
    let name = world.showtime.id.to_string();
    let history = world.services.orchestrator().history(SHOWTIME_CANCELLATION.name, &name).await.unwrap();
    let steps = history.iter().filter(|event| event["type"] == "TaskScheduled").count();
    assert!(steps >= 3, "{BOOKINGS} bookings are three pages of four: {steps}");
    // Every round has the same events, so 100 pages of 50 and a week of looks are so many times as much.
    let a_round = history.len().div_ceil(steps);
    let rounds = 5_000 / 50 + 180;
    assert!(a_round * rounds < EVENTS, "{a_round} events a round, {rounds} rounds");
    // And what travels does not grow with the bookings: the cursor and four numbers.
    let largest = history.iter().map(|event| event.to_string().len()).max().unwrap();
    assert!(largest < PAYLOAD / 64, "{largest} bytes");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_sweep_that_is_killed_at_every_page_goes_on() {
    swept(&dies_twice("sweep-bookings")).await.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_sweep_whose_pages_come_twice_cancels_once() {
    swept(&[repeats(1), reversed()]).await.settle().await;
}
