//! However often a request is repeated under its key, it happens once and is answered alike.

use serde_json::json;
use time::Duration;
use usher_database::idempotency::LEASE;

use crate::app::TestApp;

#[tokio::test]
async fn a_repetition_gets_the_same_answer_and_makes_nothing() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let first = app.post("/api/bookings", &order).by(&ada).key("1").send().await;
    assert_eq!(first.header("idempotency-replayed"), None);
    // The same meaning in other words is the same request.
    let reordered = format!(
        r#"{{ "payment_method": {}, "seats": {}, "showtime_id": {} }}"#,
        order["payment_method"], order["seats"], order["showtime_id"]
    );
    let call = app.call(axum::http::Method::POST, "/api/bookings").body(reordered);
    let second = call.header("content-type", "application/json").by(&ada).key("1").send().await;
    assert_eq!((second.status, second.json()), (first.status, first.json()));
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(second.header("location"), first.header("location"));
    assert_eq!(app.count("bookings.bookings").await, 1);
    assert_eq!(app.desk.started(1).await.len(), 1);
}

#[tokio::test]
async fn a_repetition_gets_its_answer_when_it_could_no_longer_be_ordered() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let first = app.post("/api/bookings", &order).by(&ada).key("1").send().await.expect(202);
    app.clock.advance(Duration::hours(36));
    let ada = app.sign_in("ada").await;
    assert_eq!(app.post("/api/bookings", &order).by(&ada).key("1").send().await.expect(202), first);
    app.post("/api/bookings", &order).by(&ada).key("2").send().await.problem("showtime-closed");
    assert_eq!(app.count("usher.idempotency").await, 1, "a refusal leaves no key behind");
}

#[tokio::test]
async fn another_body_under_the_key_is_refused() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    app.post("/api/bookings", &app.order(2).await).by(&ada).key("1").send().await.expect(202);
    app.post("/api/bookings", &app.order(1).await).by(&ada).key("1").send().await.problem("idempotency-key-reused");
    let mut impossible = app.order(1).await;
    impossible["seats"] = json!(["ZZ999"]);
    app.post("/api/bookings", &impossible).by(&ada).key("1").send().await.problem("idempotency-key-reused");
    assert_eq!(app.count("bookings.bookings").await, 1);
}

#[tokio::test]
async fn the_same_key_of_two_people_and_on_two_routes_is_two_keys() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let order = app.order(2).await;
    let hers = app.post("/api/bookings", &order).by(&ada).key("1").send().await.expect(202);
    let his = app.post("/api/bookings", &order).by(&eve).key("1").send().await.expect(202);
    assert_ne!(hers["id"], his["id"]);
    let wanted = json!({ "showtime_id": order["showtime_id"], "seats": order["seats"] });
    app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
}

#[tokio::test]
async fn while_the_first_runs_a_second_waits_and_after_a_crash_it_takes_over() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let try_it = async || {
        let traced = app.post("/api/bookings", &order).by(&ada).key("1");
        traced.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").send().await
    };
    let first = try_it().await.expect(202);
    app.crash_before_the_answer().await;
    let waiting = app.post("/api/bookings", &order).by(&ada).key("1").send().await;
    assert_eq!(waiting.problem("idempotency-key-in-use")["retryable"], true);
    assert_eq!(waiting.header("retry-after"), Some("1"));
    app.post("/api/bookings", &app.order(1).await).by(&ada).key("1").send().await.problem("idempotency-key-reused");
    app.clock.advance(LEASE + Duration::seconds(1));
    let taken_over = try_it().await;
    assert_eq!(taken_over.expect(202)["id"], first["id"]);
    assert_eq!(taken_over.header("idempotency-replayed"), None);
    let started = app.desk.started(2).await;
    assert_eq!(started[0], started[1], "the saga is started again, which starts nothing");
    assert_eq!(app.count("bookings.bookings").await, 1);
    let repeated = app.post("/api/bookings", &order).by(&ada).key("1").send().await;
    assert_eq!(repeated.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn a_take_over_finds_its_booking_when_the_hold_is_gone() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let wanted = json!({ "showtime_id": order["showtime_id"], "seats": order["seats"] });
    let hold = app.post("/api/holds", &wanted).by(&ada).key("hold").send().await.expect(201);
    let by_hold = json!({ "hold_id": hold["id"], "payment_method": "pm_ok" });
    let first = app.post("/api/bookings", &by_hold).by(&ada).key("1").send().await.expect(202);
    app.crash_before_the_answer().await;
    app.clock.advance(Duration::minutes(6));
    let taken_over = app.post("/api/bookings", &by_hold).by(&ada).key("1").send().await;
    assert_eq!(taken_over.expect(202)["id"], first["id"]);
}

#[tokio::test]
async fn a_hold_is_made_once() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let wanted = json!({ "showtime_id": order["showtime_id"], "seats": order["seats"] });
    let first = app.post("/api/holds", &wanted).by(&ada).key("1").send().await;
    let second = app.post("/api/holds", &wanted).by(&ada).key("1").send().await;
    assert_eq!(second.expect(201), first.expect(201));
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    let mut other = wanted.clone();
    other["seats"] = json!([order["seats"][0]]);
    app.post("/api/holds", &other).by(&ada).key("1").send().await.problem("idempotency-key-reused");
    assert_eq!(app.count("seating.holds").await, 1);
}

#[tokio::test]
async fn keys_have_a_length_and_an_alphabet() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(1).await;
    for key in ["", &"k".repeat(256), "clé"] {
        app.post("/api/bookings", &order).by(&ada).key(key).send().await.problem("invalid-request");
    }
    app.assert_nothing_written().await;
    app.post("/api/bookings", &order).by(&ada).key(&"k".repeat(255)).send().await.expect(202);
}

#[tokio::test]
async fn many_at_once_are_one() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(2).await;
    let calls = (0..16).map(|_| app.post("/api/bookings", &order).by(&ada).key("1").send());
    let answers = futures::future::join_all(calls).await;
    let ids: Vec<_> =
        answers.iter().filter(|answer| answer.status == 202).map(|answer| answer.json()["id"].clone()).collect();
    assert!(!ids.is_empty() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    for answer in answers.iter().filter(|answer| answer.status != 202) {
        answer.problem("idempotency-key-in-use");
    }
    assert_eq!(app.count("bookings.bookings").await, 1);
}
