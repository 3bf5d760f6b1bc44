//! Judging: facts in, findings out, and nothing read on the way.
//!
//! A file for each invariant. To add one, write its file and a line in `case` or `whole`.

mod confirmed;
mod ledger;
pub(crate) mod messages;
pub mod money;
mod one_owner;
mod orphans;
mod provider;
mod saga;
mod totals;
mod undone;

#[cfg(test)]
mod tests;

use usher_bookings::Status;

use crate::{
    Finding,
    facts::{Case, Facts, Moment, Whole},
    tally::Tally,
};

/// Everything that is wrong with a world.
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut tally = Tally::default();
    let mut findings = Vec::new();
    for one in &facts.cases {
        tally.add(one, &facts.moment);
        findings.extend(case(one, &facts.moment));
    }
    findings.extend(whole(&facts.whole, &tally, &facts.moment));
    findings
}

/// What is wrong with one booking.
pub fn case(case: &Case, moment: &Moment) -> Vec<Finding> {
    let is_settled = case.is_settled(moment);
    let mut findings = orphans::of_case(case);
    findings.extend(case.payments.iter().filter_map(|facts| money::judge(case.id, facts)));
    findings.extend(case.payments.iter().flat_map(|facts| ledger::postings(case.id, facts)));
    findings.extend(provider::judge(case, is_settled));
    let Some(booking) = &case.booking else { return findings };
    findings.extend(match booking.status {
        Status::Confirmed if is_settled => confirmed::judge(case, booking),
        Status::Confirmed => Vec::new(),
        Status::Rejected | Status::Cancelled => undone::judge(case, booking),
        Status::Requested | Status::Reserved | Status::Paid | Status::Cancelling => {
            saga::judge(case, booking).into_iter().collect()
        }
    });
    if is_settled {
        findings.extend(ledger::revenue(case, booking));
    }
    findings
}

/// What is wrong beside the bookings, and with their sum.
pub(crate) fn whole(whole: &Whole, tally: &Tally, moment: &Moment) -> Vec<Finding> {
    let mut findings = one_owner::judge(whole);
    findings.extend(totals::judge(whole, tally));
    findings.extend(messages::judge(whole, moment));
    findings.extend(orphans::of_whole(whole));
    findings
}
