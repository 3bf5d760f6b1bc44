//! The ledger against the rows: each capture and each refund has its one posting, nothing else has, and what is left on
//! the accounts of an ended booking is what its tickets cost.

use usher_bookings::audit::BookingFacts;
use usher_core::{ids::BookingId, money::Money};
use usher_payments::{
    audit::{PaymentFacts, RefundFacts, RefundStanding, TransferFacts},
    ledger::Account,
    payment,
};

use crate::{Finding, Invariant, facts::Case};

/// What a posting has to look like: kind, reference, account debited, amount.
type Posting<'a> = (&'a str, &'a str, Account, Money);

/// Postings that are missing, and postings that nothing explains.
pub(super) fn postings(booking: BookingId, facts: &PaymentFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let expected = expected(facts);
    let matches = |transfer: &TransferFacts, (kind, reference, debit, amount): &Posting<'_>| {
        (transfer.kind.as_str(), transfer.reference.as_str(), transfer.debit, transfer.amount)
            == (*kind, *reference, *debit, *amount)
    };
    for posting in &expected {
        let (kind, reference, debit, amount) = posting;
        let count = facts.transfers.iter().filter(|transfer| matches(transfer, posting)).count();
        if count != 1 {
            let wanted = format!("one posting `{kind}` of {amount} to {} for {reference}", debit.as_str());
            findings.push(Finding::new(Invariant::MoneyConserved, wanted, format!("{count} of them")).of(booking));
        }
    }
    for transfer in &facts.transfers {
        let is_own = matches!(transfer.kind.as_str(), "recognise" | "fee");
        if !is_own && !expected.iter().any(|posting| matches(transfer, posting)) {
            let found = format!("posting `{}` of {} for {}", transfer.kind, transfer.amount, transfer.reference);
            let wanted =
                format!("{}: a captured payment or a refund that succeeded behind each posting", facts.payment.id);
            findings.push(Finding::new(Invariant::MoneyConserved, wanted, found).of(booking));
        }
        if transfer.booking != facts.payment.booking {
            let found = format!("posting `{}` for {} names {}", transfer.kind, transfer.reference, transfer.booking);
            let wanted = format!("{}: postings that name its booking", facts.payment.id);
            findings.push(Finding::new(Invariant::MoneyConserved, wanted, found).of(booking));
        }
    }
    findings
}

fn expected(facts: &PaymentFacts) -> Vec<Posting<'_>> {
    let payment = &facts.payment;
    let is_captured = matches!(payment.status, payment::Status::Captured { .. });
    let capture = is_captured.then_some(("capture", payment.reference.as_str(), Account::Provider, payment.amount));
    let moved = |refund: &&RefundFacts| matches!(refund.standing, RefundStanding::Succeeded | RefundStanding::Reversed);
    let refunds = facts.refunds.iter().filter(moved);
    let refunds = refunds.map(|refund| ("refund", refund.reference.as_str(), refund.source, refund.amount));
    let reversed = facts.refunds.iter().filter(|refund| refund.standing == RefundStanding::Reversed);
    let reversals = reversed.map(|refund| ("reversal", refund.reference.as_str(), Account::Provider, refund.amount));
    let payouts = facts.payouts.iter().map(|one| ("payout", one.reference.as_str(), one.source, one.amount));
    let disputes = facts.disputes.iter().map(|one| ("dispute", one.reference.as_str(), one.source, one.amount));
    let won = facts.disputes.iter().filter(|dispute| dispute.returned);
    let won = won.map(|one| ("dispute_won", one.reference.as_str(), Account::Provider, one.amount));
    capture.into_iter().chain(refunds).chain(reversals).chain(payouts).chain(disputes).chain(won).collect()
}

/// The revenue of a booking that has ended. What is owed may wait among the prepayments, and nothing else may.
pub(super) fn revenue(case: &Case, booking: &BookingFacts) -> Option<Finding> {
    let position = case.position();
    let (recognised, in_flight) = (&position.recognised, &position.in_flight);
    let due = case.due(&position);
    let waits = !in_flight.is_zero() && position.owed.is_zero();
    (recognised.clone().plus(in_flight) != due || waits).then(|| {
        let expected = format!("{due} of revenue from a booking that is {}, and nothing in flight", booking.status);
        let found = format!("{recognised} of revenue, {in_flight} in flight");
        Finding::new(Invariant::RevenueIsTotal, expected, found).of(case.id)
    })
}
