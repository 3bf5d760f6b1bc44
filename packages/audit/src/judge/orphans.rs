//! What is there for a booking or a payment which is not.

use super::provider::describe;
use crate::{
    Finding,
    Invariant::NoOrphan,
    facts::{Case, Whole},
};

/// What other contexts have for a booking that does not exist. Charges without a payment are found by comparing with the
/// provider.
pub(super) fn of_case(case: &Case) -> Vec<Finding> {
    if case.booking.is_some() {
        return Vec::new();
    }
    let expected = "a booking that it belongs to";
    let holds = case.holds.iter().map(|hold| {
        let seats: Vec<&str> = hold.claims.iter().map(|claim| claim.seat.as_str()).collect();
        let found = format!("{} is {} with the seats [{}]", hold.id, hold.state, seats.join(", "));
        Finding { showtime: Some(hold.showtime), ..Finding::new(NoOrphan, expected, found) }
    });
    let payments = case
        .payments
        .iter()
        .map(|facts| Finding::new(NoOrphan, expected, format!("{} of {}", facts.payment.id, facts.payment.amount)));
    let tickets = case.tickets.iter().map(|ticket| {
        Finding::new(NoOrphan, expected, format!("{} is valid", ticket.id)).at(ticket.showtime, &ticket.seat)
    });
    holds.chain(payments).chain(tickets).map(|finding| finding.of(case.id)).collect()
}

/// Postings without a payment, and movements at the provider that are nobody's.
pub(super) fn of_whole(whole: &Whole) -> Vec<Finding> {
    let transfers = whole.stray_transfers.iter().map(|transfer| {
        let found = format!("posting `{}` of {} for {}", transfer.kind, transfer.amount, transfer.reference);
        Finding::new(NoOrphan, format!("a payment {}", transfer.payment), found).of(transfer.booking)
    });
    let lines = whole.foreign_lines.iter().map(|line| {
        Finding::new(NoOrphan, format!("a payment on record under {}", line.charge_reference), describe(Some(line)))
    });
    transfers.chain(lines).collect()
}
