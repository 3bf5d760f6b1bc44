//! Counts and sums over all bookings, for the totals and for the reader.

use usher_bookings::Status;
use usher_payments::provider::Movement;

use crate::{
    facts::{Case, Moment},
    judge::money::Position,
    report::Checked,
    sums::Sums,
};

/// What the cases come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) checked: Checked,
    /// Bookings that may still move.
    pub(crate) moving: u64,
    /// The totals of confirmed bookings.
    pub(crate) confirmed: Sums,
    pub(crate) captured: Sums,
    pub(crate) recognised: Sums,
    pub(crate) refunded: Sums,
    pub(crate) in_flight: Sums,
    pub(crate) fees: Sums,
    pub(crate) paid_out: Sums,
    pub(crate) disputed: Sums,
    /// What the bookings say should be revenue.
    pub(crate) due: Sums,
}

impl Tally {
    pub(crate) fn add(&mut self, case: &Case, moment: &Moment) {
        let confirmed = case.booking.as_ref().filter(|booking| booking.status == Status::Confirmed);
        self.confirmed = std::mem::take(&mut self.confirmed).plus(&Sums::of(confirmed.map(|booking| booking.total)));
        for facts in &case.payments {
            let position = Position::of(facts);
            for (sum, part) in [
                (&mut self.captured, position.captured),
                (&mut self.recognised, position.recognised),
                (&mut self.refunded, position.refunded),
                (&mut self.in_flight, position.in_flight),
                (&mut self.fees, position.fees),
                (&mut self.paid_out, position.paid_out),
                (&mut self.disputed, position.disputed),
            ] {
                *sum = std::mem::take(sum).plus(&part);
            }
        }
        let position = case.position();
        // What is owed may be revenue or wait among the prepayments; judging case by case has seen to it.
        let due = if position.owed.is_zero() { case.due(&position) } else { position.recognised.clone() };
        self.due = std::mem::take(&mut self.due).plus(&due);
        self.moving += u64::from(!case.is_settled(moment) || case.awaits_the_provider());
        self.count(case);
    }

    fn count(&mut self, case: &Case) {
        let counts = &mut self.checked;
        let lines = |movement| case.provider.iter().filter(|line| line.movement == movement).count();
        for (count, found) in [
            (&mut counts.bookings, usize::from(case.booking.is_some())),
            (&mut counts.holds, case.holds.len()),
            (&mut counts.seats, case.holds.iter().map(|hold| hold.claims.len()).sum()),
            (&mut counts.tickets, case.tickets.len()),
            (&mut counts.payments, case.payments.len()),
            (&mut counts.refunds, case.payments.iter().map(|facts| facts.refunds.len()).sum()),
            (&mut counts.transfers, case.payments.iter().map(|facts| facts.transfers.len()).sum()),
            (&mut counts.provider_charges, lines(Movement::Charge)),
            (&mut counts.provider_refunds, lines(Movement::Refund)),
        ] {
            *count += found as u64;
        }
    }
}
