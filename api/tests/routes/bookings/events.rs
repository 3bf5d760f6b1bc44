//! The stream of a booking's progress.

use serde_json::Value;
use usher_bookings::{Status, progress::Advance};

use crate::{app::TestApp, stream::Events};

/// The next event's id and booking, or nothing at the end of the stream.
async fn next(events: &mut Events) -> Option<(String, Value)> {
    let event = events.next().await?;
    assert_eq!(event.name, "booking");
    Some((event.id.unwrap(), event.data))
}

#[tokio::test]
async fn the_present_state_comes_first_then_each_change_until_the_end() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    let mut events = Events::of(app.get(&format!("/api/bookings/{id}/events")).by(&ada).stream().await);
    let (first_id, first) = next(&mut events).await.unwrap();
    assert_eq!(first["status"], "requested");
    app.clock.advance(time::Duration::seconds(1));
    app.bookings.advance(Advance { id, to: Status::Reserved }).await.unwrap();
    let (second_id, second) = next(&mut events).await.unwrap();
    assert_eq!(second["status"], "reserved");
    assert_ne!(first_id, second_id);
    app.confirm(id).await;
    let mut last = second;
    while let Some((_, next)) = next(&mut events).await {
        last = next;
    }
    assert_eq!((last["status"].as_str(), last["tickets"].as_array().unwrap().len()), (Some("confirmed"), 2));
}

#[tokio::test]
async fn a_booking_that_has_ended_is_told_once() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    app.reject(id, "PaymentDeclined", &[]).await;
    let mut events = Events::of(app.get(&format!("/api/bookings/{id}/events")).by(&ada).stream().await);
    assert_eq!(next(&mut events).await.unwrap().1["reason"], "PaymentDeclined");
    assert_eq!(next(&mut events).await, None);
}
