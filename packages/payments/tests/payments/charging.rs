//! Each method of payment, as a saga meets it.

use std::time::Duration;

use serde_json::json;
use usher_payments::{ChargeError, ChargeRequest, payment::Status, provider::methods};

use crate::stage::{PRICE, Stage, request, undo_key};

#[tokio::test]
async fn a_good_card_is_captured_booked_and_told() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let charged = stage.charge(booking, "pm_ok").await.unwrap();
    assert_eq!(charged.amount, PRICE);
    let payment = stage.payments.payment(charged.payment).await.unwrap().unwrap();
    assert_eq!(payment.status, Status::Captured { provider_id: charged.provider_id.clone() });
    assert_eq!((payment.booking, payment.amount, payment.settled_at.is_some()), (booking, PRICE, true));
    let position = stage.position(booking).await.unwrap();
    assert_eq!((position.captured, position.in_flight), (PRICE, PRICE));
    assert_eq!(stage.events().await, ["payment.completed"]);
    let report = stage.report().await;
    assert_eq!(report.len(), 1);
    assert_eq!((&report[0].id, report[0].amount), (&charged.provider_id, PRICE));
    assert_eq!(stage.rows().await, [1; 6], "each row more costs every booking");
}

#[tokio::test]
async fn a_settled_payment_is_answered_without_asking_anybody() {
    let stage = Stage::new().await;
    let (paid, refused) = (stage.booking(), stage.booking());
    let charged = stage.charge(paid, "pm_ok").await.unwrap();
    stage.charge(refused, "pm_declined").await.unwrap_err();
    let cut_off = stage.cut_off();
    assert_eq!(cut_off.charge(request(paid, "pm_ok")).await.unwrap(), charged);
    let again = cut_off.charge(request(refused, "pm_declined")).await;
    assert!(matches!(again, Err(ChargeError::Declined { code }) if code == "card_declined"));
}

#[tokio::test]
async fn a_bad_card_is_declined_with_its_code() {
    let stage = Stage::new().await;
    for (method, reason) in [
        ("pm_declined", "card_declined"),
        ("pm_insufficient_funds", "insufficient_funds"),
        ("pm_expired_card", "expired_card"),
        ("pm_lost_card", "lost_card"),
    ] {
        let booking = stage.booking();
        let declined = stage.charge(booking, method).await;
        assert!(matches!(declined, Err(ChargeError::Declined { code }) if code == reason), "{method}");
        assert_eq!(stage.status(booking).await, Some(Status::Declined { code: reason.to_owned() }));
        assert_eq!(stage.position(booking).await, None);
    }
    assert_eq!(stage.events().await, ["payment.failed"; 4]);
    assert_eq!(stage.report().await, []);
}

