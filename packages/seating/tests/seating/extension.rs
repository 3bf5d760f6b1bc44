//! A hold lives five minutes, is extended once, and never outlives a quarter of an hour.

use time::Duration;
use usher_seating::{Fenced, settle::Sold};

use crate::world::{World, claim_effect, won};

#[tokio::test]
async fn a_hold_lives_five_minutes_to_the_moment() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    assert_eq!(held.expires_at, world.now() + Duration::minutes(5));
    world.pass(Duration::minutes(5) - Duration::milliseconds(1));
    assert_eq!(world.seats_of(held.hold_id).await, ["A1"]);
    assert!(world.seating.open_hold(world.user, held.hold_id).await.unwrap().is_some());
    world.pass(Duration::milliseconds(1));
    assert_eq!(world.owners().await.len(), 0);
    assert_eq!(world.seating.open_hold(world.user, held.hold_id).await.unwrap(), None);
    won(&world.claim(world.booking(), &["A1"]).await);
}

#[tokio::test]
async fn it_is_extended_by_its_life_and_once() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1", "A2"]).await);
    world.pass(Duration::minutes(4));
    let extended = world.seating.extend(world.user, held.hold_id).await.unwrap().unwrap();
    assert_eq!(extended.expires_at, held.expires_at + Duration::minutes(5));
    assert!(extended.extended && extended.epoch > held.epoch);
    assert_eq!(world.seating.extend(world.user, held.hold_id).await.unwrap(), Err(Fenced::NotExtendable));
    let owners = world.owners().await;
    assert!(owners.values().all(|(_, until)| *until == Some(extended.expires_at)), "the seats know: {owners:?}");
    assert_eq!(world.seating.open_hold(world.user, held.hold_id).await.unwrap().unwrap(), extended);
}

#[tokio::test]
async fn a_booking_that_takes_it_over_extends_it_up_to_the_ceiling() {
    for (minutes, extends, expected) in [(0, false, 5), (3, false, 8), (4, true, 10), (9, true, 14)] {
        let world = World::new().await;
        let created = world.now();
        let held = won(&world.hold(&["A1"]).await);
        if extends {
            world.seating.extend(world.user, held.hold_id).await.unwrap().unwrap();
        }
        world.pass(Duration::minutes(minutes));
        let taken_over = won(&world.take_over(world.booking(), held.hold_id, &["A1"]).await);
        assert_eq!(taken_over.expires_at, created + Duration::minutes(expected), "after {minutes} minutes");
        assert_eq!(world.owners().await["A1"].1, Some(taken_over.expires_at));
    }
}

#[tokio::test]
async fn nothing_lives_longer_than_the_ceiling() {
    let world = World::new().await;
    let created = world.now();
    let held = won(&world.hold(&["A1"]).await);
    // An extension of an extension would be the same as a longer one: here the row is given one by hand.
    sqlx::query("UPDATE seating.holds SET expires_at = expires_at + interval '8 minutes'")
        .execute(world.database.pool())
        .await
        .unwrap();
    sqlx::query("UPDATE seating.claims SET expires_at = expires_at + interval '8 minutes'")
        .execute(world.database.pool())
        .await
        .unwrap();
    world.pass(Duration::minutes(12));
    let extended = world.seating.extend(world.user, held.hold_id).await.unwrap().unwrap();
    assert_eq!(extended.expires_at, created + Duration::minutes(15));
    let booking = world.booking();
    let taken_over = won(&world.take_over(booking, held.hold_id, &["A1"]).await);
    assert_eq!(taken_over.expires_at, created + Duration::minutes(15));
    world.pass(Duration::minutes(3));
    assert_eq!(world.owners().await.len(), 0);
    assert_eq!(world.sell(booking, taken_over, &["A1"]).await, Sold::All, "paid in time is sold while nobody took it");
}

#[tokio::test]
async fn what_cannot_be_extended_says_why() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    let unknown = usher_core::ids::HoldId::new(&*world.ambient);
    assert_eq!(world.seating.extend(world.user, unknown).await.unwrap(), Err(Fenced::Unknown));
    assert_eq!(world.seating.extend(world.someone(), held.hold_id).await.unwrap(), Err(Fenced::Unknown), "another's");
    let booking = world.booking();
    won(&world.take_over(booking, held.hold_id, &["A1"]).await);
    assert_eq!(
        world.seating.extend(world.user, held.hold_id).await.unwrap(),
        Err(Fenced::Lost),
        "the booking's by now"
    );
    let given_back = won(&world.hold(&["A2"]).await);
    world.seating.give_back(world.user, given_back.hold_id).await.unwrap().unwrap();
    assert_eq!(world.seating.extend(world.user, given_back.hold_id).await.unwrap(), Err(Fenced::Lost), "given back");
    let expired = won(&world.hold(&["A3"]).await);
    world.pass(Duration::minutes(5));
    assert_eq!(world.seating.extend(world.user, expired.hold_id).await.unwrap(), Err(Fenced::Expired));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_extensions_at_once_one_counts() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    let attempts = (0..16).map(|_| {
        let (seating, user) = (world.seating.clone(), world.user);
        tokio::spawn(async move { seating.extend(user, held.hold_id).await.unwrap() })
    });
    let outcomes = crate::world::in_time(futures::future::join_all(attempts)).await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().map(Result::unwrap).partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 15));
    assert!(lost.iter().all(|lost| *lost == Err(Fenced::NotExtendable)));
    assert_eq!(world.owners().await["A1"].1, Some(held.expires_at + Duration::minutes(5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extension_that_meets_a_take_over_happens_before_it_or_not_at_all() {
    let world = World::new().await;
    for _ in 0..30 {
        let held = won(&world.hold(&["A1"]).await);
        let booking = world.booking();
        let claim = world.take_over_of(booking, held.hold_id, &["A1"]);
        let effect = claim_effect(booking);
        let (extended, taken_over) =
            tokio::join!(world.seating.extend(world.user, held.hold_id), world.seating.claim(&effect, claim));
        let taken_over = won(&taken_over.unwrap());
        match extended.unwrap() {
            Ok(extended) => assert!(extended.epoch < taken_over.epoch),
            Err(fenced) => assert_eq!(fenced, Fenced::Lost),
        }
        assert_eq!(world.sell(booking, taken_over, &["A1"]).await, Sold::All, "the booking has the last epoch");
        world.release(booking).await;
    }
}
