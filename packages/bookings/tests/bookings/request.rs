//! Asking for a booking: claim, row, event and start command are one transaction, once for each key.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::json;
use usher_bookings::{
    Booking, Status,
    request::{Request, Requested},
};
use usher_core::{
    ambient::Ambient,
    ids::{BookingId, HoldId},
};
use usher_database::{
    idempotency::{self, Answer, LEASE, LIFE},
    outbox::Kind,
};

use crate::world::{World, euros, in_time};

async fn bookings(world: &World) -> Vec<Booking> {
    world.bookings.of_user(world.user, None, 1000).await.unwrap()
}

async fn answer(world: &World, request: &Request, answer: &Answer) {
    let mut connection = world.database.pool().acquire().await.unwrap();
    idempotency::finish(&mut connection, &request.claim.scope, &request.claim.key, answer).await.unwrap();
}

#[tokio::test]
async fn a_request_writes_the_booking_its_event_and_its_start() {
    let world = World::new().await;
    let hold = HoldId::new(&*world.ambient);
    let request = Request { hold_id: Some(hold), ..world.request() };
    assert_eq!(world.bookings.request(request.clone()).await.unwrap(), Requested::Written);
    let booking = world.bookings.get(request.id).await.unwrap().unwrap();
    let expected = Booking {
        id: request.id,
        user_id: world.user,
        showtime_id: request.showtime_id,
        seats: request.seats,
        total: euros(2240),
        payment_method: "pm_ok".to_owned(),
        hold_id: Some(hold),
        status: Status::Requested,
        reason: None,
        taken_seats: Vec::new(),
        cancelled_seats: Vec::new(),
        kept: euros(0),
        parting: None,
        created_at: world.ambient.now(),
        updated_at: world.ambient.now(),
    };
    assert_eq!(booking, expected);
    let messages = world.messages().await;
    assert_eq!(messages.len(), 2);
    assert_eq!(
        (messages[0].kind, messages[0].topic.as_str(), messages[0].id),
        (Kind::Start, "booking", request.id.uuid())
    );
    assert_eq!(messages[0].payload, json!({ "name": request.id, "input": { "booking_id": request.id } }));
    assert_eq!((messages[1].kind, messages[1].topic.as_str()), (Kind::Event, "booking.created"));
    let data = json!({
        "booking_id": request.id, "showtime_id": request.showtime_id, "seats": ["A1", "A2"], "total": euros(2240),
    });
    assert_eq!(messages[1].payload["data"], data);
    assert_eq!(messages[1].payload["subject"], json!(request.id));
}

#[tokio::test]
async fn a_key_is_written_running_then_done_and_another_body_is_refused() {
    let world = World::new().await;
    let first = world.request_under("k", 1);
    assert_eq!(world.bookings.request(first.clone()).await.unwrap(), Requested::Written);
    assert_eq!(world.bookings.request(world.request_under("k", 1)).await.unwrap(), Requested::Running);
    assert_eq!(world.bookings.request(world.request_under("k", 2)).await.unwrap(), Requested::Mismatch);
    let accepted = Answer { status: 202, body: json!({ "id": first.id }) };
    answer(&world, &first, &accepted).await;
    assert_eq!(world.bookings.request(world.request_under("k", 1)).await.unwrap(), Requested::Done(accepted));
    assert_eq!(world.bookings.request(world.request_under("k", 2)).await.unwrap(), Requested::Mismatch);
    assert_eq!(bookings(&world).await.len(), 1);
    assert_eq!(world.starts("booking").await, [first.id.to_string()]);
}

#[tokio::test]
async fn whoever_takes_over_learns_which_booking_was_written() {
    let world = World::new().await;
    let first = world.request_under("k", 1);
    world.bookings.request(first.clone()).await.unwrap();
    world.ambient.advance(LEASE);
    let taken_over = world.bookings.request(world.request_under("k", 1)).await.unwrap();
    assert_eq!(taken_over, Requested::TakenOver(Some(first.id)));
    assert_eq!(bookings(&world).await.len(), 1);
    assert_eq!(world.bookings.request(world.request_under("k", 1)).await.unwrap(), Requested::Running);
}

#[tokio::test]
async fn a_key_whose_life_is_over_makes_a_new_booking() {
    let world = World::new().await;
    let first = world.request_under("k", 1);
    world.bookings.request(first.clone()).await.unwrap();
    answer(&world, &first, &Answer { status: 202, body: json!({}) }).await;
    world.ambient.advance(LIFE);
    assert_eq!(world.bookings.request(world.request_under("k", 2)).await.unwrap(), Requested::Written);
    assert_eq!(bookings(&world).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_under_one_key_are_one_booking_and_one_start() {
    let world = World::new().await;
    let processes = [world.bookings.clone(), world.another_process()];
    let requests = (0..50).map(|number| {
        let (bookings, request) = (processes[number % 2].clone(), world.request_under("k", 1));
        tokio::spawn(async move { bookings.request(request).await.unwrap() })
    });
    let outcomes: Vec<Requested> = in_time(join_all(requests)).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Requested::Written).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Requested::Running).count(), 49);
    let written = bookings(&world).await;
    assert_eq!(written.len(), 1);
    assert_eq!(world.starts("booking").await, [written[0].id.to_string()]);
    assert_eq!(world.events(written[0].id).await, ["booking.created"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_keys_are_three_hundred_bookings() {
    let world = World::new().await;
    let processes = [world.bookings.clone(), world.another_process()];
    let requests = (0..600).map(|number| {
        let (bookings, request) = (processes[number % 2].clone(), world.request_under(&format!("k{}", number / 2), 1));
        tokio::spawn(async move { (request.id, bookings.request(request).await.unwrap()) })
    });
    let mut written = HashSet::new();
    for request in in_time(join_all(requests)).await {
        match request.unwrap() {
            (id, Requested::Written) => assert!(written.insert(id)),
            (_, outcome) => assert_eq!(outcome, Requested::Running),
        }
    }
    assert_eq!(written.len(), 300);
    assert_eq!(bookings(&world).await.into_iter().map(|booking| booking.id).collect::<HashSet<_>>(), written);
    let started: HashSet<BookingId> = world.starts("booking").await.iter().map(|name| name.parse().unwrap()).collect();
    assert_eq!(started, written);
}

#[tokio::test]
async fn a_request_that_the_database_refuses_fails_alone_and_leaves_its_key_free() {
    let world = World::new().await;
    let bad = Request { total: euros(-1), ..world.request_under("bad", 1) };
    let (good, refused) =
        tokio::join!(world.bookings.request(world.request_under("good", 1)), world.bookings.request(bad));
    assert_eq!(good.unwrap(), Requested::Written);
    assert!(!refused.unwrap_err().is_transient());
    assert_eq!(world.bookings.request(world.request_under("bad", 2)).await.unwrap(), Requested::Written);
    assert_eq!(bookings(&world).await.len(), 2);
}
