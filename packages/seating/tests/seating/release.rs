//! The undo: safe when there is nothing, when it comes twice, and when the step that it undoes wakes up afterwards.

use time::Duration;
use usher_seating::{
    claim::Claimed,
    settle::{Released, Sold},
};

use crate::world::{World, claim_effect, in_time, release_of, sale_effect, won};

#[tokio::test]
async fn what_is_held_or_sold_becomes_free() {
    let world = World::new().await;
    let (held, sold) = (world.booking(), world.booking());
    won(&world.claim(held, &["A1", "A2"]).await);
    let bought = won(&world.claim(sold, &["B1"]).await);
    world.sell(sold, bought, &["B1"]).await;
    assert_eq!(world.release(held).await, Released { seats: 2 });
    assert_eq!(world.release(sold).await, Released { seats: 1 });
    assert_eq!(world.owners().await.len(), 0);
    let found = world.seating.hold_of(held).await.unwrap().unwrap();
    assert_eq!(found.seats.len(), 2, "the attempt stays visible");
    won(&world.claim(world.booking(), &["A1", "A2", "B1"]).await);
}

#[tokio::test]
async fn releasing_twice_frees_once() {
    let world = World::new().await;
    let booking = world.booking();
    won(&world.claim(booking, &["A1"]).await);
    assert_eq!(world.release(booking).await, Released { seats: 1 });
    assert_eq!(world.release(booking).await, Released { seats: 1 }, "a repetition gets the same answer");
    won(&world.claim(world.booking(), &["A1"]).await);
    let again = world.seating.release("another effect", release_of(booking)).await.unwrap();
    assert_eq!(again, Released { seats: 0 });
    assert_eq!(world.owners().await.len(), 1, "what the next customer has is not touched");
}

#[tokio::test]
async fn releasing_nothing_is_fine_and_keeps_a_late_claim_out() {
    let world = World::new().await;
    let booking = world.booking();
    assert_eq!(world.release(booking).await, Released { seats: 0 });
    assert_eq!(world.claim(booking, &["A1"]).await, Claimed::HoldUnusable, "its worker woke up late");
    assert_eq!(world.owners().await.len(), 0);
    assert_eq!(world.seating.hold_of(booking).await.unwrap(), None);
}

#[tokio::test]
async fn a_late_take_over_is_kept_out_and_the_customer_keeps_the_hold() {
    let world = World::new().await;
    let held = won(&world.hold(&["A1"]).await);
    let booking = world.booking();
    world.release(booking).await;
    assert_eq!(world.take_over(booking, held.hold_id, &["A1"]).await, Claimed::HoldUnusable);
    assert!(world.seating.open_hold(world.user, held.hold_id).await.unwrap().is_some());
    won(&world.take_over(world.booking(), held.hold_id, &["A1"]).await);
}

#[tokio::test]
async fn a_late_sale_is_kept_out() {
    let world = World::new().await;
    let booking = world.booking();
    let held = won(&world.claim(booking, &["A1"]).await);
    world.release(booking).await;
    assert_eq!(world.sell(booking, held, &["A1"]).await, Sold::Lost);
    assert_eq!(world.seating.sell("another effect", world.sale(held, &["A1"])).await.unwrap(), Sold::Lost);
    assert_eq!(world.owners().await.len(), 0);
}

#[tokio::test]
async fn what_was_done_before_keeps_its_answer() {
    let world = World::new().await;
    let booking = world.booking();
    let claimed = world.claim(booking, &["A1"]).await;
    assert_eq!(world.sell(booking, won(&claimed), &["A1"]).await, Sold::All);
    world.release(booking).await;
    assert_eq!(world.claim(booking, &["A1"]).await, claimed, "a repetition hears what happened, and changes nothing");
    assert_eq!(world.sell(booking, won(&claimed), &["A1"]).await, Sold::All);
    assert_eq!(world.owners().await.len(), 0);
}

#[tokio::test]
async fn a_release_touches_only_its_own_booking() {
    let world = World::new().await;
    let (mine, other) = (world.booking(), world.booking());
    won(&world.claim(mine, &["A1"]).await);
    let others = won(&world.claim(other, &["A2"]).await);
    let customers = won(&world.hold(&["A3"]).await);
    world.release(mine).await;
    assert_eq!(world.seats_of(others.hold_id).await, ["A2"]);
    assert_eq!(world.seats_of(customers.hold_id).await, ["A3"]);
}

#[tokio::test]
async fn an_expired_hold_is_released_without_freeing_anything_again() {
    let world = World::new().await;
    let (slow, fast) = (world.booking(), world.booking());
    won(&world.claim(slow, &["A1", "A2"]).await);
    world.pass(Duration::minutes(5));
    let next = won(&world.claim(fast, &["A1"]).await);
    assert_eq!(world.release(slow).await, Released { seats: 1 }, "the one that nobody took");
    assert_eq!(world.seats_of(next.hold_id).await, ["A1"]);
}

/// The claim and its undo race; whoever comes second sees the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_meets_its_release_leaves_nothing_behind() {
    let world = World::new().await;
    let other = world.another_process();
    for round in 0..60 {
        let booking = world.booking();
        let (claim_effect, release_effect) = (claim_effect(booking), format!("{booking}/release-seats"));
        let releasing = if round % 2 == 0 { &world.seating } else { &other };
        let (claimed, released) = in_time(async {
            tokio::join!(
                world.seating.claim(&claim_effect, world.claim_of(booking, &["A1", "A2"])),
                releasing.release(&release_effect, release_of(booking)),
            )
        })
        .await;
        match (claimed.unwrap(), released.unwrap().seats) {
            (Claimed::All { .. }, 2) | (Claimed::HoldUnusable, 0) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(world.owners().await.len(), 0, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_that_meets_its_release_leaves_nothing_behind() {
    let world = World::new().await;
    let other = world.another_process();
    for round in 0..60 {
        let booking = world.booking();
        let held = won(&world.claim(booking, &["A1", "A2"]).await);
        let (sale_effect, release_effect) = (sale_effect(booking), format!("{booking}/release-seats"));
        let releasing = if round % 2 == 0 { &world.seating } else { &other };
        let (sold, released) = in_time(async {
            tokio::join!(
                world.seating.sell(&sale_effect, world.sale(held, &["A1", "A2"])),
                releasing.release(&release_effect, release_of(booking)),
            )
        })
        .await;
        sold.unwrap();
        assert_eq!(released.unwrap().seats, 2);
        assert_eq!(world.owners().await.len(), 0, "round {round}");
    }
}
