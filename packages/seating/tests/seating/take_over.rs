//! A booking takes over the hold that its customer had: that one's, for these seats, while it is open, and once.

use time::Duration;
use usher_seating::{
    claim::{Claim, Claimed},
    settle::{Released, Sold},
};

use crate::world::{World, claim_effect, taken, won};

#[tokio::test]
async fn the_booking_gets_the_hold_with_its_seats_and_a_new_epoch() {
    let world = World::new().await;
    let held = won(&world.hold(&["A2", "A1"]).await);
    let booking = world.booking();
    let taken_over = won(&world.take_over(booking, held.hold_id, &["A1", "A2"]).await);
    assert_eq!(taken_over.hold_id, held.hold_id);
    assert!(taken_over.epoch > held.epoch);
    let found = world.seating.hold_of(booking).await.unwrap().unwrap();
    assert_eq!((found.id, found.booking_id, found.epoch), (held.hold_id, Some(booking), taken_over.epoch));
    assert_eq!(world.sell(booking, taken_over, &["A1", "A2"]).await, Sold::All);
    assert_eq!(world.release(booking).await, Released { seats: 2 });
}

#[tokio::test]
async fn a_repetition_gets_the_same_answer() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    let booking = world.booking();
    let first = world.take_over(booking, held.hold_id, &["A1"]).await;
    assert_eq!(world.take_over(booking, held.hold_id, &["A1"]).await, first);
}

#[tokio::test]
async fn a_hold_that_is_not_the_customer_s_or_was_used_is_unusable() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    let stranger = world.booking();
    let claim = Claim { user_id: world.someone(), ..world.take_over_of(stranger, held.hold_id, &["A1"]) };
    assert_eq!(world.seating.claim(&claim_effect(stranger), claim).await.unwrap(), Claimed::HoldUnusable);
    let unknown = usher_core::ids::HoldId::new(&*world.ambient);
    assert_eq!(world.take_over(world.booking(), unknown, &["A1"]).await, Claimed::HoldUnusable);
    won(&world.take_over(world.booking(), held.hold_id, &["A1"]).await);
    assert_eq!(world.take_over(world.booking(), held.hold_id, &["A1"]).await, Claimed::HoldUnusable, "used");
    let given_back = won(&world.hold(&["A2"]).await);
    world.seating.give_back(world.user, given_back.hold_id).await.unwrap().unwrap();
    assert_eq!(
        world.take_over(world.booking(), given_back.hold_id, &["A2"]).await,
        Claimed::HoldUnusable,
        "given back"
    );
    let expired = won(&world.hold(&["A3"]).await);
    world.pass(Duration::minutes(5));
    assert_eq!(world.take_over(world.booking(), expired.hold_id, &["A3"]).await, Claimed::HoldUnusable, "expired");
    assert_eq!(world.owners().await.len(), 0);
}

#[tokio::test]
async fn a_hold_for_other_seats_or_another_showtime_is_unusable() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1", "A2"]).await);
    for seats in [&["A1"][..], &["A1", "A3"], &["A1", "A2", "A3"], &["B1", "B2"], &[]] {
        assert_eq!(world.take_over(world.booking(), held.hold_id, seats).await, Claimed::HoldUnusable, "{seats:?}");
    }
    let booking = world.booking();
    let elsewhere = usher_core::ids::ShowtimeId::new(&*world.ambient);
    let claim = Claim { showtime_id: elsewhere, ..world.take_over_of(booking, held.hold_id, &["A1", "A2"]) };
    assert_eq!(world.seating.claim(&claim_effect(booking), claim).await.unwrap(), Claimed::HoldUnusable);
    assert_eq!(
        world.seating.open_hold(world.user, held.hold_id).await.unwrap().unwrap().epoch,
        held.epoch,
        "untouched"
    );
    won(&world.take_over(world.booking(), held.hold_id, &["A1", "A2"]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_bookings_at_once_one_gets_the_hold() {
    let world = World::new().await;
    let other = world.another_process();
    for round in 0..30 {
        let held = won(&world.hold(&["A1", "A2"]).await);
        let (one, two) = (world.booking(), world.booking());
        let second = if round % 2 == 0 { &world.seating } else { &other };
        let (one_effect, two_effect) = (claim_effect(one), claim_effect(two));
        let outcomes = tokio::join!(
            world.seating.claim(&one_effect, world.take_over_of(one, held.hold_id, &["A1", "A2"])),
            second.claim(&two_effect, world.take_over_of(two, held.hold_id, &["A1", "A2"])),
        );
        let (first, second) = (outcomes.0.unwrap(), outcomes.1.unwrap());
        let winner = if second == Claimed::HoldUnusable { (one, first) } else { (two, second) };
        let found = world.seating.hold_of(winner.0).await.unwrap().unwrap();
        assert_eq!(found.epoch, won(&winner.1).epoch);
        let loser = if winner.0 == one { two } else { one };
        assert_eq!(world.seating.hold_of(loser).await.unwrap(), None);
        world.release(winner.0).await;
    }
}

#[tokio::test]
async fn take_overs_and_claims_go_together_in_any_mixture() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    let (with_hold, without, loser) = (world.booking(), world.booking(), world.booking());
    let effects = [claim_effect(with_hold), claim_effect(without), claim_effect(loser)];
    let (with_hold, without, loser) = tokio::join!(
        world.seating.claim(&effects[0], world.take_over_of(with_hold, held.hold_id, &["A1"])),
        world.seating.claim(&effects[1], world.claim_of(without, &["A2"])),
        world.seating.claim(&effects[2], world.claim_of(loser, &["A1", "A3"])),
    );
    won(&with_hold.unwrap());
    won(&without.unwrap());
    assert_eq!(taken(&loser.unwrap()), ["A1"]);
    assert_eq!(world.owners().await.len(), 2);
}
