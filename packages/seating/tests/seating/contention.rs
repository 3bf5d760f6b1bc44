//! Many want the same seats: all of a request or none, one owner a seat, and the losers learn which seats were taken.

use futures::future::join_all;
use usher_core::ambient::Ambient;
use usher_seating::claim::Claimed;

use crate::world::{World, claim_effect, in_time, taken, won};

const FOUR: [&str; 4] = ["A1", "A2", "A3", "A4"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_requests_for_the_same_four_seats_exactly_one_wins() {
    let world = World::new().await;
    let processes = [world.seating.clone(), world.another_process()];
    let requests = (0..1000).map(|number| {
        let (seating, booking) = (processes[number % 2].clone(), world.booking());
        let claim = world.claim_of(booking, &FOUR);
        tokio::spawn(async move { seating.claim(&claim_effect(booking), claim).await.unwrap() })
    });
    let outcomes: Vec<Claimed> = in_time(join_all(requests)).await.into_iter().map(Result::unwrap).collect();
    let (winners, losers): (Vec<_>, Vec<_>) =
        outcomes.into_iter().partition(|outcome| matches!(outcome, Claimed::All { .. }));
    assert_eq!(winners.len(), 1);
    assert_eq!(losers.len(), 999);
    for loser in &losers {
        assert_eq!(taken(loser), FOUR);
    }
    assert_eq!(world.seats_of(won(&winners[0]).hold_id).await, FOUR);
    let holds: i64 =
        sqlx::query_scalar("SELECT count(*) FROM seating.holds").fetch_one(world.database.pool()).await.unwrap();
    assert_eq!(holds, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_customers_who_want_to_keep_the_same_four_seats_exactly_one_does() {
    let world = World::new().await;
    let processes = [world.seating.clone(), world.another_process()];
    let requests = (0..1000).map(|number| {
        let (seating, user, showtime) = (processes[number % 2].clone(), world.someone(), world.showtime);
        tokio::spawn(async move { seating.hold(user, showtime, crate::world::names(&FOUR)).await.unwrap().unwrap() })
    });
    let outcomes: Vec<Claimed> = in_time(join_all(requests)).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Claimed::All { .. })).count(), 1);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Claimed::All { .. }) || taken(outcome) == FOUR));
    assert_eq!(world.owners().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_overlap_get_all_of_their_seats_or_none() {
    let world = World::new().await;
    let processes = [world.seating.clone(), world.another_process()];
    let all: Vec<String> = (1..=12).map(|number| format!("B{number}")).collect();
    let requests: Vec<_> = (0..400)
        .map(|_| {
            let (chance, booking) = (world.ambient.random(), world.booking());
            let seats: Vec<&str> = all
                .iter()
                .enumerate()
                .filter(|(place, _)| chance >> (place * 2) & 3 == 3)
                .map(|(_, seat)| seat.as_str())
                .collect();
            let seats = if seats.is_empty() { vec!["B7"] } else { seats };
            (booking, world.claim_of(booking, &seats), processes[usize::from(chance >> 100 & 1 == 1)].clone())
        })
        .collect();
    let attempts = requests.iter().cloned().map(|(booking, claim, seating)| {
        tokio::spawn(async move { seating.claim(&claim_effect(booking), claim).await.unwrap() })
    });
    let outcomes = in_time(join_all(attempts)).await;
    let (owners, mut seats_won) = (world.owners().await, 0);
    for ((_, claim, _), outcome) in requests.iter().zip(outcomes) {
        let mut wanted: Vec<&str> = claim.seats.iter().map(usher_core::seat::SeatName::as_str).collect();
        wanted.sort_unstable();
        match outcome.unwrap() {
            claimed @ Claimed::All { .. } => {
                seats_won += wanted.len();
                assert_eq!(world.seats_of(won(&claimed).hold_id).await, wanted, "all of them");
            }
            refused => {
                assert_eq!(world.seats_of(claim.hold_id).await, Vec::<String>::new(), "none of them");
                let taken = taken(&refused);
                assert!(!taken.is_empty());
                assert!(taken.iter().all(|seat| wanted.contains(seat) && owners.contains_key(*seat)));
            }
        }
    }
    assert_eq!(owners.len(), seats_won, "every owned seat belongs to a request that won");
    assert!(seats_won > 0);
}

#[tokio::test]
async fn a_loser_learns_exactly_which_seats_were_taken() {
    let world = World::new().await;
    won(&world.claim(world.booking(), &["A1", "A2"]).await);
    let second = won(&world.claim(world.booking(), &["A5"]).await);
    let loser = world.claim(world.booking(), &["A2", "A3", "A4", "A5"]).await;
    assert_eq!(taken(&loser), ["A2", "A5"]);
    assert_eq!(world.seats_of(second.hold_id).await, ["A5"]);
    won(&world.claim(world.booking(), &["A3", "A4"]).await);
}

#[tokio::test]
async fn the_same_seat_of_another_showtime_is_another_seat() {
    let world = World::new().await;
    won(&world.claim(world.booking(), &["A1"]).await);
    let booking = world.booking();
    let elsewhere = usher_core::ids::ShowtimeId::new(&*world.ambient);
    let claim = usher_seating::claim::Claim { showtime_id: elsewhere, ..world.claim_of(booking, &["A1"]) };
    won(&world.seating.claim(&claim_effect(booking), claim).await.unwrap());
}

#[tokio::test]
async fn a_repeated_request_gets_its_first_answer() {
    let world = World::new().await;
    let (winner, loser) = (world.booking(), world.booking());
    let first = world.claim(winner, &["A1"]).await;
    let refused = world.claim(loser, &["A1"]).await;
    world.pass(time::Duration::minutes(2));
    assert_eq!(world.claim(winner, &["A1"]).await, first);
    world.release(winner).await;
    assert_eq!(world.claim(loser, &["A1"]).await, refused, "although the seat is free by now");
}

/// A booking has one hold, whoever asks and however often: two workers with two effects are a mistake that must not cost
/// seats.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_claims_under_one_hold_do_not_both_win() {
    let world = World::new().await;
    for _ in 0..20 {
        let booking = world.booking();
        let (one, two) = (world.claim_of(booking, &["C1"]), world.claim_of(booking, &["C2", "C3"]));
        let (first, second) = (format!("{booking}/1"), format!("{booking}/2"));
        let outcomes = tokio::join!(world.seating.claim(&first, one), world.seating.claim(&second, two));
        let outcomes = [outcomes.0.unwrap(), outcomes.1.unwrap()];
        let wins = outcomes.iter().filter(|outcome| matches!(outcome, Claimed::All { .. })).count();
        assert_eq!(wins, 1, "{outcomes:?}");
        assert!(outcomes.contains(&Claimed::HoldUnusable), "{outcomes:?}");
        let hold = world.seating.hold_of(booking).await.unwrap().unwrap();
        let seats: Vec<String> = hold.seats.iter().map(ToString::to_string).collect();
        assert_eq!(world.seats_of(hold.id).await, seats);
        world.release(booking).await;
        assert_eq!(world.owners().await.len(), 0);
    }
}

