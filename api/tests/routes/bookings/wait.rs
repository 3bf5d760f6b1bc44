//! `Prefer: wait`: the answer is how it ended.

use serde_json::{Value, json};
use usher_core::ids::BookingId;

use crate::app::{Answer, Person, TestApp};

/// Orders two seats and waits; meanwhile `saga` does what the saga would.
async fn order_and_wait(app: &TestApp, person: &Person, saga: impl AsyncFnOnce(BookingId)) -> Answer {
    let before = app.desk.so_far();
    let order = app.order(2).await;
    let request =
        app.post("/api/bookings", &order).by(person).key(&before.to_string()).header("prefer", "wait=20").send();
    let saga = async {
        let started = app.desk.started(before + 1).await;
        saga(started[before].name.parse().unwrap()).await;
    };
    futures::future::join(request, saga).await.0
}

#[tokio::test]
async fn a_confirmed_booking_has_its_tickets() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let answer = order_and_wait(&app, &ada, async |id| app.confirm(id).await).await;
    let booking = answer.expect(201);
    assert_eq!(booking["status"], "confirmed");
    assert_eq!(answer.header("preference-applied"), Some("wait=20"));
    assert_eq!(answer.header("location"), Some(format!("/api/bookings/{}", booking["id"].as_str().unwrap()).as_str()));
    let seats: Vec<_> = booking["tickets"].as_array().unwrap().iter().map(|ticket| ticket["seat"].clone()).collect();
    assert_eq!(Value::from(seats), booking["seats"]);
    assert!(booking["tickets"][0]["code"].as_str().unwrap().len() > 100);
    assert!(booking.get("poll_after_ms").is_none() && booking.get("step").is_none());

    let repeated = app.post("/api/bookings", &app.order(2).await).by(&ada).key("0").send().await;
    assert_eq!(repeated.expect(201), booking, "the same answer, waiting or not");
    assert_eq!(repeated.header("location"), answer.header("location"));
}

#[tokio::test]
async fn a_rejection_is_a_problem_that_says_why() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let cases =
        [("SeatUnavailable", "seats-taken"), ("HoldExpired", "hold-expired"), ("PaymentDeclined", "payment-declined")];
    for (reason, slug) in cases {
        let answer = order_and_wait(&app, &ada, async |id| app.reject(id, reason, &["A1"]).await).await;
        let problem = answer.problem(slug);
        assert!(problem["booking_id"].as_str().unwrap().starts_with("bkg_"));
        assert_eq!(problem.get("seats"), (slug == "seats-taken").then_some(&json!(["A1"])));
    }
    let repeated = app.post("/api/bookings", &app.order(2).await).by(&ada).key("0").send().await;
    assert_eq!(repeated.problem("seats-taken")["seats"], json!(["A1"]));
    assert_eq!(repeated.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn a_booking_that_failed_for_a_reason_of_ours_may_be_tried_again_under_its_key() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let answer = order_and_wait(&app, &ada, async |id| app.reject(id, "States.Timeout", &[]).await).await;
    let problem = answer.problem("unavailable");
    assert_eq!(problem["retryable"], true);
    let again = app.post("/api/bookings", &app.order(2).await).by(&ada).key("0").send().await.expect(202);
    assert_ne!(again["id"], problem["booking_id"]);
}

#[tokio::test]
async fn a_booking_that_is_cancelled_meanwhile_is_a_conflict() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let answer = order_and_wait(&app, &ada, async |id| {
        app.delete(&format!("/api/bookings/{id}")).by(&ada).key("x").send().await.expect(202);
        app.reject(id, "BookingCancelled", &[]).await;
    });
    answer.await.problem("conflict");
}

#[tokio::test]
async fn what_takes_longer_than_the_client_waits_is_on_its_way() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(1).await;
    let answer = app.post("/api/bookings", &order).by(&ada).key("1").header("prefer", "wait=1").send().await;
    assert_eq!(answer.expect(202)["status"], "requested");
    assert_eq!(answer.header("preference-applied"), Some("wait=1"));
}

#[tokio::test]
async fn a_client_that_hangs_up_finds_its_answer() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(1).await;
    let mut request = Box::pin(app.post("/api/bookings", &order).by(&ada).key("1").header("prefer", "wait=20").send());
    let id: BookingId = tokio::select! {
        answer = &mut request => panic!("{answer:?}"),
        started = app.desk.started(1) => started[0].name.parse().unwrap(),
    };
    drop(request);
    app.confirm(id).await;
    app.eventually("usher.idempotency WHERE status = 201", 1).await;
    let answer = app.post("/api/bookings", &order).by(&ada).key("1").send().await;
    assert_eq!(answer.expect(201)["id"], id.to_string());
}
