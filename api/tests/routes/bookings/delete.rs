//! Getting out, wherever the booking stands.

use serde_json::json;
use time::Duration;

use crate::app::TestApp;

#[tokio::test]
async fn a_booking_on_its_way_turns_round_without_a_saga_of_its_own() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    app.desk.started(1).await;
    let path = format!("/api/bookings/{id}");
    let cancelling = app.delete(&path).by(&ada).key("2").send().await;
    assert_eq!(cancelling.expect(202)["status"], "cancelling");
    let repeated = app.delete(&path).by(&ada).key("2").send().await;
    assert_eq!(repeated.expect(202), cancelling.json());
    assert_eq!(repeated.header("idempotency-replayed"), Some("true"));
    app.reject(id, "BookingCancelled", &[]).await;
    assert_eq!(app.delete(&path).by(&ada).key("3").send().await.expect(200)["status"], "cancelled");
    assert_eq!(app.desk.so_far(), 1);
}

#[tokio::test]
async fn a_confirmed_booking_gets_a_cancellation_saga() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    app.desk.started(1).await;
    app.confirm(id).await;
    app.delete(&format!("/api/bookings/{id}")).by(&ada).key("2").send().await.expect(202);
    let started = app.desk.started(2).await;
    assert_eq!((started[1].saga.as_str(), &started[1].input["booking_id"]), ("cancellation", &json!(id)));
    assert_eq!(started[1].name, id.to_string().replace("bkg_", "can_"));
    assert_eq!(started[1].input["total"], started[0].input["total"]);
}

#[tokio::test]
async fn what_was_rejected_or_sat_on_is_not_cancelled() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let (rejected, confirmed) = (app.booked(&ada, "1").await, app.booked(&ada, "2").await);
    app.reject(rejected, "PaymentDeclined", &[]).await;
    app.confirm(confirmed).await;
    app.delete(&format!("/api/bookings/{rejected}")).by(&ada).key("3").send().await.problem("conflict");
    app.delete(&format!("/api/bookings/{confirmed}")).by(&ada).send().await.problem("idempotency-key-missing");
    app.clock.advance(Duration::hours(36));
    let ada = app.sign_in("ada").await;
    app.delete(&format!("/api/bookings/{confirmed}")).by(&ada).key("4").send().await.problem("showtime-closed");
    let seen = app.get(&format!("/api/bookings/{confirmed}")).by(&ada).send().await.expect(200);
    assert_eq!(seen["status"], "confirmed");
}