#[tokio::test]
async fn what_is_processed_is_unknown_until_it_is_captured_by_itself() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    for _ in 0..2 {
        let pending = stage.charge(booking, "pm_processing").await;
        assert!(matches!(pending, Err(ChargeError::Unknown { .. })), "{pending:?}");
        assert_eq!(stage.status(booking).await, Some(Status::Unknown));
    }
    stage.ambient.advance(time::Duration::seconds(2));
    stage.charge(booking, "pm_processing").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn a_challenge_waits_for_the_customer_and_for_nothing_else() {
    let stage = Stage::new().await;
    for (answer, code) in [("pass", None), ("fail", Some("authentication_failed"))] {
        let booking = stage.booking();
        for _ in 0..2 {
            let Err(ChargeError::Challenged { url, .. }) = stage.charge(booking, "pm_challenge").await else {
                panic!("the customer is asked")
            };
            assert!(url.starts_with(&stage.settings.url), "{url}");
            assert_eq!(stage.moved(booking).await, (0, 0));
        }
        stage.ambient.advance(time::Duration::hours(1));
        stage.answer_challenge(booking, answer).await;
        match (stage.charge(booking, "pm_challenge").await, code) {
            (Ok(_), None) => assert_eq!(stage.moved(booking).await, (1, 0)),
            (Err(ChargeError::Declined { code }), Some(expected)) => assert_eq!(code, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_slow_card_is_captured_in_the_end() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_slow").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn a_time_out_before_the_effect_is_unknown_and_charges_nothing() {
    let stage = Stage::with_patience(Duration::from_millis(200)).await;
    let booking = stage.booking();
    for _ in 0..2 {
        let lost = stage.charge(booking, "pm_timeout_before").await;
        assert!(matches!(lost, Err(ChargeError::Unknown { .. })), "{lost:?}");
    }
    assert_eq!(stage.status(booking).await, Some(Status::Unknown));
    assert_eq!(stage.moved(booking).await, (0, 0));
    assert_eq!(stage.events().await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_time_out_after_the_effect_is_one_charge() {
    let stage = Stage::with_patience(Duration::from_millis(500)).await;
    let booking = stage.booking();
    let charged = stage.charge_until_known(booking, "pm_timeout_after").await.unwrap();
    assert_eq!(stage.charge(booking, "pm_timeout_after").await.unwrap(), charged);
    assert_eq!(stage.moved(booking).await, (1, 0));
    assert_eq!(stage.position(booking).await.unwrap().captured, PRICE);
}

#[tokio::test]
async fn an_error_is_unknown_and_the_next_attempt_succeeds() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let failed = stage.charge(booking, "pm_error_once").await;
    assert!(matches!(failed, Err(ChargeError::Unknown { .. })), "{failed:?}");
    stage.charge(booking, "pm_error_once").await.unwrap();
    assert_eq!(stage.moved(booking).await, (1, 0));
}

#[tokio::test]
async fn what_the_provider_does_not_understand_is_refused_and_can_be_undone() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let refused = stage.charge(booking, "pm_sea_shells").await;
    assert!(matches!(refused, Err(ChargeError::Refused { reason }) if reason == "unknown payment method"));
    stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await.unwrap();
    assert_eq!(stage.status(booking).await, Some(Status::Void));
}

#[tokio::test]
async fn the_methods_are_known_beforehand() {
    let stage = Stage::new().await;
    assert!(methods::METHODS.iter().all(|method| stage.payments.accepts(method)));
    assert!(!stage.payments.accepts("pm_sea_shells"));
    assert!(!stage.payments.accepts(""));
}

#[tokio::test]
async fn a_request_that_contradicts_the_record_is_refused() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let nothing = ChargeRequest { amount: usher_core::money::Money::zero(PRICE.currency), ..request(booking, "pm_ok") };
    assert!(matches!(stage.payments.charge(nothing).await, Err(ChargeError::Refused { .. })));
    assert_eq!(stage.status(booking).await, None);
    stage.charge(booking, "pm_ok").await.unwrap();
    let dearer = ChargeRequest { amount: PRICE.plus(PRICE).unwrap(), ..request(booking, "pm_ok") };
    assert!(matches!(stage.payments.charge(dearer).await, Err(ChargeError::Refused { .. })));
    let other = ChargeRequest { execution: "exe_other".to_owned(), ..request(booking, "pm_ok") };
    assert!(matches!(stage.payments.charge(other).await, Err(ChargeError::Refused { .. })));
    assert_eq!(stage.report().await.len(), 1);
}

#[tokio::test]
async fn another_amount_at_the_provider_is_never_taken_for_ours() {
    use usher_payments::provider::PaymentProvider as _;
    let stage = Stage::new().await;
    let booking = stage.booking();
    let reference = usher_payments::reference::charge_of_booking(booking);
    stage.provider.charge(&reference, PRICE.plus(PRICE).unwrap(), "pm_ok").await.unwrap();
    let refused = stage.charge(booking, "pm_ok").await;
    assert!(matches!(refused, Err(ChargeError::Refused { .. })), "{refused:?}");
    stage.end_order().await;
    stage.order(json!({ "mode": "fail_before", "on": ["charge"] })).await;
    assert!(matches!(stage.charge(booking, "pm_ok").await, Err(ChargeError::Refused { .. })));
    assert_eq!(stage.position(booking).await, None);
}
