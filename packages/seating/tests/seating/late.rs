//! A payment that lands after the hold has gone: the same seats again if they are free, else nothing.

use time::Duration;
use usher_seating::settle::Sold;

use crate::world::{World, won};

const LIFE: Duration = Duration::minutes(5);

/// From a millisecond to ten minutes.
const LATE: [Duration; 5] = [
    Duration::milliseconds(1),
    Duration::seconds(1),
    Duration::minutes(1),
    Duration::minutes(5),
    Duration::minutes(10),
];

#[tokio::test]
async fn seats_that_nobody_took_are_sold_however_late_the_payment_is() {
    for late in LATE {
        let world = World::new().await;
        let booking = world.booking();
        let hold = won(&world.claim(booking, &["A1", "A2"]).await);
        world.pass(LIFE + late);
        assert_eq!(world.sell(booking, hold, &["A1", "A2"]).await, Sold::All, "{late}");
        assert_eq!(world.seats_of(hold.hold_id).await, ["A1", "A2"]);
    }
}

#[tokio::test]
async fn seats_that_somebody_took_and_did_not_keep_are_taken_again() {
    for late in LATE {
        let world = World::new().await;
        let (booking, expired, released) = (world.booking(), world.booking(), world.booking());
        let hold = won(&world.claim(booking, &["A1", "A2", "A3"]).await);
        world.pass(LIFE);
        // One seat was held by somebody whose time ran out too, one by somebody who gave it back.
        let other = won(&world.claim(expired, &["A1"]).await);
        won(&world.claim(released, &["A2"]).await);
        world.release(released).await;
        world.pass(LIFE + late);
        assert_eq!(world.sell(booking, hold, &["A1", "A2", "A3"]).await, Sold::All, "{late}");
        assert_eq!(world.seats_of(hold.hold_id).await, ["A1", "A2", "A3"]);
        assert!(world.owners().await.values().all(|(_, until)| until.is_none()));
        assert_eq!(world.sell(expired, other, &["A1"]).await, Sold::Lost, "and now the other is late");
        assert_eq!(world.sell(booking, hold, &["A1", "A2", "A3"]).await, Sold::All, "a repeated step has its answer");
        assert_eq!(world.release(booking).await.seats, 3, "the undo finds what was taken again");
    }
}

#[tokio::test]
async fn a_seat_that_somebody_has_now_loses_all_of_them() {
    for late in LATE {
        for is_sold in [false, true] {
            let world = World::new().await;
            let (booking, other) = (world.booking(), world.booking());
            let hold = won(&world.claim(booking, &["A1", "A2"]).await);
            world.pass(LIFE + late);
            let theirs = won(&world.claim(other, &["A2"]).await);
            if is_sold {
                assert_eq!(world.sell(other, theirs, &["A2"]).await, Sold::All);
            }
            assert_eq!(world.sell(booking, hold, &["A1", "A2"]).await, Sold::Lost, "{late}");
            assert_eq!(world.seats_of(theirs.hold_id).await, ["A2"]);
            assert_eq!(world.seats_of(hold.hold_id).await, [] as [&str; 0], "none is kept");
        }
    }
}

#[tokio::test]
async fn what_was_undone_is_never_taken_again() {
    let world = World::new().await;
    let booking = world.booking();
    let hold = won(&world.claim(booking, &["A1"]).await);
    world.pass(LIFE);
    world.release(booking).await;
    let sold = world.seating.sell("another effect", world.sale(hold, &["A1"])).await.unwrap();
    assert_eq!(sold, Sold::Lost);
    assert!(world.owners().await.is_empty());
}

#[tokio::test]
async fn of_two_late_payments_for_one_seat_one_gets_it() {
    let world = World::new().await;
    let (first, second, third) = (world.booking(), world.booking(), world.booking());
    let one = won(&world.claim(first, &["A1"]).await);
    world.pass(LIFE);
    let two = won(&world.claim(second, &["A1"]).await);
    world.pass(LIFE);
    won(&world.claim(third, &["A1"]).await);
    world.release(third).await;
    let (one, two) = tokio::join!(world.sell(first, one, &["A1"]), world.sell(second, two, &["A1"]));
    assert!(matches!((one, two), (Sold::All, Sold::Lost) | (Sold::Lost, Sold::All)), "{one:?} {two:?}");
    assert_eq!(world.owners().await.len(), 1);
}
