//! The undo in every state a payment can be in.

use serde_json::json;
use usher_core::ids::BookingId;
use usher_payments::{
    ChargeError, RefundError, Undone,
    payment::Status,
    provider::{Answer, PaymentProvider as _},
    reference,
};

use crate::stage::{PRICE, Stage, undo_key};

const REFUNDED: Undone = Undone::Refunded { amount: PRICE };

async fn undo(stage: &Stage, booking: BookingId) -> Result<Undone, RefundError> {
    stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await
}

#[tokio::test]
async fn a_charge_that_never_ran_can_never_run_afterwards() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    assert_eq!(undo(&stage, booking).await.unwrap(), Undone::NothingCharged);
    assert_eq!(undo(&stage, booking).await.unwrap(), Undone::NothingCharged);
    let late = stage.provider.charge(&reference::charge_of_booking(booking), PRICE, "pm_ok").await.unwrap();
    assert_eq!(late, Answer::Declined { code: "cancelled".to_owned() });
    let late = stage.charge(booking, "pm_ok").await;
    assert!(matches!(late, Err(ChargeError::Declined { code }) if code == "cancelled"));
    assert_eq!(stage.status(booking).await, Some(Status::Void));
    assert_eq!(stage.moved(booking).await, (0, 0));
    assert_eq!(stage.events().await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_captured_charge_is_given_back_once() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let payment = stage.charge(booking, "pm_ok").await.unwrap().payment;
    for _ in 0..3 {
        assert_eq!(undo(&stage, booking).await.unwrap(), REFUNDED);
    }
    assert_eq!(stage.moved(booking).await, (1, 1));
    let position = stage.position(booking).await.unwrap();
    assert_eq!((position.refunded, position.in_flight.amount, position.revenue.amount), (PRICE, 0, 0));
    let refunds = stage.payments.refunds(payment).await.unwrap();
    assert_eq!(refunds.len(), 1);
    assert_eq!((&refunds[0].reference, refunds[0].amount), (&undo_key(booking), PRICE));
    assert_eq!(stage.events().await, ["payment.completed", "refund.completed"]);
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_is_booked_and_given_back() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_after", "on": ["charge", "look_up"] })).await;
    assert!(matches!(stage.charge(booking, "pm_ok").await, Err(ChargeError::Unknown { .. })));
    assert!(matches!(undo(&stage, booking).await, Err(RefundError::Unknown { .. })));
    stage.end_order().await;
    assert_eq!(undo(&stage, booking).await.unwrap(), REFUNDED);
    assert_eq!(stage.moved(booking).await, (1, 1));
    let position = stage.position(booking).await.unwrap();
    assert_eq!((position.captured, position.refunded), (PRICE, PRICE));
}

#[tokio::test]
async fn a_charge_that_our_books_never_heard_of_is_booked_and_given_back() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.provider.charge(&reference::charge_of_booking(booking), PRICE, "pm_ok").await.unwrap();
    assert_eq!(undo(&stage, booking).await.unwrap(), REFUNDED);
    let position = stage.position(booking).await.unwrap();
    assert_eq!((position.captured, position.refunded), (PRICE, PRICE));
    assert_eq!(stage.events().await, ["payment.completed", "refund.completed"]);
}

#[tokio::test]
async fn a_declined_charge_needs_nothing() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_declined").await.unwrap_err();
    assert_eq!(undo(&stage, booking).await.unwrap(), Undone::NothingCharged);
    assert_eq!(stage.status(booking).await, Some(Status::Declined { code: "card_declined".to_owned() }));
    assert_eq!(stage.events().await, ["payment.failed"]);
}

#[tokio::test]
async fn a_charge_that_arrives_after_the_undo_is_refused() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_before", "count": 1 })).await;
    assert!(matches!(stage.charge(booking, "pm_ok").await, Err(ChargeError::Unknown { .. })));
    assert_eq!(undo(&stage, booking).await.unwrap(), Undone::NothingCharged);
    let late = stage.provider.charge(&reference::charge_of_booking(booking), PRICE, "pm_ok").await.unwrap();
    assert_eq!(late, Answer::Declined { code: "cancelled".to_owned() });
    assert_eq!(stage.moved(booking).await, (0, 0));
    assert_eq!(stage.status(booking).await, Some(Status::Void));
}

#[tokio::test]
async fn a_pending_charge_is_cancelled_and_stays_so() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    assert!(matches!(stage.charge(booking, "pm_processing").await, Err(ChargeError::Unknown { .. })));
    assert_eq!(undo(&stage, booking).await.unwrap(), Undone::NothingCharged);
    stage.ambient.advance(time::Duration::minutes(1));
    let again = stage.charge(booking, "pm_processing").await;
    assert!(matches!(again, Err(ChargeError::Declined { code }) if code == "cancelled"));
    assert_eq!(stage.moved(booking).await, (0, 0));
}

#[tokio::test]
async fn what_was_captured_meanwhile_is_given_back() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    assert!(matches!(stage.charge(booking, "pm_processing").await, Err(ChargeError::Unknown { .. })));
    stage.ambient.advance(time::Duration::minutes(1));
    assert_eq!(undo(&stage, booking).await.unwrap(), REFUNDED);
    assert_eq!(stage.moved(booking).await, (1, 1));
}

#[tokio::test]
async fn a_tombstone_whose_answer_was_lost_is_asked_for_again() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_after", "count": 1, "on": ["cancel"] })).await;
    assert!(matches!(undo(&stage, booking).await, Err(RefundError::Unknown { .. })));
    assert_eq!(undo(&stage, booking).await.unwrap(), Undone::NothingCharged);
}

#[tokio::test]
async fn another_executions_undo_does_not_touch_this_charge() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    let undone = stage.payments.undo(booking, "exe_other", "exe_other/refund-payment").await.unwrap();
    assert_eq!(undone, Undone::NothingCharged);
    assert_eq!(stage.moved(booking).await, (1, 0));
    assert!(matches!(stage.status(booking).await, Some(Status::Captured { .. })));
    assert_eq!(stage.position(booking).await.unwrap().in_flight, PRICE);
}

#[tokio::test]
async fn books_that_contradict_the_provider_stop_the_undo() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.provider.charge(&reference::charge_of_booking(booking), PRICE.plus(PRICE).unwrap(), "pm_ok").await.unwrap();
    stage.charge(booking, "pm_ok").await.unwrap_err();
    assert!(matches!(undo(&stage, booking).await, Err(RefundError::Refused { .. })));
    assert_eq!(stage.moved(booking).await, (1, 0));
}
