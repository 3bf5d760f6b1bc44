//! The stream of a booking's progress.

use axum::{body::BodyDataStream, response::Response};
use futures::StreamExt as _;
use serde_json::Value;
use usher_bookings::{Status, progress::Advance};

use crate::app::TestApp;

/// Reads events one by one.
struct Events {
    body: BodyDataStream,
    text: String,
}

impl Events {
    fn of(response: Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event's id and booking, or nothing at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let found = field("data: ").map(|data| {
                    assert_eq!(field("event: ").as_deref(), Some("booking"));
                    (field("id: ").unwrap(), serde_json::from_str(&data).unwrap())
                });
                self.text = String::from(rest);
                if found.is_some() {
                    return found;
                }
                continue; // A comment that keeps the line alive.
            }
            self.text.push_str(str::from_utf8(&self.body.next().await?.unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn the_present_state_comes_first_then_each_change_until_the_end() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    let mut events = Events::of(app.get(&format!("/api/bookings/{id}/events")).by(&ada).stream().await);
    let (first_id, first) = events.next().await.unwrap();
    assert_eq!(first["status"], "requested");
    app.clock.advance(time::Duration::seconds(1));
    app.bookings.advance(Advance { id, to: Status::Reserved }).await.unwrap();
    let (second_id, second) = events.next().await.unwrap();
    assert_eq!(second["status"], "reserved");
    assert_ne!(first_id, second_id);
    app.confirm(id).await;
    let mut last = second;
    while let Some((_, next)) = events.next().await {
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
    assert_eq!(events.next().await.unwrap().1["reason"], "PaymentDeclined");
    assert_eq!(events.next().await, None);
}
