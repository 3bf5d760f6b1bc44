//! Refunds: once, from the right account, and never more than was captured.

use futures::future::join_all;
use serde_json::json;
use usher_core::money::Money;
use usher_database::Failure;
use usher_payments::{
    OpenRefund, OpenedRefund, Recognised, RefundError, Undone,
    ledger::Account,
    provider::{PaymentProvider as _, RefundState},
    reference,
    refund::{Amount, Purpose, RefundStatus},
};

use crate::stage::{PRICE, Stage, undo_key};

const REFUNDED: Undone = Undone::Refunded { amount: PRICE };

#[tokio::test]
async fn a_cancellation_takes_the_money_out_of_revenue_and_the_bookings_undo_finds_it_done() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let payment = stage.charge(booking, "pm_ok").await.unwrap().payment;
    for _ in 0..2 {
        assert_eq!(stage.payments.recognise(booking).await.unwrap(), Recognised::Revenue);
    }
    assert_eq!(stage.position(booking).await.unwrap().revenue, PRICE);
    assert_eq!(stage.payments.refund(booking, "can_1/refund-payment").await.unwrap(), REFUNDED);
    assert_eq!(stage.payments.refunds(payment).await.unwrap()[0].source, Account::Revenue);
    assert_eq!(stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await.unwrap(), REFUNDED);
    let position = stage.position(booking).await.unwrap();
    assert_eq!((position.revenue.amount, position.in_flight.amount, position.refunded), (0, 0, PRICE));
    assert_eq!(stage.moved(booking).await, (1, 1));
}

#[tokio::test]
async fn what_was_given_back_or_never_paid_is_not_recognised() {
    let stage = Stage::new().await;
    let (refunded, declined, unheard) = (stage.booking(), stage.booking(), stage.booking());
    stage.charge(refunded, "pm_ok").await.unwrap();
    stage.payments.refund(refunded, "can_1/refund-payment").await.unwrap();
    stage.charge(declined, "pm_declined").await.unwrap_err();
    for booking in [refunded, declined, unheard] {
        assert_eq!(stage.payments.recognise(booking).await.unwrap(), Recognised::Nothing);
    }
    assert_eq!(stage.balance(Account::Revenue).await, 0);
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_made_once() {
    let stage = Stage::new().await;
    let (after, before) = (stage.booking(), stage.booking());
    stage.charge(after, "pm_ok").await.unwrap();
    stage.charge(before, "pm_ok").await.unwrap();
    stage.order(json!({ "mode": "fail_after", "count": 1, "on": ["refund"] })).await;
    assert_eq!(stage.payments.refund(after, "can_1/refund-payment").await.unwrap(), REFUNDED);
    stage.order(json!({ "mode": "fail_before", "count": 1, "on": ["refund"] })).await;
    let lost = stage.payments.refund(before, "can_2/refund-payment").await;
    assert!(matches!(lost, Err(RefundError::Unknown { .. })), "{lost:?}");
    assert_eq!(stage.position(before).await.unwrap().refunded.amount, 0);
    assert_eq!(stage.payments.refund(before, "can_2/refund-payment").await.unwrap(), REFUNDED);
    assert_eq!((stage.moved(after).await, stage.moved(before).await), ((1, 1), (1, 1)));
}

#[tokio::test]
async fn a_refund_that_the_provider_made_but_could_not_tell_is_found_by_the_next_attempt() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    stage.provider.refund(&reference::charge_of_booking(booking), &undo_key(booking), PRICE).await.unwrap();
    assert_eq!(stage.payments.refund(booking, "can_1/refund-payment").await.unwrap(), REFUNDED);
    assert_eq!(stage.moved(booking).await, (1, 1));
    assert_eq!(stage.position(booking).await.unwrap().refunded, PRICE);
}

#[tokio::test]
async fn money_that_somebody_gave_back_by_hand_is_not_given_back_again() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let payment = stage.charge(booking, "pm_ok").await.unwrap().payment;
    let by_hand = stage.provider.refund(&reference::charge_of_booking(booking), "by-hand", PRICE).await.unwrap();
    assert!(matches!(by_hand, RefundState::Succeeded { .. }));
    for _ in 0..2 {
        let refused = stage.payments.refund(booking, "can_1/refund-payment").await;
        assert!(matches!(refused, Err(RefundError::Failed { .. })), "{refused:?}");
    }
    let refunds = stage.payments.refunds(payment).await.unwrap();
    assert_eq!(refunds[0].status, RefundStatus::Failed { code: "exceeds_captured".to_owned() });
    assert_eq!(stage.moved(booking).await, (1, 1));
    assert_eq!(stage.events().await, ["payment.completed", "refund.failed"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refunds_of_a_tenth_find_room_for_ten() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    let tenth = Money::new(PRICE.amount / 10, PRICE.currency);
    let processes = [stage.payments.clone(), stage.another_process()];
    let attempts = (0..50).map(|number| {
        let charge_reference = reference::charge_of_booking(booking);
        let (reference, amount) = (format!("part-{number}"), Amount::Exactly(tenth));
        processes[number % 2].open_refund(OpenRefund::by_saga(&charge_reference, &reference, amount, Purpose::Goodwill))
    });
    let (opened, refused): (Vec<_>, Vec<_>) = join_all(attempts).await.into_iter().partition(Result::is_ok);
    assert_eq!((opened.len(), refused.len()), (10, 40));
    assert!(opened.into_iter().all(|opened| matches!(opened, Ok(OpenedRefund::Fresh(_)))));
    for failure in refused {
        let Err(Failure::Refused(error)) = failure else { panic!("{failure:?}") };
        assert_eq!(error.as_database_error().and_then(|error| error.constraint()), Some("refunds_within_captured"));
    }
    let whole = stage.payments.refund(booking, "can_1/refund-payment").await.unwrap();
    assert_eq!(whole, Undone::Refunded { amount: Money::zero(PRICE.currency) }, "nothing is left to give back");
}
