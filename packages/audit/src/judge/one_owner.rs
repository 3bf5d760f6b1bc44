//! A seat with two owners: two valid tickets, or a claim that contradicts the hold it names.

use crate::{Finding, Invariant::OneOwner, facts::Whole};

pub(super) fn judge(whole: &Whole) -> Vec<Finding> {
    let doubles = whole.doubles.iter().map(|ticket| {
        Finding::new(OneOwner, "one valid ticket", format!("{} is one of several", ticket.id))
            .of(ticket.booking)
            .at(ticket.showtime, &ticket.seat)
    });
    let claims = whole.stray_claims.iter().map(|claim| {
        Finding::new(OneOwner, "a claim that agrees with its hold", format!("{}, {}", claim.reason, claim.hold))
            .of(claim.booking)
            .at(claim.showtime, &claim.seat)
    });
    doubles.chain(claims).collect()
}
