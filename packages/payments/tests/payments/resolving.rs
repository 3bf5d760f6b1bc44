//! What no saga asks for any more is found out by the clock: by look-up, by the report, and after a day by a person.

use serde_json::json;
use time::Duration;
use usher_payments::{
    ChargeError, Outcome, Settle, payment::Status, provider::PaymentProvider as _, reference, resolve::Resolved,
};

use crate::stage::{PRICE, Stage, undo_key};

#[tokio::test]
async fn an_unknown_charge_is_left_to_its_saga_and_then_looked_up() {
    let stage = Stage::new().await;
    let (captured, never) = (stage.booking(), stage.booking());
    stage.order(json!({ "mode": "late", "count": 1 })).await;
    stage.charge(captured, "pm_ok").await.unwrap_err();
    stage.order(json!({ "mode": "fail_before", "count": 1 })).await;
    stage.charge(never, "pm_ok").await.unwrap_err();
    while stage.moved(captured).await != (1, 0) {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.payments.resolve().await.unwrap(), Resolved::default(), "too young");
    stage.ambient.advance(Duration::minutes(6));
    assert_eq!(stage.payments.resolve().await.unwrap(), Resolved { settled: 1, unknown: 1, given_back: 0 });
    assert!(matches!(stage.status(captured).await, Some(Status::Captured { .. })));
    assert_eq!(stage.status(never).await, Some(Status::Unknown), "nothing there is nothing there yet");
    assert_eq!(stage.position(captured).await.unwrap().in_flight, PRICE);
}

#[tokio::test]
async fn the_report_tells_what_look_ups_do_not() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_after", "on": ["charge", "look_up"] })).await;
    stage.charge(booking, "pm_ok").await.unwrap_err();
    stage.ambient.advance(Duration::minutes(6));
    stage.order(json!({ "mode": "drop", "on": ["report"] })).await;
    assert_eq!(stage.payments.resolve().await.unwrap(), Resolved { settled: 0, unknown: 1, given_back: 0 });
    stage.order(json!({ "mode": "drop", "on": ["report"], "count": 0 })).await;
    assert_eq!(stage.payments.resolve().await.unwrap(), Resolved { settled: 1, unknown: 0, given_back: 0 });
    assert!(matches!(stage.status(booking).await, Some(Status::Captured { .. })));
}

#[tokio::test]
async fn after_a_day_it_is_an_incident_until_the_outcome_is_known() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_before", "count": 1 })).await;
    stage.charge(booking, "pm_ok").await.unwrap_err();
    stage.ambient.advance(Duration::hours(23));
    stage.payments.resolve().await.unwrap();
    assert_eq!(stage.incidents().await, []);
    stage.ambient.advance(Duration::hours(1));
    for _ in 0..2 {
        stage.payments.resolve().await.unwrap();
        let reference = reference::charge_of_booking(booking);
        assert_eq!(stage.incidents().await, [("payment_unknown".to_owned(), reference)]);
    }
    let payment = stage.payments.by_booking(booking).await.unwrap().unwrap();
    let incident = &stage.payments.incidents_of(payment.id).await.unwrap()[0];
    assert!(usher_payments::customer_text::by_key(&incident.customer_text).unwrap().text.contains("do not pay again"));
    // Weeks later, beyond the window: the incident keeps it in sight.
    stage.ambient.advance(Duration::weeks(2));
    stage.charge(booking, "pm_ok").await.unwrap();
    stage.payments.resolve().await.unwrap();
    assert!(matches!(stage.status(booking).await, Some(Status::Captured { .. })));
}

#[tokio::test]
async fn money_that_comes_after_a_refusal_was_told_goes_back_once() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_late_success").await.unwrap_err();
    while stage.moved(booking).await != (1, 0) {
        tokio::task::yield_now().await;
    }
    let reference = reference::charge_of_booking(booking);
    let provider_id = stage.provider.look_up(&reference).await.unwrap().unwrap().id;
    let news = Settle::news(reference, Outcome::Captured { provider_id });
    stage.payments.settle("news", news).await.unwrap();
    assert_eq!(stage.incidents().await.len(), 1);
    // What the saga was told it is told for ever.
    let again = stage.charge(booking, "pm_late_success").await;
    assert!(matches!(again, Err(ChargeError::Declined { .. })), "{again:?}");
    assert_eq!(stage.payments.resolve().await.unwrap().given_back, 1);
    assert_eq!(stage.payments.resolve().await.unwrap().given_back, 0);
    stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 1));
    assert_eq!(stage.incidents().await, []);
    assert_eq!(stage.position(booking).await.unwrap().refunded, PRICE);
}
