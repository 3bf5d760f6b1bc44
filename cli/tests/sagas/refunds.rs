//! Refunds that are slow, that fail, and that nobody owed: what the customer is told, and what the books say.

use usher_audit::Options;
use usher_bookings::Status;
use usher_payments::{
    PaidOut, Payout,
    refund::{Purpose, REFUND_FAILED, RefundStanding},
};

use crate::world::{World, eventually};

#[tokio::test(flavor = "multi_thread")]
pub async fn a_kindness_leaves_the_booking_and_its_tickets_alone() {
    let world = World::new().await;
    let (a, b) = (world.seat(0), world.seat(1));
    let id = world.book(&[&a, &b], "pm_ok").await;
    let total = world.until(id, &[Status::Confirmed]).await.total.amount;
    let refund = world.goodwill(id, 150).await;
    let refund = world.refund_until(refund, RefundStanding::Succeeded).await;
    assert_eq!(refund.purpose, Purpose::Goodwill);
    let tickets = world.services.contexts.tickets.of_booking(id).await.unwrap();
    assert_eq!(tickets.iter().filter(|ticket| ticket.is_valid()).count(), 2);
    let told = eventually(async || {
        let told = world.told(id).await;
        told.iter().any(|told| told.template == "refund-succeeded").then_some(told)
    });
    assert!(told.await.expect("the customer is told")[0].body.contains("we have refunded 1.50 EUR"));
    // And what is left goes back when the booking is cancelled after all.
    world.cancel_keeping(id, 0).await;
    world.until(id, &[Status::Cancelled]).await;
    let amounts: Vec<i64> = world.refunds(id).await.iter().map(|refund| refund.amount.amount).collect();
    assert_eq!(amounts, [150, total - 150]);
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_refund_that_is_undecided_is_told_as_that_and_followed_to_its_end() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_refund_pending").await;
    world.until(id, &[Status::Confirmed]).await;
    world.cancel_keeping(id, 0).await;
    world.until(id, &[Status::Cancelled]).await;
    let refund = world.refunds(id).await[0].clone();
    world.refund_until(refund.id, RefundStanding::Succeeded).await;
    let told = eventually(async || {
        let told = world.told(id).await;
        told.iter().any(|told| told.template == "refund-succeeded").then_some(told)
    });
    let told = told.await.expect("the customer is told");
    let of = |template: &str| told.iter().find(|told| told.template == template).unwrap();
    assert!(of("booking-cancelled").body.contains("It is not decided yet"));
    assert!(!of("booking-cancelled").body.contains("have refunded"));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_refund_that_fails_frees_the_seat_owes_the_money_and_is_paid_out_another_way() {
    let world = World::new().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_refund_fails").await;
    let total = world.until(id, &[Status::Confirmed]).await.total;
    world.cancel_keeping(id, 0).await;
    world.until(id, &[Status::Cancelled]).await;
    assert!(world.services.contexts.seating.occupied(world.showtime.id).await.unwrap().is_empty());
    let payments = &world.services.contexts.payments;
    let refund = world.refunds(id).await[0].clone();
    assert_eq!(refund.status.standing(), RefundStanding::Failed);
    let incidents = payments.incidents_of(refund.payment).await.unwrap();
    assert_eq!((incidents.len(), incidents[0].kind.as_str()), (1, REFUND_FAILED));
    let told = eventually(async || {
        let told = world.told(id).await;
        told.into_iter().find(|told| told.template == "booking-cancelled")
    });
    let told = told.await.expect("the customer is told").body;
    assert!(told.contains("still owed to you") && !told.contains("have refunded"), "{told}");
    let options = Options { grace: time::Duration::ZERO, ..Options::default() };
    let owed = usher_audit::audit(&world.services.audit_sources(), &options).await.unwrap();
    assert!(owed.findings.iter().all(|finding| finding.booking != Some(id)), "what is owed is accounted for: {owed}");

    let payout = Payout {
        refund: refund.id,
        method: "bank transfer".to_owned(),
        evidence: "2026-11-20/17".to_owned(),
        by: world.user,
    };
    assert!(matches!(payments.record_payout(&payout).await.unwrap(), PaidOut::Recorded(_)));
    let report = world.settle().await;
    assert_eq!(report.totals[0].captured, total);
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_rejected_booking_whose_refund_fails_is_told_honestly() {
    let world = World::new().await;
    let (a, b) = (world.seat(0), world.seat(1));
    // The customer cancels while the saga runs, after the charge: its own undo fails to give the money back.
    let id = world.book(&[&a, &b], "pm_refund_fails").await;
    world.until(id, &[Status::Paid, Status::Confirmed]).await;
    world.cancel(id).await;
    world.until(id, &[Status::Cancelled]).await;
    let told = eventually(async || {
        let told = world.told(id).await;
        told.into_iter().find(|told| matches!(told.template.as_str(), "booking-cancelled" | "booking-rejected"))
    });
    assert!(told.await.expect("the customer is told").body.contains("still owed to you"));
    world.settle().await;
}
