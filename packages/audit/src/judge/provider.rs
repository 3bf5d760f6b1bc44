//! Our rows against the provider's own record, in both directions.
//!
//! What we believe to have happened must be there from the first moment. What happened there and is still open here is
//! money in flight as long as the saga is at work, and a finding once it has ended.

use std::collections::BTreeMap;

use usher_payments::{
    audit::{PaymentFacts, RefundFacts, RefundStanding},
    payment::Status,
    provider::{Movement, ReportLine},
};

use crate::{
    Finding,
    Invariant::{NoOrphan, ProviderAgrees},
    facts::Case,
};

pub(super) fn judge(case: &Case, is_settled: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for facts in &case.payments {
        if matches!(facts.payment.status, Status::Captured { .. }) {
            findings.extend(captured(case, facts));
        }
        for refund in &facts.refunds {
            match refund.standing {
                RefundStanding::Succeeded => findings.extend(given_back(case, facts, refund, Movement::Refund)),
                RefundStanding::Reversed => {
                    findings.extend(given_back(case, facts, refund, Movement::Refund));
                    findings.extend(given_back(case, facts, refund, Movement::Reversal));
                }
                _ => {} // No money has moved.
            }
        }
    }
    for line in &case.provider {
        findings.extend(match line.movement {
            Movement::Charge => charge(case, line, is_settled),
            Movement::Refund => refund(case, line, is_settled),
            Movement::Reversal => reversal(case, line),
            Movement::Dispute => dispute(case, line),
            Movement::DisputeWon => dispute_won(case, line),
        });
    }
    findings.extend(doubles(case));
    findings
}

/// The lines of one kind under a reference.
fn lines<'a>(case: &'a Case, movement: Movement, reference: &'a str) -> impl Iterator<Item = &'a ReportLine> {
    case.provider.iter().filter(move |line| line.movement == movement && line.reference == reference)
}

fn captured(case: &Case, facts: &PaymentFacts) -> Option<Finding> {
    let payment = &facts.payment;
    let found = lines(case, Movement::Charge, &payment.reference).next();
    (found.is_none_or(|line| line.amount != payment.amount)).then(|| {
        let expected = format!("a charge of {} under {}, as {} says", payment.amount, payment.reference, payment.id);
        Finding::new(ProviderAgrees, expected, describe(found)).of(case.id)
    })
}

fn given_back(case: &Case, facts: &PaymentFacts, refund: &RefundFacts, movement: Movement) -> Option<Finding> {
    let found = lines(case, movement, &refund.reference).next();
    let agrees = |line: &ReportLine| line.amount == refund.amount && line.charge_reference == facts.payment.reference;
    (!found.is_some_and(agrees)).then(|| {
        let expected = format!(
            "a {} of {} of {} under {}",
            name(movement),
            refund.amount,
            facts.payment.reference,
            refund.reference
        );
        Finding::new(ProviderAgrees, expected, describe(found)).of(case.id)
    })
}

fn charge(case: &Case, line: &ReportLine, is_settled: bool) -> Option<Finding> {
    let payment = case.payments.iter().find(|facts| facts.payment.reference == line.reference);
    let Some(PaymentFacts { payment, .. }) = payment else {
        let expected = format!("a payment on record under {}", line.reference);
        return Some(Finding::new(NoOrphan, expected, describe(Some(line))).of(case.id));
    };
    let found = match &payment.status {
        Status::Captured { .. } => return None, // Compared in the other direction.
        Status::Open | Status::Unknown | Status::Authorised { .. } if !is_settled => return None,
        Status::Open => "open",
        Status::Unknown => "unknown",
        Status::Declined { .. } => "declined",
        Status::Authorised { .. } => "authorised",
        Status::Void => "void",
    };
    let expected = format!("{} captured, as the provider's {} says", payment.id, line.id);
    Some(Finding::new(ProviderAgrees, expected, found).of(case.id))
}

