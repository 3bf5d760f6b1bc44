//! A refund through all its states: waiting for people and providers, failing, coming back, being paid out another way.

use futures::future::join_all;
use usher_core::{
    ids::{BookingId, RefundId, UserId},
    money::Money,
};
use usher_payments::{
    OpenRefund, OpenedRefund, PaidOut, Part, Payout, Refund, RefundError, SettleRefund, Undone,
    dispute::{Dispute, Disputed},
    exceeds_captured,
    ledger::Account,
    provider::RefundState,
    reference,
    refund::{Action, Amount, Decided, Purpose, REFUND_FAILED, REFUND_REVERSED, RefundStanding, RefundStatus},
};
use uuid::Uuid;

use crate::stage::{PRICE, Stage};

const SAGA: &str = "refund";

fn user(number: u128) -> UserId {
    UserId::from(Uuid::from_u128(number))
}

/// A refund that somebody asks for, of a booking that was paid.
async fn asked(stage: &Stage, booking: BookingId, name: &str, amount: Amount, needs_approval: bool) -> OpenedRefund {
    let mut open = OpenRefund::by_saga(
        &reference::charge_of_booking(booking),
        &format!("{booking}/{name}"),
        amount,
        Purpose::Goodwill,
    );
    open.requested_by = Some(user(1));
    open.needs_approval = needs_approval;
    open.saga = Some(SAGA);
    stage.payments.open_refund(open).await.unwrap()
}

async fn open(stage: &Stage, method: &str, needs_approval: bool) -> Refund {
    let booking = stage.booking();
    stage.charge(booking, method).await.unwrap();
    let amount = Amount::Exactly(Money::new(500, PRICE.currency));
    let OpenedRefund::Fresh(refund) = asked(stage, booking, "goodwill", amount, needs_approval).await else {
        panic!("it is new")
    };
    refund
}

