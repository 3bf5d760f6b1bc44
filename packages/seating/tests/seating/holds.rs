//! Holds of customers who are still deciding: how many, given back, looked at.

use futures::future::join_all;
use time::Duration;
use usher_seating::{Fenced, cap::TooManyHolds, claim::Claimed, read::Occupancy};

use crate::world::{World, in_time, names, taken, won};

#[tokio::test]
async fn a_customer_has_four_open_holds_and_no_more() {
    let world = World::new().await;
    let mut holds = Vec::new();
    for seat in ["A1", "A2", "A3", "A4"] {
        holds.push(won(&world.hold(&[seat]).await));
    }
    let refused = world.seating.hold(world.user, world.showtime, names(&["A5"])).await.unwrap();
    assert_eq!(refused, Err(TooManyHolds { allowed: 4 }));
    won(&world.seating.hold(world.someone(), world.showtime, names(&["A5"])).await.unwrap().unwrap());

    world.seating.give_back(world.user, holds[0].hold_id).await.unwrap().unwrap();
    won(&world.hold(&["B1"]).await);
    won(&world.take_over(world.booking(), holds[1].hold_id, &["A2"]).await);
    won(&world.hold(&["B2"]).await);
    assert!(world.seating.hold(world.user, world.showtime, names(&["B3"])).await.unwrap().is_err());
    world.pass(Duration::minutes(5));
    for seat in ["C1", "C2", "C3", "C4"] {
        won(&world.hold(&[seat]).await);
    }
}

#[tokio::test]
async fn a_hold_that_was_not_got_does_not_count() {
    let world = World::new().await;
    won(&world.claim(world.booking(), &["A1"]).await);
    for _ in 0..5 {
        assert_eq!(taken(&world.hold(&["A1", "A2"]).await), ["A1"]);
    }
    won(&world.hold(&["A2"]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_requests_by_one_customer_does_not_pass_the_cap() {
    let world = World::new().await;
    let processes = [world.seating.clone(), world.another_process()];
    let other = world.someone();
    let requests = (0..200).map(|number| {
        let (seating, showtime) = (processes[number % 2].clone(), world.showtime);
        let user = if number % 20 == 0 { other } else { world.user };
        tokio::spawn(async move {
            (user, seating.hold(user, showtime, names(&[&format!("D{}", number + 1)])).await.unwrap())
        })
    });
    let outcomes: Vec<_> = in_time(join_all(requests)).await.into_iter().map(Result::unwrap).collect();
    for user in [world.user, other] {
        let of_user = outcomes.iter().filter(|(asked, _)| *asked == user).map(|(_, outcome)| outcome);
        let (held, refused): (Vec<_>, Vec<_>) = of_user.partition(|outcome| outcome.is_ok());
        assert_eq!(held.len(), 4);
        assert!(held.iter().all(|held| matches!(held, Ok(Claimed::All { .. }))));
        assert!(refused.iter().all(|refused| **refused == Err(TooManyHolds { allowed: 4 })));
    }
    assert_eq!(world.owners().await.len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_count_one_after_the_other() {
    let world = World::new().await;
    let processes = [world.seating.clone(), world.another_process()];
    for round in 1..=40 {
        let user = world.someone();
        let requests = (0..8).map(|number| {
            let (seating, showtime) = (processes[number % 2].clone(), world.showtime);
            let seat = format!("{}{round}", ["A", "B", "C", "D", "E", "F", "G", "H"][number]);
            tokio::spawn(async move { seating.hold(user, showtime, names(&[&seat])).await.unwrap() })
        });
        let outcomes = in_time(join_all(requests)).await;
        assert_eq!(outcomes.into_iter().filter(|outcome| outcome.as_ref().unwrap().is_ok()).count(), 4);
    }
}

#[tokio::test]
async fn what_is_given_back_is_free_at_once_and_only_by_its_owner() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1", "A2"]).await);
    assert_eq!(world.seating.give_back(world.someone(), held.hold_id).await.unwrap(), Err(Fenced::Unknown));
    assert_eq!(world.owners().await.len(), 2);
    for _ in 0..2 {
        assert_eq!(world.seating.give_back(world.user, held.hold_id).await.unwrap(), Ok(()), "gone already is fine");
        assert_eq!(world.owners().await.len(), 0);
    }
    won(&world.claim(world.booking(), &["A1", "A2"]).await);
    world.seating.give_back(world.user, held.hold_id).await.unwrap().unwrap();
    assert_eq!(world.owners().await.len(), 2, "it is another's by now");
}

#[tokio::test]
async fn a_customer_cannot_give_back_what_a_booking_took_over() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    won(&world.take_over(world.booking(), held.hold_id, &["A1"]).await);
    assert_eq!(world.seating.give_back(world.user, held.hold_id).await.unwrap(), Err(Fenced::Lost));
    assert_eq!(world.seats_of(held.hold_id).await, ["A1"]);
}

#[tokio::test]
async fn seats_are_free_held_or_sold() {
    let world = World::new().await;
    let booking = world.booking();
    let sold = won(&world.claim(booking, &["A1", "A2"]).await);
    world.sell(booking, sold, &["A1", "A2"]).await;
    won(&world.hold(&["B1"]).await);
    let occupied = world.seating.occupied(world.showtime).await.unwrap();
    let expected = [("A1", Occupancy::Sold), ("A2", Occupancy::Sold), ("B1", Occupancy::Held)];
    assert_eq!(occupied, expected.into_iter().map(|(seat, occupancy)| (seat.parse().unwrap(), occupancy)).collect());
    let empty = usher_core::ids::ShowtimeId::new(&*world.ambient);
    let counts = world.seating.occupied_counts(&[world.showtime, empty]).await.unwrap();
    assert_eq!(counts, [(world.showtime, 3)].into());
    world.pass(Duration::minutes(5));
    assert_eq!(world.seating.occupied(world.showtime).await.unwrap().len(), 2);
    assert_eq!(world.seating.occupied_counts(&[world.showtime]).await.unwrap()[&world.showtime], 2);
}

#[tokio::test]
async fn only_the_owner_sees_an_open_hold() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1", "A2"]).await);
    let found = world.seating.open_hold(world.user, held.hold_id).await.unwrap().unwrap();
    assert_eq!((found.id, found.epoch, found.expires_at), (held.hold_id, held.epoch, held.expires_at));
    assert_eq!((found.showtime_id, found.user_id, found.booking_id), (world.showtime, world.user, None));
    assert_eq!(found.seats, names(&["A1", "A2"]));
    assert_eq!(world.seating.open_hold(world.someone(), held.hold_id).await.unwrap(), None);
    world.take_over(world.booking(), held.hold_id, &["A1", "A2"]).await;
    assert_eq!(world.seating.open_hold(world.user, held.hold_id).await.unwrap(), None, "it is in use");
}