#[tokio::test]
async fn a_request_that_makes_no_sense_fails_alone() {
    let world = World::new().await;
    let (good, empty, twice) = (world.booking(), world.booking(), world.booking());
    let (good_claim, empty_claim, twice_claim) =
        (world.claim_of(good, &["A1"]), world.claim_of(empty, &[]), world.claim_of(twice, &["A2", "A2"]));
    let effects = [good, empty, twice].map(claim_effect);
    let (good, empty, twice) = tokio::join!(
        world.seating.claim(&effects[0], good_claim),
        world.seating.claim(&effects[1], empty_claim),
        world.seating.claim(&effects[2], twice_claim),
    );
    won(&good.unwrap());
    for refused in [empty, twice] {
        assert!(!refused.unwrap_err().is_transient());
    }
    assert_eq!(world.owners().await.len(), 1);
}

#[tokio::test]
async fn a_booking_that_got_its_seats_is_told_of() {
    let world = World::new().await;
    let booking = world.booking();
    world.claim(booking, &["A1", "A2"]).await;
    world.claim(booking, &["A1", "A2"]).await;
    world.claim(world.booking(), &["A1"]).await;
    world.hold(&["B1"]).await;
    let told: Vec<(String, serde_json::Value)> =
        sqlx::query_as("SELECT topic, payload FROM usher.outbox").fetch_all(world.database.pool()).await.unwrap();
    assert_eq!(told.len(), 1, "not of the repetition, the loser or the customer who is still choosing");
    assert_eq!(told[0].0, "seat_reserved");
    assert_eq!(told[0].1["subject"], booking.to_string());
    assert_eq!(told[0].1["data"]["seats"], serde_json::json!(["A1", "A2"]));
}