async fn starts(stage: &Stage) -> Vec<String> {
    sqlx::query_scalar("SELECT payload ->> 'name' FROM usher.outbox WHERE kind = 'start' ORDER BY id")
        .fetch_all(stage.database.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn one_that_waits_for_the_provider_succeeds_later_and_says_so_only_then() {
    let stage = Stage::new().await;
    for method in ["pm_refund_pending", "pm_refund_action"] {
        let refund = open(&stage, method, false).await;
        let waiting = stage.payments.execute_refund(refund.id).await.unwrap();
        assert!(!waiting.status.standing().is_settled(), "{waiting:?}");
        assert_eq!(stage.position(refund.booking).await.unwrap().refunded.amount, 0, "not refunded before success");
        assert_eq!(stage.moved(refund.booking).await, (1, 0));
        stage.ambient.advance(time::Duration::minutes(1));
        for _ in 0..2 {
            let done = stage.payments.execute_refund(refund.id).await.unwrap();
            assert!(matches!(done.status, RefundStatus::Succeeded { .. }), "{done:?}");
        }
        assert_eq!(stage.position(refund.booking).await.unwrap().refunded.amount, 500);
        assert_eq!(stage.moved(refund.booking).await, (1, 1));
    }
}

#[tokio::test]
async fn a_second_person_approves_and_never_the_one_who_asked() {
    let stage = Stage::new().await;
    let refund = open(&stage, "pm_ok", true).await;
    assert_eq!(refund.status, RefundStatus::RequiresAction { action: Action::Approval });
    assert_eq!(starts(&stage).await, [] as [&str; 0]);
    let untouched = stage.payments.execute_refund(refund.id).await.unwrap();
    assert_eq!(untouched, refund, "nobody asks the provider before it is approved");
    assert_eq!(stage.payments.approve_refund(refund.id, user(1), SAGA).await.unwrap(), Decided::SamePerson);
    for _ in 0..2 {
        let approved = stage.payments.approve_refund(refund.id, user(2), SAGA).await.unwrap();
        assert!(
            matches!(approved, Decided::Done(ref refund) if refund.status == RefundStatus::Pending),
            "{approved:?}"
        );
    }
    assert_eq!(starts(&stage).await, [refund.id.to_string()]);
    let done = stage.payments.execute_refund(refund.id).await.unwrap();
    assert_eq!((done.status.standing(), done.decided_by), (RefundStanding::Succeeded, Some(user(2))));
    let late = stage.payments.cancel_refund(refund.id, user(2)).await.unwrap();
    assert!(matches!(late, Decided::NotWaiting(_)), "{late:?}");
    let nobody = stage.payments.approve_refund(RefundId::from(Uuid::nil()), user(2), SAGA).await.unwrap();
    assert_eq!(nobody, Decided::NotFound);
}

#[tokio::test]
async fn one_that_is_called_off_gives_its_room_back_and_never_reaches_the_provider() {
    let stage = Stage::new().await;
    let refund = open(&stage, "pm_ok", true).await;
    for _ in 0..2 {
        let cancelled = stage.payments.cancel_refund(refund.id, user(1)).await.unwrap();
        assert!(matches!(cancelled, Decided::Done(ref refund) if refund.status == RefundStatus::Cancelled));
    }
    let late = stage.payments.approve_refund(refund.id, user(2), SAGA).await.unwrap();
    assert!(matches!(late, Decided::NotWaiting(_)));
    assert!(matches!(
        asked(&stage, refund.booking, "whole", Amount::Exactly(PRICE), false).await,
        OpenedRefund::Fresh(_)
    ));
    assert_eq!(stage.moved(refund.booking).await, (1, 0));
    assert!(stage.events().await.contains(&"refund.cancelled".to_owned()));
}

#[tokio::test]
async fn one_that_fails_is_an_incident_until_it_is_paid_out_another_way() {
    let stage = Stage::new().await;
    let refund = open(&stage, "pm_refund_fails", false).await;
    let failed = stage.payments.execute_refund(refund.id).await.unwrap();
    assert_eq!(failed.status, RefundStatus::Failed { code: "expired_or_canceled_card".to_owned() });
    let incidents = stage.payments.incidents_of(refund.payment).await.unwrap();
    assert_eq!((incidents.len(), incidents[0].kind.as_str()), (1, REFUND_FAILED));
    assert_eq!((incidents[0].refund, incidents[0].resolution.as_deref()), (Some(refund.id), None));
    assert_eq!(stage.position(refund.booking).await.unwrap().refunded.amount, 0);
    let payout = |evidence: &str| Payout {
        refund: refund.id,
        method: "bank transfer".to_owned(),
        evidence: evidence.to_owned(),
        by: user(2),
    };
    for evidence in ["T-1", "T-2"] {
        let paid = stage.payments.record_payout(&payout(evidence)).await.unwrap();
        assert!(matches!(paid, PaidOut::Recorded(_)), "{paid:?}");
    }
    let incidents = stage.payments.incidents_of(refund.payment).await.unwrap();
    assert_eq!(incidents[0].resolution.as_deref(), Some("paid out by bank transfer: T-1"), "once");
    assert_eq!(stage.balance(Account::Bank).await, -500);
    assert_eq!(stage.position(refund.booking).await.unwrap().elsewhere.amount, 500);
    let rest = asked(&stage, refund.booking, "rest", Amount::Rest, false).await;
    assert!(
        matches!(rest, OpenedRefund::Fresh(refund) if refund.amount.amount == PRICE.amount - 500),
        "what was paid out is gone"
    );
}

#[tokio::test]
async fn one_that_comes_back_is_posted_back_and_can_be_tried_another_way() {
    let stage = Stage::new().await;
    let refund = open(&stage, "pm_refund_reversed", false).await;
    let first = stage.payments.execute_refund(refund.id).await.unwrap();
    assert_eq!(first.status.standing(), RefundStanding::Succeeded);
    stage.ambient.advance(time::Duration::minutes(1));
    let returned = stage.payments.provider().look_up_refund(&refund.reference).await.unwrap().unwrap();
    for _ in 0..2 {
        let settle = SettleRefund { reference: refund.reference.clone(), state: returned.clone() };
        let reversed = stage.payments.settle_refund(settle).await.unwrap();
        assert_eq!(reversed.status.standing(), RefundStanding::Reversed);
    }
    let position = stage.position(refund.booking).await.unwrap();
    assert_eq!((position.refunded.amount, position.in_flight), (0, PRICE));
    let incidents = stage.payments.incidents_of(refund.payment).await.unwrap();
    assert_eq!((incidents.len(), incidents[0].kind.as_str()), (1, REFUND_REVERSED));
    assert!(matches!(
        asked(&stage, refund.booking, "again", Amount::Exactly(PRICE), false).await,
        OpenedRefund::Fresh(_)
    ));
    let owed = Payout { refund: refund.id, method: "voucher".to_owned(), evidence: "V-1".to_owned(), by: user(2) };
    let paid = stage.payments.record_payout(&owed).await.unwrap();
    assert!(matches!(paid, PaidOut::NotOwed(_)), "the other refund gives all of it back: {paid:?}");
}

#[tokio::test]
async fn a_part_is_given_back_once_under_its_own_name_and_never_more_than_is_left() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    let part = |name: &str, amount| Part {
        reference: Some(format!("{name}/refund-payment")),
        amount: Amount::AtMost(Money::new(amount, PRICE.currency)),
        purpose: Purpose::Cancellation,
        saga: Some(SAGA),
    };
    let give_back = async |name: &'static str, amount| {
        let key = format!("{name}/refund-payment");
        match stage.payments.refund_part(booking, &key, &part(name, amount)).await.unwrap() {
            Undone::Refunded { amount } => amount.amount,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(give_back("pcn_1", 1000).await, 1000);
    assert_eq!(give_back("pcn_1", 1000).await, 1000);
    assert_eq!(give_back("pcn_2", 1000).await, 250);
    assert_eq!(give_back("pcn_3", 1000).await, 0);
    assert_eq!(give_back("pcn_4", 0).await, 0);
    assert_eq!(stage.moved(booking).await, (1, 2));
    assert_eq!(stage.position(booking).await.unwrap().refunded, PRICE);
}

#[tokio::test]
async fn an_undo_whose_refund_is_undecided_goes_on_and_has_it_followed() {
    let stage = Stage::new().await;
    let (slow, failing) = (stage.booking(), stage.booking());
    stage.charge(slow, "pm_refund_pending").await.unwrap();
    stage.charge(failing, "pm_refund_fails").await.unwrap();
    let all = Part { reference: None, amount: Amount::Rest, purpose: Purpose::Undo, saga: Some(SAGA) };
    let undone = stage.payments.refund_part(slow, "can_1/refund-payment", &all).await.unwrap();
    let Undone::Pending { refund, amount } = undone else { panic!("{undone:?}") };
    assert_eq!((amount, starts(&stage).await), (PRICE, vec![refund.to_string()]));
    let failed = stage.payments.refund_part(failing, "can_2/refund-payment", &all).await;
    assert!(matches!(failed, Err(RefundError::Failed { .. })), "{failed:?}");
}

#[tokio::test]
async fn a_dispute_closes_the_way_of_refunds_until_it_is_won() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let payment = stage.charge(booking, "pm_ok").await.unwrap().payment;
    let dispute = Dispute {
        charge_reference: reference::charge_of_booking(booking),
        provider_id: "dp_1".to_owned(),
        amount: PRICE,
    };
    for _ in 0..2 {
        assert_eq!(stage.payments.record_dispute(&dispute).await.unwrap(), Disputed::Recorded);
    }
    let position = stage.position(booking).await.unwrap();
    assert_eq!((position.elsewhere, position.in_flight.amount), (PRICE, 0));
    let mut one_cent = OpenRefund::by_saga(
        &dispute.charge_reference,
        "goodwill",
        Amount::Exactly(Money::new(1, PRICE.currency)),
        Purpose::Goodwill,
    );
    let refused = stage.payments.open_refund(one_cent.clone()).await.unwrap_err();
    assert!(exceeds_captured(&refused), "{refused:?}");
    one_cent.amount = Amount::Rest;
    assert_eq!(stage.payments.open_refund(one_cent.clone()).await.unwrap(), OpenedRefund::Nothing);
    assert_eq!(stage.payments.incidents_of(payment).await.unwrap().len(), 1);
    assert!(stage.payments.close_dispute("dp_1", true).await.unwrap());
    assert!(!stage.payments.close_dispute("dp_1", false).await.unwrap(), "it is closed once");
    let position = stage.position(booking).await.unwrap();
    assert_eq!((position.elsewhere.amount, position.in_flight), (0, PRICE));
    assert!(
        matches!(stage.payments.open_refund(one_cent).await.unwrap(), OpenedRefund::Fresh(refund) if refund.amount == PRICE)
    );
    let nobody = Dispute { charge_reference: "nothing".to_owned(), ..dispute };
    assert_eq!(stage.payments.record_dispute(&nobody).await.unwrap(), Disputed::NoPayment);
}

fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for index in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(index);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first.clone());
            order
        }));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_heard_of_a_refund_comes_to_the_same_in_every_order() {
    let stage = Stage::new().await;
    let id = || "re_1".to_owned();
    let code = || "lost".to_owned();
    let five = [
        RefundState::Pending { id: id() },
        RefundState::RequiresAction { id: id() },
        RefundState::Succeeded { id: id() },
        RefundState::Failed { code: code() },
        RefundState::Reversed { id: id(), code: code() },
    ];
    for (heard, expected) in [
        (&five[..3], RefundStanding::Succeeded),
        (&five[..4], RefundStanding::Reversed),
        (&five[..], RefundStanding::Reversed),
    ] {
        let worlds = orders(heard).into_iter().map(|order| async {
            let refund = open(&stage, "pm_ok", false).await;
            for state in order.iter().chain(&order[..1]) {
                let settle = SettleRefund { reference: refund.reference.clone(), state: state.clone() };
                stage.payments.settle_refund(settle).await.unwrap();
            }
            let settled = stage.payments.refund_by_id(refund.id).await.unwrap().unwrap();
            assert_eq!(settled.status.standing(), expected, "{order:?}");
            (stage.position(refund.booking).await.unwrap(), order)
        });
        let refunded = if expected == RefundStanding::Succeeded { 500 } else { 0 };
        for (position, order) in join_all(worlds).await {
            assert_eq!(
                (position.refunded.amount, position.in_flight.amount),
                (refunded, PRICE.amount - refunded),
                "{order:?}"
            );
        }
    }
}
