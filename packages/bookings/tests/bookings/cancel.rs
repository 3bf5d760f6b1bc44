//! Cancelling, wherever the booking stands, by its owner and nobody else.

use futures::future::join_all;
use serde_json::json;
use usher_bookings::{
    Status,
    cancel::{Cancel, CancelOutcome},
    progress::{Advanced, Closed},
};
use usher_core::ids::{BookingId, CancellationId, UserId};
use usher_database::outbox::Kind;

use crate::world::{World, in_time};

#[tokio::test]
async fn what_the_customer_is_told_in_every_state() {
    let world = World::new().await;
    for (stands, after) in [
        (Status::Requested, Status::Cancelling),
        (Status::Reserved, Status::Cancelling),
        (Status::Paid, Status::Cancelling),
        (Status::Confirmed, Status::Cancelling),
        (Status::Rejected, Status::Rejected),
        (Status::Cancelling, Status::Cancelling),
        (Status::Cancelled, Status::Cancelled),
    ] {
        let id = world.booking(stands).await;
        match (stands, world.cancel(id).await) {
            (Status::Requested | Status::Reserved | Status::Paid, CancelOutcome::TurnsRound)
            | (Status::Rejected, CancelOutcome::Rejected) => {}
            (Status::Confirmed, CancelOutcome::Start { name, .. }) => assert_eq!(name, CancellationId::from(id.uuid())),
            (Status::Cancelling | Status::Cancelled, CancelOutcome::Already(status)) => assert_eq!(status, stands),
            unexpected => panic!("{unexpected:?}"),
        }
        assert_eq!(world.status(id).await, after, "{stands}");
        let repeated = if stands == Status::Rejected { CancelOutcome::Rejected } else { CancelOutcome::Already(after) };
        assert_eq!(world.cancel(id).await, repeated, "{stands}, repeated");
    }
    assert_eq!(world.starts("cancellation").await.len(), 1, "only of the confirmed one");
}

#[tokio::test]
async fn only_the_owner_finds_the_booking() {
    let world = World::new().await;
    for stands in Status::ALL {
        let id = world.booking(stands).await;
        let stranger = Cancel { user_id: UserId::new(&*world.ambient), ..world.cancellation(id) };
        assert_eq!(world.bookings.cancel(stranger).await.unwrap(), CancelOutcome::NotFound, "{stands}");
        assert_eq!(world.status(id).await, stands);
    }
    assert_eq!(world.cancel(BookingId::new(&*world.ambient)).await, CancelOutcome::NotFound);
    assert_eq!(world.starts("cancellation").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_confirmed_booking_is_cancelled_by_a_saga_of_its_own() {
    let world = World::new().await;
    let id = world.booking(Status::Confirmed).await;
    let CancelOutcome::Start { name, row } = world.cancel(id).await else { panic!("it was confirmed") };
    let messages = world.messages().await;
    let start = messages.iter().find(|message| message.kind == Kind::Start && message.topic == "cancellation").unwrap();
    assert_eq!(start.payload, json!({ "name": name, "input": { "booking_id": id } }));
    assert_eq!(start.id, row, "whoever hands it over can discard it");
    assert_ne!(row, id.uuid(), "the booking's own start may still wait under its number");
    assert_eq!(world.close(id, "BookingCancelled").await, Closed::Cancelled);
    assert_eq!(world.status(id).await, Status::Cancelled);
    assert_eq!(world.events(id).await, ["booking.cancelled", "booking.created"]);
}

/// The last step had its effect and its worker died before it could say so. The customer cancels the confirmed booking,
/// which starts the cancellation saga; the step comes again and must not turn the booking's own saga round as well.
#[tokio::test]
async fn a_late_repetition_of_the_last_step_does_not_turn_round_what_another_saga_cancels() {
    let world = World::new().await;
    let id = world.booking(Status::Confirmed).await;
    assert!(matches!(world.cancel(id).await, CancelOutcome::Start { .. }));
    assert_eq!(world.advance(id, Status::Confirmed).await, Advanced::There);
    assert_eq!(world.status(id).await, Status::Cancelling, "and it moves nothing");
    world.close(id, "BookingCancelled").await;
    assert_eq!(world.advance(id, Status::Confirmed).await, Advanced::There);
    assert_eq!(world.status(id).await, Status::Cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_cancellations_at_once_one_counts() {
    let world = World::new().await;
    let processes = [world.bookings.clone(), world.another_process()];
    for stands in [Status::Paid, Status::Confirmed] {
        let id = world.booking(stands).await;
        let cancels = (0..40).map(|number| {
            let (bookings, cancel) = (processes[number % 2].clone(), world.cancellation(id));
            tokio::spawn(async move { bookings.cancel(cancel).await.unwrap() })
        });
        let outcomes: Vec<CancelOutcome> = in_time(join_all(cancels)).await.into_iter().map(Result::unwrap).collect();
        let already = CancelOutcome::Already(Status::Cancelling);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == already).count(), 39, "{outcomes:?}");
    }
    assert_eq!(world.starts("cancellation").await.len(), 1);
}

#[tokio::test]
async fn one_batch_cancels_bookings_of_every_state_and_owner() {
    let world = World::new().await;
    let (paid, confirmed) = (world.booking(Status::Paid).await, world.booking(Status::Confirmed).await);
    let (rejected, strange) = (world.booking(Status::Rejected).await, world.booking(Status::Reserved).await);
    let stranger = Cancel { user_id: UserId::new(&*world.ambient), ..world.cancellation(strange) };
    let cancels = [paid, confirmed, rejected, paid].map(|id| world.cancellation(id)).into_iter().chain([stranger]);
    let outcomes = join_all(cancels.map(|cancel| world.bookings.cancel(cancel))).await;
    let outcomes: Vec<CancelOutcome> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes[0], CancelOutcome::TurnsRound);
    assert!(matches!(outcomes[1], CancelOutcome::Start { name, .. } if name == CancellationId::from(confirmed.uuid())));
    let others = [CancelOutcome::Rejected, CancelOutcome::Already(Status::Cancelling), CancelOutcome::NotFound];
    assert_eq!(outcomes[2..], others);
    assert_eq!(world.status(strange).await, Status::Reserved);
}
