//! What the contexts do is clean, and the report says how much of it was looked at.

use usher_core::money::{Currency, Money};

use crate::world::World;

#[tokio::test]
async fn nothing_at_all_is_clean() {
    let report = World::new().await.audit().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.checked.bookings, report.in_flight, report.totals.len()), (0, 0, 0));
}

#[tokio::test]
async fn bookings_in_each_end_are_clean_and_counted() {
    let (world, _) = World::at_rest().await;
    let report = world.audit().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.in_flight, 0);
    let checked = report.checked;
    assert_eq!((checked.bookings, checked.holds, checked.seats, checked.tickets), (3, 2, 2, 2));
    assert_eq!((checked.payments, checked.refunds, checked.transfers), (2, 1, 5));
    assert_eq!((checked.provider_charges, checked.provider_refunds, checked.queues), (2, 1, 2));
    let eur = |amount| Money::new(amount, Currency::EUR);
    let totals = report.totals[0];
    assert_eq!((totals.confirmed, totals.captured, totals.refunded), (eur(2500), eur(3750), eur(1250)));
    assert_eq!((totals.recognised, totals.in_flight, totals.provider), (eur(2500), eur(0), eur(2500)));
}

#[tokio::test]
async fn the_report_reads_well_as_text_and_as_json() {
    let (world, ended) = World::at_rest().await;
    let clean = world.audit().await.to_string();
    assert!(
        clean.starts_with("CLEAN: no seat, no ticket and no cent is lost.\nChecked 3 bookings, 2 holds,"),
        "{clean}"
    );
    assert!(clean.contains("25.00 EUR") && !clean.contains("Findings"), "{clean}");
    world.sql("DELETE FROM tickets.tickets WHERE booking_id = $1 AND seat = 'A1'", ended.confirmed).await;
    let report = world.audit().await;
    let text = report.to_string();
    assert!(text.starts_with("BROKEN: 1 finding.\n") && text.contains("one valid ticket for 12.50 EUR"), "{text}");
    let finding = &serde_json::to_value(&report).unwrap()["findings"][0];
    assert_eq!(finding["invariant"], "paid-is-sold");
    assert_eq!(finding["booking"], ended.confirmed.to_string());
    assert_eq!((&finding["seat"], &finding["found"]), (&"A1".into(), &"no valid ticket".into()));
}
