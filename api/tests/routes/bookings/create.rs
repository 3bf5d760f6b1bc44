//! Asking for seats: what is written when all is well, and that nothing is when it is not.

use axum::http::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::{
    app::{TestApp, Wishes},
    desk::Desk,
};

#[tokio::test]
async fn an_order_becomes_a_booking_and_its_saga_is_started() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let answer = app.post("/api/bookings", &order).by(&ada).key("1").send().await;
    let booking = answer.expect(202);
    let id = booking["id"].as_str().unwrap();
    assert_eq!(answer.header("location"), Some(format!("/api/bookings/{id}").as_str()));
    assert_eq!((&booking["seats"], &booking["showtime_id"]), (&order["seats"], &order["showtime_id"]));
    assert_eq!(booking["status"], "requested");
    assert_eq!((&booking["reason"], &booking["tickets"]), (&Value::Null, &json!([])));
    assert_eq!((&booking["step"], &booking["poll_after_ms"]), (&json!("reserve-seats"), &json!(500)));
    assert!(booking["total"]["amount"].as_i64().unwrap() > 0);

    let started = app.desk.started(1).await;
    assert_eq!((started[0].saga.as_str(), started[0].name.as_str()), ("booking", id));
    let input = &started[0].input;
    assert_eq!((&input["booking_id"], &input["total"]), (&booking["id"], &booking["total"]));
    let prices = input["seats"].as_array().unwrap().iter().map(|seat| seat["price"]["amount"].as_i64().unwrap());
    assert_eq!(Some(prices.sum()), booking["total"]["amount"].as_i64());
    app.discarded().await;
}

#[tokio::test]
async fn a_start_that_nobody_takes_is_left_for_the_relay() {
    let app = TestApp::with(Wishes { desk: Desk::away(), ..Wishes::default() }).await;
    let ada = app.person("ada").await;
    app.post("/api/bookings", &app.order(1).await).by(&ada).key("1").send().await.expect(202);
    assert_eq!(app.count("usher.outbox WHERE kind = 'start'").await, 1);
}

#[tokio::test]
async fn what_could_not_be_started_soon_is_not_accepted() {
    let crowded = |delay| Wishes { desk: Desk::crowded(delay), ..Wishes::default() };
    let app = TestApp::with(crowded(std::time::Duration::from_millis(7_400))).await;
    let ada = app.person("ada").await;
    let answer = app.post("/api/bookings", &app.order(1).await).by(&ada).key("1").send().await;
    assert_eq!(answer.header("retry-after"), Some("7"));
    answer.problem("unavailable");
    app.assert_nothing_written().await;

    let app = TestApp::with(crowded(std::time::Duration::from_secs(2))).await;
    let ada = app.person("ada").await;
    app.post("/api/bookings", &app.order(1).await).by(&ada).key("1").send().await.expect(202);
}

#[tokio::test]
async fn a_hold_is_booked_by_its_name() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let wanted = json!({ "showtime_id": order["showtime_id"], "seats": order["seats"] });
    let hold = app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
    let by_hold = json!({ "hold_id": hold["id"], "payment_method": "pm_ok" });
    let booking = app.post("/api/bookings", &by_hold).by(&ada).key("1").send().await.expect(202);
    assert_eq!((&booking["seats"], &booking["showtime_id"]), (&order["seats"], &order["showtime_id"]));
    assert_eq!(app.desk.started(1).await[0].input["hold_id"], hold["id"]);

    let eve = app.person("eve").await;
    app.post("/api/bookings", &by_hold).by(&eve).key("1").send().await.problem("hold-expired");
    let mut elsewhere = by_hold.clone();
    elsewhere["showtime_id"] = "sho_01ARZ3NDEKTSV4RRFFQ69G5FAV".into();
    app.post("/api/bookings", &elsewhere).by(&ada).key("2").send().await.problem("unprocessable");
    app.clock.advance(Duration::minutes(6));
    app.post("/api/bookings", &by_hold).by(&ada).key("2").send().await.problem("hold-expired");
    assert_eq!(app.count("bookings.bookings").await, 1);
}

/// The order of `good` with one member changed.
fn with(good: &Value, member: &str, value: impl Into<Value>) -> Value {
    let mut order = good.clone();
    order[member] = value.into();
    order
}

#[tokio::test]
async fn what_cannot_be_ordered_says_where_it_is_wrong_and_leaves_no_trace() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let good = app.order(1).await;
    let many: Vec<_> = (1..=11).map(|number| format!("A{number}")).collect();
    let cases = [
        (with(&good, "seats", json!([])), "#/seats"),
        (with(&good, "seats", json!(["ZZ999"])), "#/seats/0"),
        (with(&good, "seats", json!(["not a seat"])), "#/seats/0"),
        (with(&good, "seats", json!([good["seats"][0], good["seats"][0]])), "#/seats/1"),
        (with(&good, "seats", many), "#/seats"),
        (with(&good, "seats", Value::Null), "#/seats"),
        (with(&good, "payment_method", "pm_seashells"), "#/payment_method"),
        (with(&good, "showtime_id", Value::Null), "#/showtime_id"),
        (with(&good, "hold_id", "hld_01ARZ3NDEKTSV4RRFFQ69G5FAV"), "#/seats"),
    ];
    for (order, pointer) in cases {
        let problem = app.post("/api/bookings", &order).by(&ada).key("1").send().await.problem("unprocessable");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{order}");
    }
    let elsewhere = with(&good, "showtime_id", "sho_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    app.post("/api/bookings", &elsewhere).by(&ada).key("1").send().await.problem("not-found");
    for order in [with(&good, "showtime_id", "x"), with(&good, "seats", "A1"), with(&good, "price", 1), json!({})] {
        app.post("/api/bookings", &order).by(&ada).key("1").send().await.problem("invalid-request");
    }
    let raw = |media: &str, body: String| {
        let call = app.call(Method::POST, "/api/bookings").by(&ada).key("1").body(body);
        call.header("content-type", media)
    };
    raw("text/plain", good.to_string()).send().await.problem("unsupported-media-type");
    raw("application/json", "{".to_owned()).send().await.problem("invalid-request");
    raw("application/json", format!("{}{good}", " ".repeat(64 * 1024))).send().await.problem("body-too-large");
    app.post("/api/bookings", &good).key("1").send().await.problem("unauthenticated");
    app.post("/api/bookings", &good).by(&ada).send().await.problem("idempotency-key-missing");
    app.clock.advance(Duration::hours(36));
    let ada = app.sign_in("ada").await;
    app.post("/api/bookings", &good).by(&ada).key("1").send().await.problem("showtime-closed");
    app.assert_nothing_written().await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let mut order = with(&app.order(1).await, "seats", json!(["ZZ998", "ZZ999"]));
    order["payment_method"] = "pm_seashells".into();
    let problem = app.post("/api/bookings", &order).by(&ada).key("1").send().await.problem("unprocessable");
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["#/payment_method", "#/seats/0", "#/seats/1"]);
}
