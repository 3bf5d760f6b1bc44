//! Two processes over one database, racing over everything at once: each seat has one owner at the end, and those who
//! were told so are the owners.

use std::collections::BTreeMap;

use futures::future::join_all;
use time::Duration;
use usher_core::ambient::Ambient;
use usher_seating::{claim::Claimed, settle::Sold};

use crate::world::{World, claim_effect, in_time, names, release_of, sale_effect, won};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_told_that_seats_are_sold_owns_them() {
    let world = World::new().await;
    let processes = [world.seating.clone(), world.another_process()];
    let seats: Vec<String> = (1..=20).map(|number| format!("E{number}")).collect();
    let sagas = (0..300).map(|number| {
        let chance = world.ambient.random();
        let first = usize::try_from(chance % 20).unwrap();
        let wanted = vec![seats[first].clone(), seats[(first + 1 + number % 3) % 20].clone()];
        let (claiming, settling) =
            (processes[number % 2].clone(), processes[usize::from(chance >> 64 & 1 == 1)].clone());
        let (booking, ambient) = (world.booking(), world.ambient.clone());
        let wanted_names: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let claim = world.claim_of(booking, &wanted_names);
        tokio::spawn(async move {
            let claimed = claiming.claim(&claim_effect(booking), claim.clone()).await.unwrap();
            let Claimed::All { .. } = claimed else { return None };
            let held = won(&claimed);
            if (chance >> 70).is_multiple_of(8) {
                ambient.advance(Duration::minutes(6)); // Everybody's hold is over now.
            }
            let sale = usher_seating::settle::Sell {
                hold_id: held.hold_id,
                epoch: held.epoch,
                showtime_id: claim.showtime_id,
                seats: claim.seats.clone(),
            };
            let sold = settling.sell(&sale_effect(booking), sale).await.unwrap();
            if chance >> 80 & 1 == 0 {
                settling.release(&format!("{booking}/release-seats"), release_of(booking)).await.unwrap();
                return None;
            }
            (sold == Sold::All).then_some((held.hold_id, wanted))
        })
    });
    let mut expected = BTreeMap::new();
    for saga in in_time(join_all(sagas)).await {
        if let Some((hold, seats)) = saga.unwrap() {
            for seat in seats {
                assert_eq!(expected.insert(seat, hold), None, "two were told that they own it");
            }
        }
    }
    let sold: BTreeMap<_, _> = world
        .owners()
        .await
        .into_iter()
        .filter(|(_, (_, until))| until.is_none())
        .map(|(seat, (hold, _))| (seat, hold))
        .collect();
    assert_eq!(sold, expected);
    assert!(!sold.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_and_bookings_of_two_processes_share_the_seats_between_them() {
    let world = World::new().await;
    let processes = [world.seating.clone(), world.another_process()];
    for round in 1..=10 {
        let seats: Vec<String> = (1..=3).map(|number| format!("F{}", round * 10 + number)).collect();
        let wanted: Vec<&str> = seats.iter().map(String::as_str).collect();
        let attempts = (0..40).map(|number| {
            let (seating, booking, user) = (processes[number % 2].clone(), world.booking(), world.someone());
            let claim = world.claim_of(booking, &wanted[number % 3..]);
            tokio::spawn(async move {
                if number < 20 {
                    seating.claim(&claim_effect(booking), claim).await.unwrap()
                } else {
                    let seats: Vec<&str> = claim.seats.iter().map(usher_core::seat::SeatName::as_str).collect();
                    seating.hold(user, claim.showtime_id, names(&seats)).await.unwrap().unwrap()
                }
            })
        });
        let mut owned = 0;
        for outcome in in_time(join_all(attempts)).await {
            if let claimed @ Claimed::All { .. } = outcome.unwrap() {
                owned += world.seats_of(won(&claimed).hold_id).await.len();
            }
        }
        let of_round = world.owners().await.into_keys().filter(|seat| wanted.contains(&seat.as_str())).count();
        assert_eq!(owned, of_round);
        assert!(owned > 0);
    }
}
