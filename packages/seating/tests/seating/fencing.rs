//! A worker that slept while its seats went to somebody else changes nothing, and is told so.

use time::Duration;
use usher_seating::{
    Fenced,
    settle::{Released, Sold},
};

use crate::world::{World, sale_effect, taken, won};

const LIFE: Duration = Duration::minutes(5);

#[tokio::test]
async fn whoever_slept_until_another_bought_the_seats_changes_nothing() {
    let world = World::new().await;
    let (slow, fast) = (world.booking(), world.booking());
    let stale = won(&world.claim(slow, &["A1", "A2"]).await);
    world.pass(LIFE);
    let fresh = won(&world.claim(fast, &["A1", "A2"]).await);
    assert!(fresh.epoch > stale.epoch);
    assert_eq!(world.sell(fast, fresh, &["A1", "A2"]).await, Sold::All);
    let owners = world.owners().await;

    assert_eq!(world.sell(slow, stale, &["A1", "A2"]).await, Sold::Lost);
    assert_eq!(world.owners().await, owners);
    assert_eq!(world.release(slow).await, Released { seats: 0 });
    assert_eq!(world.owners().await, owners);
    assert!(owners.values().all(|(owner, until)| *owner == fresh.hold_id && until.is_none()));
}

#[tokio::test]
async fn whoever_slept_until_another_holds_the_seats_changes_nothing() {
    let world = World::new().await;
    let (slow, fast) = (world.booking(), world.booking());
    let stale = won(&world.claim(slow, &["A1", "A2"]).await);
    world.pass(LIFE);
    let fresh = won(&world.claim(fast, &["A2", "A3"]).await);
    let owners = world.owners().await;
    assert_eq!(world.sell(slow, stale, &["A1", "A2"]).await, Sold::Lost, "one of the seats is gone: none is sold");
    world.release(slow).await;
    assert_eq!(world.owners().await, owners);
    assert_eq!(world.seats_of(fresh.hold_id).await, ["A2", "A3"]);
    won(&world.claim(world.booking(), &["A1"]).await);
}

#[tokio::test]
async fn a_customer_who_slept_cannot_extend_or_give_back_what_is_another_s() {
    let world = World::new().await;
    let stale = won(&world.hold(&["A1"]).await);
    world.pass(LIFE);
    let fresh = won(&world.claim(world.booking(), &["A1"]).await);
    let owners = world.owners().await;
    assert_eq!(world.seating.extend(world.user, stale.hold_id).await.unwrap(), Err(Fenced::Expired));
    assert_eq!(world.seating.give_back(world.user, stale.hold_id).await.unwrap(), Ok(()));
    assert_eq!(world.owners().await, owners);
    assert_eq!(world.seats_of(fresh.hold_id).await, ["A1"]);
}

/// A process whose clock is behind believes that its hold is still open. The rows know better.
#[tokio::test]
async fn a_clock_that_is_behind_owns_nothing() {
    let world = World::new().await;
    let stale = won(&world.hold(&["A1"]).await);
    let ahead = world.process_ahead(LIFE);
    let booking = world.booking();
    let fresh = won(&ahead.claim("ahead", world.claim_of(booking, &["A1"])).await.unwrap());
    assert_eq!(world.seating.extend(world.user, stale.hold_id).await.unwrap(), Err(Fenced::Lost));
    let late = world.booking();
    assert_eq!(world.take_over(late, stale.hold_id, &["A1"]).await, usher_seating::claim::Claimed::HoldUnusable);
    assert_eq!(world.sell(late, stale, &["A1"]).await, Sold::Lost);
    assert_eq!(world.seating.give_back(world.user, stale.hold_id).await.unwrap(), Ok(()));
    assert_eq!(world.seats_of(fresh.hold_id).await, ["A1"]);
}

