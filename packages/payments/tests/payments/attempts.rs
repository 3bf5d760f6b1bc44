//! What was asked of the provider and what was heard stays on record, whatever became of it.

use std::time::Duration;

use serde_json::json;
use usher_payments::ChargeError;

use crate::stage::{Stage, request};

fn line(call: &str, heard: &str, detail: &str) -> (String, Option<String>, Option<String>) {
    (call.to_owned(), Some(heard.to_owned()), Some(detail.to_owned()))
}

#[tokio::test]
async fn an_undisturbed_charge_is_one_attempt() {
    let stage = Stage::new().await;
    let (paid, refused) = (stage.booking(), stage.booking());
    stage.charge(paid, "pm_ok").await.unwrap();
    stage.charge(refused, "pm_declined").await.unwrap_err();
    assert_eq!(stage.attempts(paid).await, [line("charge", "answered", "captured")]);
    assert_eq!(stage.attempts(refused).await, [line("charge", "declined", "card_declined")]);
}

#[tokio::test]
async fn a_lost_answer_and_the_look_up_that_found_it_are_two() {
    let stage = Stage::with_patience(Duration::from_millis(500)).await;
    let booking = stage.booking();
    stage.charge(booking, "pm_timeout_after").await.unwrap();
    let attempts = [line("charge", "unknown", "no answer in time"), line("look_up", "answered", "captured")];
    assert_eq!(stage.attempts(booking).await, attempts);
}

#[tokio::test]
async fn every_further_attempt_is_written_down_before_it_is_made() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_error_once").await.unwrap_err();
    stage.ambient.advance(time::Duration::seconds(1));
    stage.charge(booking, "pm_error_once").await.unwrap();
    let mut attempts = stage.attempts(booking).await;
    let later = attempts.split_off(2); // The clock stands still within each round.
    attempts.sort();
    let failed = "status 500 Internal Server Error";
    assert_eq!(attempts, [line("charge", "unknown", failed), line("look_up", "answered", "nothing")]);
    assert!(later.contains(&line("charge", "answered", "captured")), "{later:?}");
    assert!(later.contains(&line("look_up", "answered", "nothing")), "{later:?}");
}

#[tokio::test]
async fn a_call_that_nobody_came_back_from_is_on_record() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    drop(stage.payments.begin_charge(request(booking, "pm_ok")).await.unwrap());
    assert_eq!(stage.attempts(booking).await, [("charge".to_owned(), None, None)]);
    stage.charge(booking, "pm_ok").await.unwrap();
    assert_eq!(stage.attempts(booking).await[0], ("charge".to_owned(), None, None));
}

#[tokio::test]
async fn the_same_key_in_every_attempt() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.order(json!({ "mode": "fail_before", "count": 3 })).await;
    for _ in 0..3 {
        let unknown = stage.charge(booking, "pm_ok").await;
        assert!(matches!(unknown, Err(ChargeError::Unknown { .. })), "{unknown:?}");
    }
    stage.charge(booking, "pm_ok").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
    let charges = stage.attempts(booking).await.into_iter().filter(|(call, ..)| call == "charge").count();
    assert_eq!(charges, 4);
}

#[tokio::test]
async fn an_attempt_is_neither_forgotten_nor_rewritten() {
    let stage = Stage::new().await;
    stage.charge(stage.booking(), "pm_declined").await.unwrap_err();
    for statement in [
        "DELETE FROM payments.attempts",
        "TRUNCATE payments.attempts",
        "UPDATE payments.attempts SET heard = 'answered', detail = 'captured'",
    ] {
        let refused = sqlx::query(statement).execute(stage.database.pool()).await.unwrap_err();
        assert!(refused.to_string().contains("is forbidden"), "{statement}: {refused}");
    }
}
