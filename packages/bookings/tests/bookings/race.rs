//! A cancellation that meets the last step of a booking goes one way or the other, and never both.

use usher_bookings::{
    Status,
    cancel::CancelOutcome,
    progress::{Advance, Advanced},
};
use usher_core::ids::CancellationId;

use crate::world::{World, in_time};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_times_exactly_one_of_the_two_happens() {
    let world = World::new().await;
    let other = world.another_process();
    let (mut confirmed, mut turned_round) = (0, 0);
    for round in 0..200 {
        let id = world.booking(Status::Paid).await;
        let (bookings, cancel) = (world.bookings.clone(), world.cancellation(id));
        let cancelling = if round % 2 == 0 { other.clone() } else { world.bookings.clone() };
        let confirm =
            tokio::spawn(async move { bookings.advance(Advance { id, to: Status::Confirmed }).await.unwrap() });
        if round % 4 < 2 {
            tokio::task::yield_now().await; // Either gets a head start in half of the rounds.
        }
        let cancel = tokio::spawn(async move { cancelling.cancel(cancel).await.unwrap() });
        let (told, outcome) = in_time(async { (confirm.await.unwrap(), cancel.await.unwrap()) }).await;
        let name = CancellationId::from(id.uuid());
        let started = world.starts("cancellation").await.contains(&name.to_string());
        match (told, outcome) {
            (Advanced::There, CancelOutcome::Start { name: start, .. }) => {
                assert_eq!(start, name);
                assert!(started, "confirmed, then cancelled by a saga of its own");
                confirmed += 1;
            }
            (Advanced::Cancelling, CancelOutcome::TurnsRound) => {
                assert!(!started, "turned round, and no second saga");
                turned_round += 1;
            }
            both => panic!("round {round}: {both:?}"),
        }
        assert_eq!(world.status(id).await, Status::Cancelling);
        // Whatever the step was told, it is told again.
        assert_eq!(world.advance(id, Status::Confirmed).await, told);
    }
    assert_eq!(confirmed + turned_round, 200);
}