#[tokio::test]
async fn an_old_epoch_of_the_same_hold_sells_nothing() {
    let world = World::new().await;
    let first = won(&world.hold(&["A1", "A2"]).await);
    let extended = world.seating.extend(world.user, first.hold_id).await.unwrap().unwrap();
    let booking = world.booking();
    let taken_over = won(&world.take_over(booking, first.hold_id, &["A1", "A2"]).await);
    assert!(first.epoch < extended.epoch && extended.epoch < taken_over.epoch);
    for (epoch, key) in [(first.epoch, "first"), (extended.epoch, "second"), (taken_over.epoch + 1, "from nowhere")] {
        let sale = world.sale(crate::world::Won { epoch, ..taken_over }, &["A1", "A2"]);
        assert_eq!(world.seating.sell(key, sale).await.unwrap(), Sold::Lost, "{key}");
        assert!(world.owners().await.values().all(|(_, until)| until.is_some()), "{key}");
    }
    assert_eq!(world.sell(booking, taken_over, &["A1", "A2"]).await, Sold::All);
}

#[tokio::test]
async fn an_old_epoch_is_lost_even_beside_the_right_one() {
    let world = World::new().await;
    for _ in 0..20 {
        let first = won(&world.hold(&["A1"]).await);
        let booking = world.booking();
        let second = won(&world.take_over(booking, first.hold_id, &["A1"]).await);
        let (stale, fresh) = (world.sale(first, &["A1"]), world.sale(second, &["A1"]));
        let (stale_key, again) = (format!("{booking}/stale"), format!("{booking}/again"));
        let effect = sale_effect(booking);
        let (stale, fresh, again) = tokio::join!(
            world.seating.sell(&stale_key, stale),
            world.seating.sell(&effect, fresh.clone()),
            world.seating.sell(&again, fresh),
        );
        assert_eq!(
            (stale.unwrap(), fresh_outcome(fresh.as_ref().ok().copied()), again.unwrap()),
            (Sold::Lost, Sold::All, Sold::All)
        );
        world.release(booking).await;
    }
}

fn fresh_outcome(sold: Option<Sold>) -> Sold {
    sold.expect("the sale was answered")
}

#[tokio::test]
async fn a_sale_for_seats_that_are_not_the_hold_s_sells_nothing() {
    let world = World::new().await;
    let booking = world.booking();
    let mine = won(&world.claim(booking, &["A1"]).await);
    won(&world.claim(world.booking(), &["A2"]).await);
    for (key, seats) in [("another's", ["A1", "A2"]), ("nobody's", ["A1", "A3"])] {
        let sale = world.sale(mine, &seats);
        assert_eq!(world.seating.sell(key, sale).await.unwrap(), Sold::Lost, "{key}");
    }
    assert!(world.owners().await.values().all(|(_, until)| until.is_some()));
}

#[tokio::test]
async fn a_sale_after_the_time_is_over_succeeds_while_nobody_took_the_seats() {
    let world = World::new().await;
    let booking = world.booking();
    let held = won(&world.claim(booking, &["A1", "A2"]).await);
    world.pass(LIFE + Duration::minutes(10));
    assert_eq!(world.owners().await.len(), 0, "they were free for whoever came");
    assert_eq!(world.sell(booking, held, &["A1", "A2"]).await, Sold::All);
    assert_eq!(world.seats_of(held.hold_id).await, ["A1", "A2"]);
    assert_eq!(taken(&world.claim(world.booking(), &["A2"]).await), ["A2"]);
}

#[tokio::test]
async fn a_sale_is_for_ever_and_once() {
    let world = World::new().await;
    let booking = world.booking();
    let held = won(&world.claim(booking, &["A1"]).await);
    assert_eq!(world.sell(booking, held, &["A1"]).await, Sold::All);
    assert_eq!(world.sell(booking, held, &["A1"]).await, Sold::All);
    assert_eq!(world.seating.sell("another effect", world.sale(held, &["A1"])).await.unwrap(), Sold::All);
    world.pass(Duration::days(365));
    assert_eq!(taken(&world.claim(world.booking(), &["A1"]).await), ["A1"]);
    let ended: (String, Option<time::OffsetDateTime>) =
        sqlx::query_as("SELECT state, ended_at FROM seating.holds WHERE id = $1")
            .bind(held.hold_id.uuid())
            .fetch_one(world.database.pool())
            .await
            .unwrap();
    assert_eq!(ended.0, "sold");
    assert!(ended.1.is_some());
}
