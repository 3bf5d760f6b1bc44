//! A payment that lands after the hold has gone: the same seats again if they are free, else nothing.

use serde_json::json;
use time::Duration;
use usher_core::ids::ShowtimeId;
use usher_seating::{
    claim::{Claim, Claimed},
    closure::Close,
    settle::Sold,
};

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
async fn of_a_showtime_that_was_called_off_nothing_is_taken_and_nothing_missed() {
    let world = World::new().await;
    let (late, kept, other, after) = (world.booking(), world.booking(), world.booking(), world.booking());
    let lost = won(&world.claim(late, &["A1"]).await);
    let has = won(&world.claim(kept, &["A2"]).await);
    world.pass(LIFE);
    won(&world.claim(other, &["A1"]).await);
    world.release(other).await;
    let close = Close {
        showtime: world.showtime,
        by: world.user,
        reason: "the projector is broken",
        saga: "showtime-cancellation",
        input: &json!({}),
    };
    let closure = world.seating.close(close).await.unwrap();
    let again = world.seating.close(Close { reason: "a strike", ..close }).await.unwrap();
    assert_eq!((closure.bookings, again.reason.as_str()), (1, "the projector is broken"));
    assert_eq!(world.sell(late, lost, &["A1"]).await, Sold::Lost, "the sweep may have passed it");
    assert_eq!(world.claim(after, &["A3"]).await, Claimed::Closed);
    // Who had seats may end its purchase: the sweep sees it before and after.
    assert_eq!(world.sell(kept, has, &["A2"]).await, Sold::All);
    assert_eq!(world.seating.bookings_with_seats(world.showtime, None, 10).await.unwrap(), [kept]);
    assert_eq!(world.seating.bookings_with_seats(world.showtime, Some(kept), 10).await.unwrap(), []);
    world.release(kept).await;
    assert_eq!(world.seating.count_bookings_with_seats(world.showtime).await.unwrap(), 0);
}

#[tokio::test]
async fn a_closure_waits_for_the_claims_under_way_and_nobody_waits_for_it() {
    let world = World::new().await;
    let (slow, elsewhere) = (world.booking(), world.booking());
    // A claim that began before the closure and has not ended.
    let mut under_way = world.database.pool().begin().await.unwrap();
    let hold = "INSERT INTO seating.holds (id, showtime_id, user_id, booking_id, seats, state, created_at, expires_at)
                VALUES ($1, $2, $1, $1, '{A1}', 'held', $3, $4) RETURNING epoch";
    let expires_at = world.now() + LIFE;
    let epoch: i64 = sqlx::query_scalar(hold)
        .bind(slow.uuid())
        .bind(world.showtime.uuid())
        .bind(world.now())
        .bind(expires_at)
        .fetch_one(&mut *under_way)
        .await
        .unwrap();
    let claim =
        "INSERT INTO seating.claims (showtime_id, seat, hold_id, epoch, expires_at) VALUES ($1, 'A1', $2, $3, $4)";
    sqlx::query(claim)
        .bind(world.showtime.uuid())
        .bind(slow.uuid())
        .bind(epoch)
        .bind(expires_at)
        .execute(&mut *under_way)
        .await
        .unwrap();
    let close = Close {
        showtime: world.showtime,
        by: world.user,
        reason: "the projector is broken",
        saga: "showtime-cancellation",
        input: &json!({}),
    };
    assert_eq!(world.seating.close(close).await.unwrap().bookings, 0, "it waits for nobody");
    let other = Claim { showtime_id: ShowtimeId::new(&*world.ambient), ..world.claim_of(elsewhere, &["A1"]) };
    let other = world.seating.claim("elsewhere", other).await.unwrap();
    assert!(matches!(other, Claimed::All { .. }), "nor does anybody wait for it: {other:?}");
    // The sweep does wait, and then sees the seat that was taken meanwhile.
    let sweep = tokio::spawn({
        let (seating, showtime) = (world.seating.clone(), world.showtime);
        async move { seating.settle_closure(showtime).await }
    });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND query LIKE '%FROM pg_locks%' AND pid <> pg_backend_pid()";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(world.database.pool()).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!sweep.is_finished(), "a claim is under way");
    under_way.commit().await.unwrap();
    assert!(sweep.await.unwrap().unwrap());
    assert_eq!(world.seating.bookings_with_seats(world.showtime, None, 10).await.unwrap(), [slow]);
    assert_eq!(world.seating.closure(world.showtime).await.unwrap().unwrap().bookings, 1);
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
