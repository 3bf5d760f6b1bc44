//! A customer who has to confirm the payment: the step waits without a worker, and is answered from wherever the outcome is
//! heard.

use usher_bookings::Status;
use usher_payments::provider::ChargeState;

use crate::world::{World, eventually};

async fn asked(world: &World, id: usher_core::ids::BookingId) -> String {
    let challenge = eventually(async || world.services.contexts.payments.challenge_of(id).await.unwrap());
    challenge.await.expect("the customer is asked").url
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_challenge_that_is_passed_ends_in_tickets_and_one_that_is_failed_in_free_seats() {
    for (answer, ends, moved) in [("pass", Status::Confirmed, (1, 0)), ("fail", Status::Rejected, (0, 0))] {
        let mut world = World::new().await;
        world.open_front().await;
        let seat = world.seat(0);
        let id = world.book(&[&seat], "pm_challenge").await;
        let url = asked(&world, id).await;
        // No worker is busy with it: the message is acknowledged while the customer thinks.
        let idle = eventually(async || {
            let depth = world.services.transport.tasks.depth("charge-payment").await.unwrap();
            (depth.waiting + depth.leased == 0).then_some(())
        });
        idle.await.expect("the message is acknowledged");
        assert_eq!(world.booking(id).await.status, Status::Reserved);
        world.answer_challenge(&url, answer).await;
        // The webhook reaches the API, which has asked nobody, and that answers the step.
        world.until(id, &[ends]).await;
        world.until_moved(moved).await;
        world.settle().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_customer_who_never_answers_loses_the_seats_and_pays_nothing() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_challenge").await;
    asked(&world, id).await;
    let over = sqlx::query("UPDATE payments.challenges SET deadline = now() - interval '1 second', kept_until = now()");
    assert_eq!(over.execute(&world.services.databases.payments).await.unwrap().rows_affected(), 1);
    let payments = &world.services.contexts.payments;
    let ended = eventually(async || {
        payments.keep_challenges(&*world.services.orchestrator()).await.unwrap();
        (world.booking(id).await.status == Status::Rejected).then_some(())
    });
    ended.await.expect("the time is over");
    let reference = usher_payments::reference::charge_of_booking(id);
    let record = payments.provider().look_up(&reference).await.unwrap().unwrap();
    assert_eq!(record.state, ChargeState::Cancelled, "nothing can be confirmed any more");
    world.until_moved((0, 0)).await;
    world.settle().await;
}
