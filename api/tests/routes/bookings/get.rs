//! Where bookings stand.

use serde_json::json;
use usher_bookings::{Status, progress::Advance};

use crate::app::TestApp;

#[tokio::test]
async fn a_booking_is_seen_moving() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    let path = format!("/api/bookings/{id}");
    assert_eq!(app.get(&path).by(&ada).send().await.expect(200)["step"], "reserve-seats");
    app.bookings.advance(Advance { id, to: Status::Reserved }).await.unwrap();
    let reserved = app.get(&path).by(&ada).send().await.expect(200);
    assert_eq!((&reserved["status"], &reserved["step"]), (&json!("reserved"), &json!("charge-payment")));
    app.confirm(id).await;
    let confirmed = app.get(&path).by(&ada).send().await.expect(200);
    assert_eq!((&confirmed["status"], confirmed["tickets"].as_array().unwrap().len()), (&json!("confirmed"), 2));
}

#[tokio::test]
async fn everything_that_one_asked_for_stays_in_the_list() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let first = app.booked(&ada, "1").await;
    app.clock.advance(time::Duration::seconds(1));
    let second = app.booked(&ada, "2").await;
    app.booked(&eve, "1").await;
    app.confirm(first).await;
    app.reject(second, "PaymentDeclined", &[]).await;
    let all = app.get("/api/bookings").by(&ada).send().await.expect(200);
    let seen: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|booking| (&booking["id"], &booking["status"])).collect();
    let (newer, older) = (json!(second), json!(first));
    assert_eq!(seen, [(&newer, &json!("rejected")), (&older, &json!("confirmed"))]);
    assert_eq!(all["items"][0]["reason"], "PaymentDeclined");
    assert_eq!(all["items"][1]["tickets"].as_array().unwrap().len(), 2);
    let page = app.get("/api/bookings?limit=1").by(&ada).send().await.expect(200);
    assert_eq!((&page["items"][0]["id"], &page["next"]), (&newer, &newer));
    let rest = app.get(&format!("/api/bookings?limit=1&cursor={second}")).by(&ada).send().await.expect(200);
    assert_eq!(rest["items"][0]["id"], older);
}

#[tokio::test]
async fn a_booking_says_what_it_is_for_and_what_became_of_its_payment() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await;
    let id = app.booked(&ada, "1").await;
    let path = format!("/api/bookings/{id}");
    let booking = app.get(&path).by(&ada).send().await.expect(200);
    assert_eq!(booking["showtime"]["movie_title"], showtime.movie_title.as_str());
    assert_eq!(booking["showtime"]["time_zone"], showtime.time_zone.as_str());
    assert!(booking["payment"].is_null(), "nothing was asked of it yet");
    let listed = app.get("/api/bookings").by(&ada).send().await.expect(200);
    assert_eq!(listed["items"][0]["showtime"], booking["showtime"]);
    app.reject(id, "SeatUnavailable", &["A1"]).await;
    let rejected = app.get(&path).by(&ada).send().await.expect(200);
    assert_eq!(rejected["taken_seats"], serde_json::json!(["A1"]));
}
