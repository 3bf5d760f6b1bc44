//! The three sides held against one another: what is booked, what is a break, and what becomes of it.

use time::{Duration, OffsetDateTime};
use usher_core::money::Money;
use usher_payments::{
    ledger::Account,
    provider::{Movement, PaymentProvider as _, ReportLine},
    reference,
    refund::{Purpose, RefundStanding},
};

use crate::stage::{PRICE, Stage, undo_key};

#[tokio::test]
async fn books_that_agree_have_no_break() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        let booking = stage.booking();
        stage.charge(booking, "pm_ok").await.unwrap();
        stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await.unwrap();
    }
    stage.charge(stage.booking(), "pm_ok").await.unwrap();
    stage.charge(stage.booking(), "pm_declined").await.unwrap_err();
    stage.ambient.advance(Duration::hours(1));
    let reconciled = stage.payments.reconcile(OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!((reconciled.lines, reconciled.booked, reconciled.breaks), (7, 0, vec![]));
}

#[tokio::test]
async fn a_refund_made_by_hand_is_booked_once_by_its_charge_and_never_by_its_amount() {
    let stage = Stage::new().await;
    let (booking, other) = (stage.booking(), stage.booking());
    let payment = stage.charge(booking, "pm_ok").await.unwrap().payment;
    stage.charge(other, "pm_ok").await.unwrap();
    stage.payments.recognise(booking).await.unwrap();
    let five = Money::new(500, PRICE.currency);
    stage.provider.refund(&reference::charge_of_booking(booking), "dashboard-1", five).await.unwrap();
    stage.ambient.advance(Duration::hours(1));
    for (round, expected) in [(1, 1), (2, 0)] {
        let reconciled = stage.payments.reconcile(OffsetDateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!((reconciled.booked, reconciled.breaks), (expected, vec![]), "round {round}");
    }
    let refunds = stage.payments.refunds(payment).await.unwrap();
    assert_eq!((refunds.len(), refunds[0].purpose, refunds[0].amount), (1, Purpose::ByHand, five));
    assert_eq!(refunds[0].source, Account::Revenue);
    assert_eq!(stage.position(booking).await.unwrap().refunded, five);
    let incidents = stage.payments.incidents_of(payment).await.unwrap();
    assert_eq!((incidents.len(), incidents[0].kind.as_str()), (1, "foreign_refund"));

    // The same amount of a charge that nobody knows is nobody's, however well it would fit.
    let stray = ReportLine {
        movement: Movement::Refund,
        id: "re_stray".to_owned(),
        reference: "dashboard-2".to_owned(),
        charge_reference: "somebody-elses".to_owned(),
        amount: PRICE,
        at: OffsetDateTime::UNIX_EPOCH,
    };
    let lines: Vec<_> = stage.report().await.into_iter().chain([stray]).collect();
    let reconciled = stage.payments.reconcile_lines(&lines, OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(reconciled.breaks.len(), 1);
    assert_eq!(
        (reconciled.breaks[0].kind.as_str(), reconciled.breaks[0].reference.as_str()),
        ("refund-of-nobody", "dashboard-2")
    );
}

#[tokio::test]
async fn what_the_provider_tells_late_is_booked_from_its_report() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_refund_reversed").await.unwrap();
    stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await.unwrap();
    stage.ambient.advance(Duration::hours(1));
    let reconciled = stage.payments.reconcile(OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!((reconciled.booked, reconciled.breaks), (1, vec![]));
    let payment = stage.payments.by_booking(booking).await.unwrap().unwrap();
    let refund = stage.payments.refunds(payment.id).await.unwrap().remove(0);
    assert_eq!(refund.status.standing(), RefundStanding::Reversed);
    assert_eq!(stage.position(booking).await.unwrap().refunded.amount, 0);
}

#[tokio::test]
async fn a_break_keeps_its_age_has_an_owner_and_is_closed_with_a_reason() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    stage.ambient.advance(Duration::hours(1));
    let all = stage.report().await;
    let without = stage.payments.reconcile_lines(&[], OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(without.breaks.len(), 1);
    let missing = &without.breaks[0];
    assert_eq!(
        (missing.kind.as_str(), &missing.reference),
        ("charge-not-reported", &reference::charge_of_booking(booking))
    );
    assert!(stage.payments.own_break(&missing.kind, &missing.reference, "otto").await.unwrap());
    stage.ambient.advance(Duration::days(1));
    let older = stage.payments.reconcile_lines(&[], OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!((older.breaks[0].first_seen, older.breaks[0].owner.as_deref()), (missing.first_seen, Some("otto")));
    stage.ambient.advance(Duration::days(1));
    let healed = stage.payments.reconcile_lines(&all, OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(healed.breaks, []);
    assert!(!stage.payments.close_break(&missing.kind, &missing.reference, "again").await.unwrap(), "it is closed");
    let mut dearer = all.clone();
    dearer[0].amount.amount += 1;
    stage.ambient.advance(Duration::days(1));
    let planted = stage.payments.reconcile_lines(&dearer, OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(
        planted.breaks.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(),
        ["charge-amount"],
        "a cent is found"
    );
    assert!(stage.payments.close_break("charge-amount", &dearer[0].reference, "the report was wrong").await.unwrap());
    assert_eq!(stage.payments.open_breaks().await.unwrap(), []);
}

#[tokio::test]
async fn a_dispute_and_its_end_are_booked_from_the_report_once_each() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    stage.ambient.advance(Duration::hours(1));
    let charged = stage.report().await;
    let line = |movement| ReportLine { movement, id: "dp_1".to_owned(), ..charged[0].clone() };
    // The bank knows the charge by the provider's own name for it.
    let by_its_name = ReportLine { charge_reference: charged[0].id.clone(), ..line(Movement::Dispute) };
    let mut lines = charged.clone();
    lines.push(ReportLine { reference: "dp_1".to_owned(), ..by_its_name });
    for booked in [1, 0] {
        let reconciled = stage.payments.reconcile_lines(&lines, OffsetDateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!((reconciled.booked, reconciled.breaks), (booked, vec![]));
    }
    assert_eq!(stage.position(booking).await.unwrap().elsewhere, charged[0].amount);
    lines.push(line(Movement::DisputeWon));
    for booked in [1, 0] {
        let reconciled = stage.payments.reconcile_lines(&lines, OffsetDateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!((reconciled.booked, reconciled.breaks), (booked, vec![]));
    }
    assert_eq!(stage.position(booking).await.unwrap().elsewhere.amount, 0);
    lines.push(ReportLine { id: "dp_2".to_owned(), ..line(Movement::DisputeWon) });
    let unknown = stage.payments.reconcile_lines(&lines, OffsetDateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(unknown.breaks.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["dispute-won-of-nobody"]);
}
