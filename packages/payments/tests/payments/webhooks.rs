//! Webhooks: forged, late, repeated, replayed, and in every order.

use futures::future::join_all;
use serde_json::{Value, json};
use time::Duration;
use usher_core::{ambient::Ambient as _, ids::BookingId};
use usher_payments::{
    Open, OpenRefund, Undone,
    attempt::Call,
    provider::Movement,
    reference,
    refund::{Amount, Purpose},
    webhook::{Applied, Forged, NotTaken, Received, signature},
};

use crate::stage::{PRICE, SECRET, Stage};

fn charge(booking: BookingId, status: &str) -> Value {
    let code = match status {
        "declined" => Some("card_declined"),
        "cancelled" => Some("cancelled"),
        _ => None,
    };
    json!({
        "id": format!("ch_{booking}"), "reference": reference::charge_of_booking(booking), "amount": PRICE.amount,
        "currency": PRICE.currency, "method": "pm_ok", "status": status, "code": code,
    })
}

fn event(id: &str, booking: BookingId, status: &str) -> Value {
    let object = match status.strip_prefix("refund ") {
        None => charge(booking, status),
        Some(whose) => json!({
            "id": format!("re_{booking}"),
            "reference": (whose == "ours").then(|| reference::refund(&reference::charge_of_booking(booking))),
            "amount": PRICE.amount, "currency": PRICE.currency, "status": "succeeded",
            "charge": charge(booking, "captured"),
        }),
    };
    let kind = if status.starts_with("refund") { "refund.succeeded".to_owned() } else { format!("charge.{status}") };
    json!({ "id": id, "type": kind, "created": 0, "data": { "object": object } })
}

/// As the API does it: take, store, apply.
async fn receive(stage: &Stage, event: &Value) -> Result<(Received, Applied), NotTaken> {
    let body = event.to_string();
    let header = signature::sign(SECRET, stage.ambient.now(), body.as_bytes());
    let (event, received) = stage.payments.receive(&header, body.as_bytes()).await?;
    Ok((received, stage.payments.apply(&event).await?))
}

async fn opened(stage: &Stage) -> BookingId {
    let booking = stage.booking();
    let (reference, method) = (reference::charge_of_booking(booking), "pm_ok".to_owned());
    let open = Open { booking, reference, amount: PRICE, method, call: Some(Call::Charge), trace: None };
    stage.payments.open(open).await.unwrap();
    booking
}

/// Everything that the books say of a booking, without the names that differ.
async fn books(stage: &Stage, booking: BookingId) -> String {
    let payment = stage.payments.by_booking(booking).await.unwrap().unwrap();
    let refunds = stage.payments.refunds(payment.id).await.unwrap();
    let refunds: Vec<_> = refunds.into_iter().map(|refund| (refund.amount, refund.status)).collect();
    let position = stage
        .position(booking)
        .await
        .map(|position| (position.captured, position.revenue, position.refunded, position.in_flight));
    let incidents = stage.payments.incidents_of(payment.id).await.unwrap();
    let incidents: Vec<_> = incidents.into_iter().map(|incident| incident.kind).collect();
    format!("{:?} {refunds:?} {position:?} {incidents:?}", payment.status).replace(&booking.to_string(), "booking")
}

/// Every order of the items.
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

#[tokio::test]
async fn success_failure_and_reversal_in_any_order_end_in_the_same_books() {
    const EVENTS: [&str; 5] = ["authorised", "declined", "captured", "cancelled", "refund by hand"];
    let stage = Stage::new().await;
    let mut played = 0;
    for chosen in 1..1_u32 << EVENTS.len() {
        let events: Vec<&str> = EVENTS
            .into_iter()
            .enumerate()
            .filter(|(index, _)| chosen & 1 << index != 0)
            .map(|(_, event)| event)
            .collect();
        let orders = orders(&events);
        let ends = join_all(orders.iter().map(async |order| {
            let booking = opened(&stage).await;
            for status in order {
                receive(&stage, &event(&format!("evt_{status}_{booking}"), booking, status)).await.unwrap();
            }
            books(&stage, booking).await
        }))
        .await;
        for (order, end) in orders.iter().zip(&ends) {
            assert_eq!(end, &ends[0], "{order:?} ends otherwise than {:?}", orders[0]);
        }
        let captured = events.iter().any(|event| matches!(*event, "captured" | "refund by hand"));
        assert_eq!(ends[0].starts_with("Captured"), captured, "{events:?}: {}", ends[0]);
        played += orders.len();
    }
    assert_eq!(played, 325, "every order of every choice of up to five events");
}

