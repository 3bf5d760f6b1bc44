//! Breaks of money: rows, ledger, provider.

use usher_audit::Invariant::{MoneyConserved, NoOrphan, PaidIsSold, ProviderAgrees, RevenueIsTotal, UndoneIsGone};

use crate::world::{World, breaks};

const UNLOCK: &str = "ALTER TABLE payments.transfers DISABLE TRIGGER ALL";

#[tokio::test]
async fn a_payment_of_a_cent_more() {
    let statement = "UPDATE payments.payments SET amount = amount + 1 WHERE booking_id = $1";
    let found = breaks(|ended| ended.confirmed, MoneyConserved, &[statement]).await;
    assert!(found.iter().any(|finding| finding.expected.ends_with("make up the 25.01 EUR captured")), "{found:?}");
}

#[tokio::test]
async fn a_capture_that_is_not_in_the_ledger() {
    let statement = "DELETE FROM payments.transfers WHERE booking_id = $1 AND kind = 'capture'";
    breaks(|ended| ended.confirmed, MoneyConserved, &[UNLOCK, statement]).await;
}

#[tokio::test]
async fn a_refund_that_was_booked_twice() {
    let statement = "INSERT INTO payments.transfers
        SELECT payment_id, kind, reference || '-again', booking_id, debit, credit, amount, currency, occurred_at
        FROM payments.transfers WHERE booking_id = $1 AND kind = 'refund'";
    breaks(|ended| ended.cancelled, MoneyConserved, &[statement]).await;
}

#[tokio::test]
async fn revenue_that_was_not_booked() {
    let statement = "DELETE FROM payments.transfers WHERE booking_id = $1 AND kind = 'recognise'";
    let found = breaks(|ended| ended.confirmed, RevenueIsTotal, &[UNLOCK, statement]).await;
    assert!(found.iter().any(|finding| finding.found == "nothing of revenue, 25.00 EUR in flight"), "{found:?}");
    assert!(found.iter().any(|finding| finding.booking.is_none()), "and in total: {found:?}");
}

#[tokio::test]
async fn a_posting_whose_payment_is_gone() {
    let statement = "DELETE FROM payments.payments WHERE booking_id = $1";
    breaks(|ended| ended.confirmed, NoOrphan, &[statement]).await;
}

#[tokio::test]
async fn a_refund_that_was_taken_back() {
    let statements = [
        UNLOCK,
        "DELETE FROM payments.transfers WHERE booking_id = $1 AND kind = 'refund'",
        "DELETE FROM payments.refunds WHERE payment_id IN (SELECT id FROM payments.payments WHERE booking_id = $1)",
    ];
    breaks(|ended| ended.cancelled, UndoneIsGone, &statements).await;
    let found = breaks(|ended| ended.cancelled, NoOrphan, &statements).await;
    assert!(found[0].expected.starts_with("a refund on record under"), "{found:?}");
}

#[tokio::test]
async fn a_confirmed_booking_with_its_money_back() {
    let (world, ended) = World::at_rest().await;
    world.sources.payments.refund(ended.confirmed, "by hand").await.unwrap();
    let report = world.audit().await;
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.invariant, finding.booking)).collect();
    assert!(found.contains(&(PaidIsSold, Some(ended.confirmed))), "{report}");
    assert!(found.contains(&(RevenueIsTotal, Some(ended.confirmed))), "{report}");
    assert!(!found.iter().any(|(invariant, _)| matches!(invariant, MoneyConserved | ProviderAgrees)), "{report}");
}

#[tokio::test]
async fn a_charge_that_the_provider_does_not_have() {
    let statement = "UPDATE simulator.charges SET status = 'cancelled' WHERE reference LIKE
        (SELECT reference FROM payments.payments WHERE booking_id = $1)";
    let found = breaks(|ended| ended.confirmed, ProviderAgrees, &[statement]).await;
    assert!(found.iter().any(|finding| finding.found == "nothing at the provider"), "{found:?}");
}

#[tokio::test]
async fn a_charge_of_a_cent_more() {
    let statement = "UPDATE simulator.charges SET amount = amount + 1 WHERE reference LIKE
        (SELECT reference FROM payments.payments WHERE booking_id = $1)";
    breaks(|ended| ended.confirmed, ProviderAgrees, &[statement]).await;
}

#[tokio::test]
async fn a_second_charge() {
    let statement = "INSERT INTO simulator.charges (reference, id, amount, currency, method, status, created_at)
        SELECT reference || '-again', gen_random_uuid(), amount, currency, method, status, created_at FROM simulator.charges
        WHERE reference LIKE (SELECT reference FROM payments.payments WHERE booking_id = $1)";
    breaks(|ended| ended.confirmed, ProviderAgrees, &[statement]).await;
    breaks(|ended| ended.confirmed, NoOrphan, &[statement]).await;
}

#[tokio::test]
async fn charges_that_are_nobodys() {
    let (world, ended) = World::at_rest().await;
    let statement = "INSERT INTO simulator.charges (reference, id, amount, currency, method, status, created_at) VALUES
        ('by hand', gen_random_uuid(), 700, 'EUR', 'pm_ok', 'captured', now()),
        ('bkg_7ZZZZZZZZZZZZZZZZZZZZZZZZZ/charge-payment', gen_random_uuid(), 800, 'EUR', 'pm_ok', 'captured', now())";
    world.sql(statement, ended.confirmed).await;
    let report = world.audit().await;
    let orphans: Vec<_> = report.findings.iter().filter(|finding| finding.invariant == NoOrphan).collect();
    assert_eq!(orphans.len(), 2, "{report}");
    assert_eq!(orphans[0].expected, "a payment on record under by hand");
    assert_eq!(orphans[1].booking, "bkg_7ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse().ok());
}

#[tokio::test]
async fn a_payment_that_ended_here_as_unknown() {
    let statement = "UPDATE payments.payments SET status = 'unknown', settled_at = NULL WHERE booking_id = $1";
    let found = breaks(|ended| ended.confirmed, ProviderAgrees, &[statement]).await;
    assert!(found.iter().any(|finding| finding.found == "unknown"), "{found:?}");
}
