//! Moving with the saga: forward step by step, back when all is undone, and what late and repeated steps are told.

use futures::future::join_all;
use usher_bookings::{
    Status,
    progress::{Advance, Advanced, Close, Closed},
};
use usher_core::{ambient::Ambient, ids::BookingId};

use crate::world::{World, in_time};

#[tokio::test]
async fn what_a_step_is_told_in_every_state() {
    use Advanced::{Cancelling, Over, There};
    use Status::{Confirmed, Paid, Reserved};
    let world = World::new().await;
    for (stands, [reserved, paid, confirmed]) in [
        (Status::Requested, [There, Over, Over]),
        (Reserved, [There, There, Over]),
        (Paid, [There, There, There]),
        (Confirmed, [There, There, There]),
        (Status::Rejected, [Over, Over, Over]),
        (Status::Cancelling, [Cancelling, Cancelling, Cancelling]),
        (Status::Cancelled, [Over, Over, Over]),
    ] {
        for (to, expected) in [(Reserved, reserved), (Paid, paid), (Confirmed, confirmed)] {
            let id = world.booking(stands).await;
            assert_eq!(world.advance(id, to).await, expected, "{stands}, to {to}");
            let moves = stands.may_become(to);
            assert_eq!(world.status(id).await, if moves { to } else { stands }, "{stands}, to {to}");
            assert_eq!(world.advance(id, to).await, expected, "{stands}, to {to}, repeated");
        }
    }
    let unknown = BookingId::new(&*world.ambient);
    assert_eq!(world.advance(unknown, Reserved).await, Over);
}

#[tokio::test]
async fn a_move_backwards_or_aside_is_no_move() {
    let world = World::new().await;
    for to in [Status::Requested, Status::Rejected, Status::Cancelling, Status::Cancelled] {
        let id = world.booking(Status::Paid).await;
        world.advance(id, to).await;
        assert_eq!(world.status(id).await, Status::Paid, "{to}");
    }
}

/// A worker that was given up reports again while the saga goes on: both meet in one batch, and neither disturbs the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_step_does_not_hold_up_the_next_one() {
    let world = World::new().await;
    for _ in 0..30 {
        let id = world.booking(Status::Reserved).await;
        let moves = [Status::Reserved, Status::Paid, Status::Reserved, Status::Paid].map(|to| {
            let bookings = world.bookings.clone();
            tokio::spawn(async move { bookings.advance(Advance { id, to }).await.unwrap() })
        });
        for told in in_time(join_all(moves)).await {
            assert_eq!(told.unwrap(), Advanced::There);
        }
        assert_eq!(world.status(id).await, Status::Paid);
    }
}

#[tokio::test]
async fn many_bookings_move_at_once_each_as_it_can() {
    let world = World::new().await;
    let mut moves = Vec::new();
    for stands in Status::ALL {
        for _ in 0..20 {
            moves.push((world.booking(stands).await, stands));
        }
    }
    let told = join_all(moves.iter().map(|(id, _)| world.advance(*id, Status::Paid))).await;
    for ((id, stands), told) in moves.into_iter().zip(told) {
        let expected = match stands {
            Status::Reserved | Status::Paid | Status::Confirmed => Advanced::There,
            Status::Cancelling => Advanced::Cancelling,
            Status::Requested | Status::Rejected | Status::Cancelled => Advanced::Over,
        };
        assert_eq!(told, expected, "{stands}");
        let after = if stands == Status::Reserved { Status::Paid } else { stands };
        assert_eq!(world.status(id).await, after);
    }
}

#[tokio::test]
async fn what_an_undo_is_told_in_every_state() {
    let world = World::new().await;
    for (stands, expected, after) in [
        (Status::Requested, Closed::Rejected, Status::Rejected),
        (Status::Reserved, Closed::Rejected, Status::Rejected),
        (Status::Paid, Closed::Rejected, Status::Rejected),
        (Status::Confirmed, Closed::Refused, Status::Confirmed),
        (Status::Rejected, Closed::Rejected, Status::Rejected),
        (Status::Cancelling, Closed::Cancelled, Status::Cancelled),
        (Status::Cancelled, Closed::Cancelled, Status::Cancelled),
    ] {
        let id = world.booking(stands).await;
        for _ in 0..2 {
            assert_eq!(world.close(id, "SeatUnavailable").await, expected, "{stands}");
            assert_eq!(world.status(id).await, after, "{stands}");
        }
        let ended = usize::from(matches!(after, Status::Rejected | Status::Cancelled));
        let told = world.events(id).await;
        assert_eq!(
            told.iter().filter(|event| **event == format!("booking.{after}")).count(),
            ended,
            "{stands}: {told:?}"
        );
    }
    assert_eq!(world.close(BookingId::new(&*world.ambient), "x").await, Closed::Refused);
}

#[tokio::test]
async fn the_first_reason_stays() {
    let world = World::new().await;
    let id = world.booking(Status::Requested).await;
    let taken = vec!["A1".parse().unwrap(), "A2".parse().unwrap()];
    let close = Close { id, reason: "SeatUnavailable".to_owned(), taken_seats: taken.clone() };
    world.ambient.advance(time::Duration::seconds(3));
    world.bookings.close(close).await.unwrap();
    world.close(id, "PaymentDeclined").await;
    let booking = world.bookings.get(id).await.unwrap().unwrap();
    assert_eq!(booking.reason.as_deref(), Some("SeatUnavailable"));
    assert_eq!(booking.taken_seats, taken);
    assert_eq!(booking.updated_at, world.ambient.now());
    assert!(booking.created_at < booking.updated_at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_meets_its_undo_goes_one_way() {
    let world = World::new().await;
    let other = world.another_process();
    for _ in 0..50 {
        let id = world.booking(Status::Paid).await;
        let close = Close { id, reason: "HoldExpired".to_owned(), taken_seats: Vec::new() };
        let (advanced, closed) = in_time(async {
            tokio::join!(world.bookings.advance(Advance { id, to: Status::Confirmed }), other.close(close))
        })
        .await;
        match (advanced.unwrap(), closed.unwrap(), world.status(id).await) {
            (Advanced::There, Closed::Refused, Status::Confirmed)
            | (Advanced::Over, Closed::Rejected, Status::Rejected) => {}
            other => panic!("{other:?}"),
        }
    }
}
