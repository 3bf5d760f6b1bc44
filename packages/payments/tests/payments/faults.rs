//! A provider that fails: whatever is lost on the way, the customer is charged once or not at all.

use std::time::Duration;

use serde_json::json;
use usher_payments::{ChargeError, RefundError, payment::Status};

use crate::stage::{Stage, undo_key};

#[tokio::test]
async fn an_error_after_the_effect_is_found_at_once() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_after", "count": 1 })).await;
    stage.charge(booking, "pm_ok").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn an_error_before_the_effect_is_asked_again() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_before", "count": 1 })).await;
    let failed = stage.charge(booking, "pm_ok").await;
    assert!(matches!(failed, Err(ChargeError::Unknown { .. })), "{failed:?}");
    assert_eq!(stage.status(booking).await, Some(Status::Unknown));
    stage.charge(booking, "pm_ok").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn a_provider_that_charges_and_then_falls_silent_is_looked_up_later() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_after", "on": ["charge", "look_up"] })).await;
    for _ in 0..3 {
        assert!(matches!(stage.charge(booking, "pm_ok").await, Err(ChargeError::Unknown { .. })));
    }
    assert_eq!(stage.moved(booking).await, (1, 0));
    stage.end_order().await;
    stage.charge(booking, "pm_ok").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn a_hanging_provider_is_unknown_and_then_charges_once() {
    let stage = Stage::with_patience(Duration::from_millis(500)).await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "hang", "count": 1 })).await;
    assert!(matches!(stage.charge(booking, "pm_ok").await, Err(ChargeError::Unknown { .. })));
    stage.charge_until_known(booking, "pm_ok").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn a_charge_that_arrives_late_meets_the_next_attempt() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "late", "count": 1 })).await;
    assert!(matches!(stage.charge(booking, "pm_ok").await, Err(ChargeError::Unknown { .. })));
    stage.charge_until_known(booking, "pm_ok").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn a_provider_out_of_reach_is_never_taken_for_a_no() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let cut_off = stage.cut_off();
    let charged = cut_off.charge(crate::stage::request(booking, "pm_ok")).await;
    assert!(matches!(charged, Err(ChargeError::Unknown { .. })), "{charged:?}");
    let undone = cut_off.undo(booking, &booking.to_string(), &undo_key(booking)).await;
    assert!(matches!(undone, Err(RefundError::Unknown { .. })), "{undone:?}");
    assert_eq!(stage.status(booking).await, Some(Status::Unknown));
}

#[tokio::test]
async fn half_of_everything_failing_still_charges_everybody_once() {
    let stage = Stage::new().await;
    for mode in ["fail_before", "fail_after", "late"] {
        stage.order(json!({ "mode": mode, "rate": 50, "on": ["charge", "look_up"] })).await;
        for _ in 0..10 {
            let booking = stage.booking();
            stage.charge_until_known(booking, "pm_ok").await.unwrap();
        }
    }
    stage.end_order().await;
    let (charges, positions) = (stage.report().await, stage.payments.positions(None, 100).await.unwrap());
    assert_eq!((charges.len(), positions.len()), (30, 30));
}
