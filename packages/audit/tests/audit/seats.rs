//! Breaks of seats and tickets.

use usher_audit::Invariant::{NoOrphan, OneOwner, PaidIsSold, UndoneIsGone};

use crate::world::{World, breaks};

#[tokio::test]
async fn a_seat_with_two_tickets() {
    let found = breaks(
        |ended| ended.confirmed,
        OneOwner,
        &[
            "DROP INDEX tickets.tickets_valid_by_seat",
            "INSERT INTO tickets.tickets (id, booking_id, user_id, showtime_id, seat, price, currency, code, issued_at)
             SELECT gen_random_uuid(), booking_id, user_id, showtime_id, seat, price, currency, code, issued_at
             FROM tickets.tickets WHERE booking_id = $1 AND seat = 'A1'",
        ],
    )
    .await;
    assert_eq!(found.len(), 2, "both tickets are named: {found:?}");
    assert!(found.iter().all(|finding| finding.seat.as_deref() == Some("A1")));
}

#[tokio::test]
async fn a_claim_under_an_old_epoch() {
    let statement = "UPDATE seating.claims SET epoch = epoch - 1 WHERE seat = 'A1' AND hold_id = $1";
    let found = breaks(|ended| ended.confirmed, OneOwner, &[statement]).await;
    assert!(found[0].found.starts_with("claimed under another epoch than its hold has"), "{found:?}");
}

#[tokio::test]
async fn a_seat_sold_to_somebody_who_is_still_choosing() {
    let (world, ended) = World::at_rest().await;
    world.sql("UPDATE seating.holds SET booking_id = NULL WHERE booking_id = $1", ended.confirmed).await;
    let report = world.audit().await;
    let found: Vec<_> = report.findings.iter().filter(|finding| finding.invariant == OneOwner).collect();
    assert_eq!(found.len(), 2, "{report}");
    assert!(found.iter().all(|finding| finding.found.starts_with("sold without a booking")), "{report}");
}

#[tokio::test]
async fn a_claim_that_was_lost() {
    let found =
        breaks(|ended| ended.confirmed, PaidIsSold, &["DELETE FROM seating.claims WHERE seat = 'A2' AND hold_id = $1"])
            .await;
    assert_eq!((found.len(), found[0].seat.as_deref()), (1, Some("A2")));
    assert_eq!(found[0].found, "not the booking's seat");
}

#[tokio::test]
async fn a_seat_that_is_only_held() {
    let statement = "UPDATE seating.claims SET expires_at = now() WHERE hold_id = $1";
    assert_eq!(breaks(|ended| ended.confirmed, PaidIsSold, &[statement]).await.len(), 2);
}

#[tokio::test]
async fn a_ticket_that_is_a_cent_cheaper() {
    let statement = "UPDATE tickets.tickets SET price = price - 1 WHERE booking_id = $1 AND seat = 'A1'";
    let found = breaks(|ended| ended.confirmed, PaidIsSold, &[statement]).await;
    assert_eq!(found[0].expected, "one valid ticket for 12.50 EUR");
}

#[tokio::test]
async fn a_ticket_that_was_revoked() {
    let statement = "UPDATE tickets.tickets SET revoked_at = now(), revoke_reason = 'by mistake' WHERE booking_id = $1 AND seat = 'A2'";
    breaks(|ended| ended.confirmed, PaidIsSold, &[statement]).await;
}

#[tokio::test]
async fn a_cancelled_booking_whose_ticket_is_valid_again() {
    let statement = "UPDATE tickets.tickets SET revoked_at = NULL, revoke_reason = NULL WHERE booking_id = $1";
    breaks(|ended| ended.cancelled, UndoneIsGone, &[statement]).await;
}

#[tokio::test]
async fn a_rejected_booking_that_has_a_seat() {
    breaks(
        |ended| ended.rejected,
        UndoneIsGone,
        &[
            "INSERT INTO seating.holds (id, showtime_id, user_id, booking_id, seats, state, created_at, expires_at)
             SELECT id, showtime_id, user_id, id, '{A3}', 'sold', now(), now() FROM bookings.bookings WHERE id = $1",
            "INSERT INTO seating.claims (showtime_id, seat, hold_id, epoch) SELECT showtime_id, 'A3', id, epoch
             FROM seating.holds WHERE id = $1",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_booking_that_vanished() {
    let found = breaks(|ended| ended.confirmed, NoOrphan, &["DELETE FROM bookings.bookings WHERE id = $1"]).await;
    assert_eq!(found.len(), 4, "hold, payment and both tickets: {found:?}");
}