fn refund(case: &Case, line: &ReportLine, is_settled: bool) -> Option<Finding> {
    let mut refunds = case.payments.iter().flat_map(|facts| &facts.refunds);
    let Some(refund) = refunds.find(|refund| refund.reference == line.reference) else {
        let expected = format!("a refund on record under {}", line.reference);
        return Some(Finding::new(NoOrphan, expected, describe(Some(line))).of(case.id));
    };
    let found = match refund.standing {
        RefundStanding::Succeeded | RefundStanding::Reversed => return None, // Compared in the other direction.
        // Under way: a saga looks until the provider has decided.
        RefundStanding::Pending | RefundStanding::RequiresAction if !is_settled || case.awaits_the_provider() => {
            return None;
        }
        other => other.as_str(),
    };
    let expected = format!("{} succeeded, as the provider's {} says", refund.reference, line.id);
    Some(Finding::new(ProviderAgrees, expected, found).of(case.id))
}

/// Money that came back to the provider has to be known to have done so.
fn reversal(case: &Case, line: &ReportLine) -> Option<Finding> {
    let mut refunds = case.payments.iter().flat_map(|facts| &facts.refunds);
    let found = refunds.find(|refund| refund.reference == line.reference);
    let found = found.map_or("nothing on record", |refund| refund.standing.as_str());
    (found != RefundStanding::Reversed.as_str()).then(|| {
        let expected = format!("{} reversed, as the provider's {} says", line.reference, line.id);
        Finding::new(ProviderAgrees, expected, found).of(case.id)
    })
}

/// And so does money that the customer's bank took.
fn dispute(case: &Case, line: &ReportLine) -> Option<Finding> {
    let mut disputes = case.payments.iter().flat_map(|facts| &facts.disputes);
    let is_known = disputes.any(|dispute| dispute.reference == line.id && dispute.amount == line.amount);
    (!is_known).then(|| {
        let expected = format!("a dispute of {} on record under {}", line.amount, line.id);
        Finding::new(ProviderAgrees, expected, "nothing on record").of(case.id)
    })
}

/// What the bank gave back is ours again, and the books have to say so.
fn dispute_won(case: &Case, line: &ReportLine) -> Option<Finding> {
    let mut disputes = case.payments.iter().flat_map(|facts| &facts.disputes);
    let found = disputes.find(|dispute| dispute.reference == line.id);
    let found = found.map_or("nothing on record", |dispute| if dispute.returned { "won" } else { "open or lost" });
    (found != "won").then(|| {
        let expected = format!("the dispute {} won, as the provider says", line.id);
        Finding::new(ProviderAgrees, expected, found).of(case.id)
    })
}

const fn name(movement: Movement) -> &'static str {
    match movement {
        Movement::Charge => "charge",
        Movement::Refund => "refund",
        Movement::Reversal => "reversal",
        Movement::Dispute => "dispute",
        Movement::DisputeWon => "won dispute",
    }
}

/// A booking that was charged twice, under one reference or two, and refunds that happened twice under one.
fn doubles(case: &Case) -> Vec<Finding> {
    let charges: Vec<&ReportLine> = case.provider.iter().filter(|line| line.movement == Movement::Charge).collect();
    let mut refunds: BTreeMap<&str, Vec<&ReportLine>> = BTreeMap::new();
    for line in case.provider.iter().filter(|line| line.movement == Movement::Refund) {
        refunds.entry(&line.reference).or_default().push(line);
    }
    let all = |lines: &[&ReportLine]| lines.iter().map(|line| describe(Some(line))).collect::<Vec<_>>().join(", ");
    let twice =
        (charges.len() > 1).then(|| Finding::new(ProviderAgrees, "one charge at most", all(&charges)).of(case.id));
    let refunded = refunds.values().filter(|lines| lines.len() > 1);
    let refunded = refunded.map(|lines| Finding::new(ProviderAgrees, "one refund at most", all(lines)).of(case.id));
    twice.into_iter().chain(refunded).collect()
}

pub(super) fn describe(line: Option<&ReportLine>) -> String {
    line.map_or_else(
        || "nothing at the provider".to_owned(),
        |line| format!("{} {} of {} under {}", name(line.movement), line.id, line.amount, line.reference),
    )
}
