//! Each way a booking can end, undisturbed.

use usher_bookings::Status;
use usher_core::ids::BookingId;
use usher_workflows::orchestrator::Status as ExecutionStatus;

use crate::world::World;

async fn ends(world: &World, id: BookingId, status: Status, reason: Option<&str>) {
    let booking = world.until(id, &[Status::Confirmed, Status::Rejected, Status::Cancelled]).await;
    assert_eq!((booking.status, booking.reason.as_deref()), (status, reason));
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_paid_booking_ends_with_tickets_and_one_message() {
    let world = World::new().await;
    let (a, b) = (world.seat(0), world.seat(1));
    let id = world.book(&[&a, &b], "pm_ok").await;
    ends(&world, id, Status::Confirmed, None).await;
    let tickets = world.services.contexts.tickets.of_booking(id).await.unwrap();
    assert_eq!(tickets.len(), 2);
    assert!(tickets.iter().all(usher_tickets::Ticket::is_valid));
    let told = crate::world::eventually(async || {
        let told = world.services.contexts.notifications.of_booking(id).await.unwrap();
        (!told.is_empty()).then_some(told)
    });
    let told = told.await.expect("the customer is told");
    assert_eq!(told.len(), 1);
    assert!(told[0].created_at >= tickets[0].issued_at, "nobody is told before the tickets are durable");
    assert_eq!(world.provider_effects().await, (1, 0));
    let services = world.services.orchestrator();
    world.settle().await;
    drop(services);
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_declined_card_leaves_free_seats_and_no_charge() {
    for (method, charged) in [("pm_declined", 0), ("pm_insufficient_funds", 0)] {
        let world = World::new().await;
        let seat = world.seat(0);
        let id = world.book(&[&seat], method).await;
        ends(&world, id, Status::Rejected, Some("PaymentDeclined")).await;
        assert!(world.services.contexts.seating.occupied(world.showtime.id).await.unwrap().is_empty());
        assert!(world.services.contexts.tickets.of_booking(id).await.unwrap().is_empty());
        assert_eq!(world.provider_effects().await.0, charged);
        world.settle().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_lost_answer_is_looked_up_and_not_charged_again() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_timeout_after").await;
    ends(&world, id, Status::Confirmed, None).await;
    assert_eq!(world.provider_effects().await, (1, 0));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn an_error_of_the_provider_is_tried_again_under_the_same_reference() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_error_once").await;
    ends(&world, id, Status::Confirmed, None).await;
    assert_eq!(world.provider_effects().await, (1, 0));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn taken_seats_are_named_and_nothing_is_kept() {
    let world = World::new().await;
    let (a, b) = (world.seat(0), world.seat(1));
    let first = world.book(&[&a], "pm_ok").await;
    ends(&world, first, Status::Confirmed, None).await;
    let second = world.book(&[&a, &b], "pm_ok").await;
    ends(&world, second, Status::Rejected, Some("SeatUnavailable")).await;
    let taken: Vec<String> = world.booking(second).await.taken_seats.iter().map(ToString::to_string).collect();
    assert_eq!(taken, [a]);
    assert_eq!(world.services.contexts.seating.occupied(world.showtime.id).await.unwrap().len(), 1);
    assert_eq!(world.provider_effects().await, (1, 0));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_hold_becomes_the_booking_s_own() {
    let world = World::new().await;
    let seat = world.seat(0);
    let seats = world.seats(&[&seat]).into_iter().map(|(seat, _)| seat).collect();
    let held = world.services.contexts.seating.hold(world.user, world.showtime.id, seats).await.unwrap().unwrap();
    let usher_seating::claim::Claimed::All { hold_id, .. } = held else { panic!("{held:?}") };
    let id = world.request(&[&seat], "pm_ok", Some(hold_id)).await;
    world.start(id).await;
    ends(&world, id, Status::Confirmed, None).await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_start_that_nobody_handed_over_is_found_by_the_relay() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.request(&[&seat], "pm_ok", None).await;
    ends(&world, id, Status::Confirmed, None).await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_second_start_of_the_same_booking_starts_nothing() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    world.start(id).await;
    ends(&world, id, Status::Confirmed, None).await;
    world.start(id).await;
    let execution = crate::world::eventually(async || {
        let execution = world.services.orchestrator().describe("booking", &id.to_string()).await.unwrap().unwrap();
        (execution.status != ExecutionStatus::Running).then_some(execution)
    });
    let execution = execution.await.expect("it ends");
    assert_eq!(execution.status, ExecutionStatus::Succeeded);
    assert_eq!(execution.output.unwrap()["outcome"], "confirmed");
    assert_eq!(world.provider_effects().await, (1, 0));
    world.settle().await;
}
