//! Whoever waits for a booking hears of it, in whatever process it moves.

use futures::poll;
use tokio::{sync::watch::Receiver, task::unconstrained};
use usher_bookings::{Status, progress::Advance};
use usher_core::ids::BookingId;

use crate::world::{World, in_time};

async fn until(receiver: &mut Receiver<Option<Status>>, status: Status) {
    in_time(receiver.wait_for(|announced| *announced == Some(status))).await.unwrap();
}

#[tokio::test]
async fn a_move_in_one_process_wakes_who_waits_in_another() {
    let world = World::new().await;
    let waiting = world.listening_process().await;
    let id = world.booking(Status::Requested).await;
    let mut waiter = waiting.watch().of(id);
    assert_eq!(*waiter.borrow(), None);
    for to in [Status::Reserved, Status::Paid, Status::Confirmed] {
        world.advance(id, to).await;
        until(&mut waiter, to).await;
    }
    world.cancel(id).await;
    until(&mut waiter, Status::Cancelling).await;
    world.close(id, "BookingCancelled").await;
    until(&mut waiter, Status::Cancelled).await;
}

#[tokio::test]
async fn only_those_who_wait_for_that_booking_are_woken() {
    let world = World::new().await;
    let waiting = world.listening_process().await;
    let (moves, stays) = (world.booking(Status::Requested).await, world.booking(Status::Requested).await);
    let (mut one, mut two) = (waiting.watch().of(moves), waiting.watch().of(moves));
    let other = waiting.watch().of(stays);
    world.close(moves, "SeatUnavailable").await;
    until(&mut one, Status::Rejected).await;
    until(&mut two, Status::Rejected).await;
    assert_eq!(*other.borrow(), None);
    assert!(!other.has_changed().unwrap());
}

#[tokio::test]
async fn a_move_that_is_none_is_not_announced() {
    let world = World::new().await;
    let waiting = world.listening_process().await;
    let id = world.booking(Status::Confirmed).await;
    let beacon = world.booking(Status::Requested).await;
    let (waiter, mut marked) = (waiting.watch().of(id), waiting.watch().of(beacon));
    world.advance(id, Status::Reserved).await;
    world.close(id, "SeatUnavailable").await;
    world.advance(beacon, Status::Reserved).await;
    until(&mut marked, Status::Reserved).await;
    // Another announcement of the booking from before may come late; none may say anything but confirmed.
    assert!(matches!(*waiter.borrow(), None | Some(Status::Confirmed)));
    world.advance(id, Status::Confirmed).await;
    assert_eq!(world.status(id).await, Status::Confirmed);
}

/// One announcement has room for 160 bookings; a batch has up to 256.
#[tokio::test]
async fn a_large_batch_is_announced_whole() {
    let world = World::new().await;
    let waiting = world.listening_process().await;
    let mut ids: Vec<BookingId> = Vec::new();
    for _ in 0..250 {
        ids.push(world.booking(Status::Requested).await);
    }
    let mut waiters: Vec<_> = ids.iter().map(|id| waiting.watch().of(*id)).collect();
    let advance = |id: &BookingId| world.bookings.advance(Advance { id: *id, to: Status::Reserved });
    let mut moves: Vec<_> = ids.iter().map(|id| Box::pin(unconstrained(advance(id)))).collect();
    for advance in &mut moves {
        assert!(poll!(advance).is_pending(), "all of them wait before the first batch begins");
    }
    for advance in moves {
        in_time(advance).await.unwrap();
    }
    let transactions: i64 = sqlx::query_scalar("SELECT count(DISTINCT xmin::text) FROM bookings.bookings")
        .fetch_one(world.database.pool())
        .await
        .unwrap();
    assert!(transactions < 10, "it was refused and moved one by one, in {transactions} transactions");
    for waiter in &mut waiters {
        until(waiter, Status::Reserved).await;
    }
}

#[tokio::test]
async fn waiting_again_after_everybody_left_works() {
    let world = World::new().await;
    let waiting = world.listening_process().await;
    let id = world.booking(Status::Requested).await;
    drop(waiting.watch().of(id));
    let beacon = world.booking(Status::Requested).await;
    let mut marked = waiting.watch().of(beacon);
    world.advance(id, Status::Reserved).await; // Nobody listens.
    world.advance(beacon, Status::Reserved).await;
    until(&mut marked, Status::Reserved).await;
    let mut waiter = waiting.watch().of(id);
    world.advance(id, Status::Paid).await;
    until(&mut waiter, Status::Paid).await;
}
