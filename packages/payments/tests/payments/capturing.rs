//! Money that is kept ready at the charge and taken once the tickets are issued.

use serde_json::json;
use usher_payments::{CaptureAt, ChargeError, Undone, capture::Collected, payment::Status};

use crate::stage::{PRICE, Stage, request, undo_key};

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    stage.payments = stage.payments.clone().capturing_at(CaptureAt::Issue);
    stage
}

#[tokio::test]
async fn what_is_authorised_is_captured_with_the_tickets_and_once() {
    let stage = stage().await;
    let booking = stage.booking();
    let charged = stage.charge(booking, "pm_ok").await.unwrap();
    let provider_id = charged.provider_id.clone();
    assert_eq!(stage.status(booking).await, Some(Status::Authorised { provider_id }));
    assert_eq!((stage.moved(booking).await, stage.position(booking).await), ((0, 0), None), "no money has moved");
    for _ in 0..2 {
        assert_eq!(stage.payments.collect(booking).await.unwrap(), Collected::Revenue);
    }
    assert_eq!(stage.moved(booking).await, (1, 0));
    assert_eq!(stage.position(booking).await.unwrap().revenue, PRICE);
    assert_eq!(stage.events().await, ["payment.completed"]);
    assert_eq!(stage.charge(booking, "pm_ok").await.unwrap(), charged, "a repeated step has the same answer");
}

#[tokio::test]
async fn the_undo_lets_go_what_was_not_captured_and_gives_back_what_was() {
    let stage = stage().await;
    let (uncaptured, captured) = (stage.booking(), stage.booking());
    stage.charge(uncaptured, "pm_ok").await.unwrap();
    stage.charge(captured, "pm_ok").await.unwrap();
    stage.payments.collect(captured).await.unwrap();
    let undo = async |booking| {
        stage
            .payments
            .undo(booking, &usher_core::ids::BookingId::to_string(&booking), &undo_key(booking))
            .await
            .unwrap()
    };
    assert_eq!(undo(uncaptured).await, Undone::NothingCharged);
    assert_eq!(undo(captured).await, Undone::Refunded { amount: PRICE });
    assert_eq!(stage.status(uncaptured).await, Some(Status::Void));
    assert_eq!(stage.moved(uncaptured).await, (0, 0), "a void costs no refund");
    assert_eq!(stage.moved(captured).await, (1, 1));
    // A worker that wakes up late finds nothing to take, and that is no incident.
    assert_eq!(stage.payments.collect(uncaptured).await.unwrap(), Collected::Nothing);
    assert_eq!(stage.incidents().await, []);
}

#[tokio::test]
async fn a_capture_that_fails_is_an_incident_and_a_lost_answer_is_looked_up() {
    let stage = stage().await;
    let (fails, lost, unheard) = (stage.booking(), stage.booking(), stage.booking());
    stage.charge(fails, "pm_capture_fails").await.unwrap();
    stage.charge(lost, "pm_ok").await.unwrap();
    stage.charge(unheard, "pm_ok").await.unwrap();
    assert_eq!(stage.payments.collect(fails).await.unwrap(), Collected::Failed);
    assert_eq!(stage.incidents().await, [("capture_failed".to_owned(), format!("{fails}/charge-payment"))]);
    stage.order(json!({ "mode": "fail_after", "on": ["capture"], "count": 1 })).await;
    assert_eq!(stage.payments.collect(lost).await.unwrap(), Collected::Revenue);
    stage.order(json!({ "mode": "fail_before", "on": ["capture"], "count": 1 })).await;
    stage.payments.collect(unheard).await.unwrap_err();
    assert_eq!(stage.payments.collect(unheard).await.unwrap(), Collected::Revenue);
    assert_eq!((stage.moved(lost).await, stage.moved(unheard).await), ((1, 0), (1, 0)));
}

#[tokio::test]
async fn a_card_that_is_declined_is_declined_and_a_lost_authorisation_is_looked_up() {
    let stage = stage().await;
    let (declined, lost) = (stage.booking(), stage.booking());
    let answer = stage.charge(declined, "pm_insufficient_funds").await;
    assert!(matches!(answer, Err(ChargeError::Declined { .. })), "{answer:?}");
    stage.order(json!({ "mode": "fail_after", "count": 1 })).await;
    stage.payments.charge(request(lost, "pm_ok")).await.unwrap();
    let calls: Vec<String> = stage.attempts(lost).await.into_iter().map(|(call, ..)| call).collect();
    assert_eq!(calls, ["authorise", "look_up"]);
}
