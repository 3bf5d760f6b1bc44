//! Payments and the webhooks that tell of them, through the real router.

use serde_json::{Value, json};
use time::Duration;
use usher_core::ids::BookingId;
use usher_payments::{
    Open, Outcome, Settle,
    attempt::Call,
    reference,
    webhook::signature::{HEADER, sign},
};

use crate::app::{NOW, SECRET, TestApp};

/// A payment that was asked for and of which nobody has heard.
pub async fn opened(app: &TestApp, booking: BookingId) -> String {
    let total = app.bookings.get(booking).await.unwrap().unwrap().total;
    let (reference, method) = (reference::charge_of_booking(booking), "pm_ok".to_owned());
    let open =
        Open { booking, reference: reference.clone(), amount: total, method, call: Some(Call::Charge), trace: None };
    app.payments.open(open).await.unwrap();
    app.payments.mark_unknown(&reference).await.unwrap();
    app.payments.by_booking(booking).await.unwrap().unwrap().id.to_string()
}

async fn captured(app: &TestApp, booking: BookingId) -> Value {
    let payment = app.payments.by_booking(booking).await.unwrap().unwrap();
    json!({
        "id": "evt_1", "type": "charge.captured", "created": 0,
        "data": { "object": {
            "id": "ch_1", "reference": payment.reference, "amount": payment.amount.amount,
            "currency": payment.amount.currency, "method": "pm_ok", "status": "captured",
        } },
    })
}

#[tokio::test]
async fn a_payment_is_its_owners_and_the_operators() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let booking = app.booked(&ada, "1").await;
    let id = opened(&app, booking).await;
    let path = format!("/api/payments/{id}");
    let shown = app.get(&path).by(&ada).send().await.expect(200);
    assert_eq!((&shown["status"], &shown["booking_id"]), (&json!("unknown"), &json!(booking)));
    assert_eq!(shown["message"]["key"], "payment_checked");
    assert!(shown["message"]["text"].as_str().unwrap().contains("do not pay again"));
    assert_eq!((&shown["attempts"][0]["call"], &shown["attempts"][0]["heard"]), (&json!("charge"), &Value::Null));
    assert_eq!(shown["ledger"], json!([]));
    app.get(&path).by(&eve).send().await.problem("not-found");
    app.get(&path).send().await.problem("unauthenticated");
    let settle =
        Settle::news(reference::charge_of_booking(booking), Outcome::Captured { provider_id: "ch_1".to_owned() });
    app.payments.settle("news", settle).await.unwrap();
    let operator = app.operator("olga").await;
    let shown = app.get(&path).by(&operator).send().await.expect(200);
    assert_eq!((&shown["status"], &shown["ledger"][0]["kind"]), (&json!("captured"), &json!("capture")));
    assert_eq!(shown["ledger"][0]["amount"], shown["amount"]);
}

#[tokio::test]
async fn a_webhook_is_stored_and_applied_before_it_is_answered() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let booking = app.booked(&ada, "1").await;
    let id = opened(&app, booking).await;
    let body = captured(&app, booking).await;
    let signed = sign(SECRET, NOW, body.to_string().as_bytes());
    for _ in 0..2 {
        app.post("/api/webhooks/payments", &body).header(HEADER, &signed).send().await.expect(204);
    }
    let shown = app.get(&format!("/api/payments/{id}")).by(&ada).send().await.expect(200);
    assert_eq!((&shown["status"], shown["ledger"].as_array().unwrap().len()), (&json!("captured"), 1));
    assert_eq!(app.payments.webhooks(false, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_webhook_that_is_forged_late_or_unsigned_is_refused_and_not_stored() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let booking = app.booked(&ada, "1").await;
    opened(&app, booking).await;
    let body = captured(&app, booking).await;
    let bytes = body.to_string();
    for (what, signature) in [
        ("forged", sign("whsec_stolen", NOW, bytes.as_bytes())),
        ("late", sign(SECRET, NOW - Duration::seconds(301), bytes.as_bytes())),
        ("from the future", sign(SECRET, NOW + Duration::seconds(301), bytes.as_bytes())),
        ("of another body", sign(SECRET, NOW, b"{}")),
        ("unsigned", String::new()),
    ] {
        let refused = app.post("/api/webhooks/payments", &body).header(HEADER, &signature).send().await;
        let problem = refused.problem("invalid-request");
        assert!(problem["detail"].as_str().unwrap().starts_with("Not taken: the signature"), "{what}: {problem}");
    }
    assert_eq!(app.payments.webhooks(false, 10).await.unwrap(), []);
    let nonsense = json!({ "hello": "there" });
    let signature = sign(SECRET, NOW, nonsense.to_string().as_bytes());
    let refused = app.post("/api/webhooks/payments", &nonsense).header(HEADER, &signature).send().await;
    refused.problem("invalid-request");
}