#[tokio::test]
async fn a_refund_of_ours_and_repetitions_in_any_order_end_in_the_same_books() {
    let stage = Stage::new().await;
    let orders = orders(&["captured", "refund ours", "declined", "captured again", "refund ours again"]);
    let ends = join_all(orders.iter().map(async |order| {
        let booking = stage.booking();
        stage.charge(booking, "pm_ok").await.unwrap();
        let charge_reference = reference::charge_of_booking(booking);
        let refund = reference::refund(&charge_reference);
        let open = OpenRefund::by_saga(&charge_reference, &refund, Amount::Exactly(PRICE), Purpose::Cancellation);
        stage.payments.open_refund(open).await.unwrap();
        for status in order {
            let status = status.trim_end_matches(" again");
            receive(&stage, &event(&format!("evt_{status}_{booking}"), booking, status)).await.unwrap();
        }
        let position = stage.position(booking).await.unwrap();
        (position.captured, position.refunded, position.in_flight.amount, stage.incidents().await.len())
    }))
    .await;
    assert_eq!(ends, vec![(PRICE, PRICE, 0, 0); 120]);
}

#[tokio::test]
async fn a_forged_an_old_and_an_unreadable_webhook_change_nothing() {
    let stage = Stage::new().await;
    let booking = opened(&stage).await;
    let body = event("evt_1", booking, "captured").to_string();
    let signed = |secret: &str, late: i64| {
        signature::sign(secret, stage.ambient.now() - Duration::seconds(late), body.as_bytes())
    };
    for (header, reason) in [
        (signed("whsec_stolen", 0), Forged::Mismatch),
        (signed(SECRET, 301), Forged::OutOfTime),
        (String::new(), Forged::Malformed),
    ] {
        let refused = stage.payments.receive(&header, body.as_bytes()).await;
        assert!(matches!(refused, Err(NotTaken::Forged(forged)) if forged == reason), "{refused:?}");
    }
    let nonsense = b"{}";
    let header = signature::sign(SECRET, stage.ambient.now(), nonsense);
    assert!(matches!(stage.payments.receive(&header, nonsense).await, Err(NotTaken::Unreadable(_))));
    assert_eq!(stage.payments.webhooks(false, 10).await.unwrap(), []);
    assert_eq!(stage.position(booking).await, None);
    // The secret that comes next is believed already.
    stage.payments.receive(&signed("whsec_next", 299), body.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_repeated_webhook_is_one_and_a_replay_changes_nothing() {
    let stage = Stage::new().await;
    let booking = opened(&stage).await;
    let captured = event("evt_1", booking, "captured");
    assert_eq!(receive(&stage, &captured).await.unwrap(), (Received::New, Applied::Merged));
    assert_eq!(receive(&stage, &captured).await.unwrap(), (Received::Repeated, Applied::Merged));
    let books_before = books(&stage, booking).await;
    assert_eq!(stage.payments.replay("evt_1").await.unwrap(), Some(Applied::Merged));
    assert_eq!(stage.payments.replay("evt_none").await.unwrap(), None);
    assert_eq!(books(&stage, booking).await, books_before);
    assert_eq!(stage.payments.webhooks(false, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_stored_by_a_process_that_died_is_applied_later() {
    let stage = Stage::new().await;
    let booking = opened(&stage).await;
    let body = event("evt_1", booking, "captured").to_string();
    let header = signature::sign(SECRET, stage.ambient.now(), body.as_bytes());
    stage.payments.receive(&header, body.as_bytes()).await.unwrap();
    assert_eq!(stage.payments.webhooks(true, 10).await.unwrap().len(), 1);
    assert_eq!(stage.payments.apply_waiting(10).await.unwrap(), 1);
    assert_eq!(stage.payments.webhooks(true, 10).await.unwrap(), []);
    assert_eq!(stage.position(booking).await.unwrap().captured, PRICE);
}

#[tokio::test]
async fn what_does_not_fit_our_books_is_an_incident_and_never_guessed() {
    let stage = Stage::new().await;
    let (known, stranger) = (opened(&stage).await, stage.booking());
    assert_eq!(receive(&stage, &event("evt_1", stranger, "captured")).await.unwrap().1, Applied::Incident);
    assert_eq!(receive(&stage, &event("evt_2", stranger, "declined")).await.unwrap().1, Applied::Ignored);
    let mut dearer = event("evt_3", known, "captured");
    dearer["data"]["object"]["amount"] = json!(PRICE.amount + 1);
    assert_eq!(receive(&stage, &dearer).await.unwrap().1, Applied::Incident);
    assert_eq!(stage.position(known).await, None);
    assert_eq!(receive(&stage, &event("evt_4", known, "refund by hand")).await.unwrap().1, Applied::Incident);
    assert_eq!(stage.position(known).await.unwrap().captured, PRICE, "a refund proves a capture");
    let kinds: Vec<String> = stage.incidents().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["contradiction", "contradiction", "foreign_refund"]);
}

#[tokio::test]
async fn a_late_success_told_by_a_webhook_goes_back() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_late_success").await.unwrap_err();
    while stage.moved(booking).await != (1, 0) {
        tokio::task::yield_now().await;
    }
    receive(&stage, &event("evt_1", booking, "captured")).await.unwrap();
    assert_eq!(stage.payments.give_back_late().await.unwrap(), 1);
    let undone = stage.payments.undo(booking, &booking.to_string(), &crate::stage::undo_key(booking)).await.unwrap();
    assert_eq!(undone, Undone::Refunded { amount: PRICE });
    let refunds = stage.report().await.into_iter().filter(|line| line.movement == Movement::Refund).count();
    assert_eq!(refunds, 1);
}
