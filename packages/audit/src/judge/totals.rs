//! The books in total, once every booking was compared by itself: what a comparison one by one can miss is a row that
//! belongs to none.
//!
//! Totals that are read while money moves do not agree and prove nothing, so this is asked only of books that stood still.

use usher_payments::ledger::Account;

use crate::{
    Finding,
    Invariant::{self, MoneyConserved, ProviderAgrees, RevenueIsTotal},
    facts::{Accounts, Whole},
    sums::Sums,
    tally::Tally,
};

pub(super) fn judge(whole: &Whole, tally: &Tally) -> Vec<Finding> {
    let Some(accounts) = &whole.accounts else { return Vec::new() };
    let kept = tally.captured.clone().minus(&tally.refunded);
    let mut findings = vec![
        compare(
            MoneyConserved,
            "account provider",
            &kept.clone().minus(&tally.fees).minus(&tally.disputed),
            &holds(accounts, Account::Provider),
        ),
        compare(
            MoneyConserved,
            "account customer_prepayments",
            &tally.in_flight,
            &owes(accounts, Account::CustomerPrepayments),
        ),
        compare(MoneyConserved, "account revenue", &tally.recognised, &owes(accounts, Account::Revenue)),
        compare(MoneyConserved, "account bank", &tally.paid_out, &owes(accounts, Account::Bank)),
    ];
    if tally.moving == 0 {
        let kept = kept.minus(&tally.disputed);
        findings.push(compare(ProviderAgrees, "the provider's charges less its refunds", &kept, &accounts.provider));
        findings.push(compare(RevenueIsTotal, "account revenue", &tally.due, &owes(accounts, Account::Revenue)));
    }
    findings.into_iter().flatten().collect()
}

fn compare(invariant: Invariant, what: &str, expected: &Sums, found: &Sums) -> Option<Finding> {
    (expected != found).then(|| {
        Finding::new(invariant, format!("{what} in total: {expected}, the sum over all bookings"), found.to_string())
    })
}

fn holds(accounts: &Accounts, account: Account) -> Sums {
    Sums::of(accounts.ledger.iter().filter(|balance| balance.account == account).map(|balance| balance.balance))
}

/// The accounts from which we owe are negative in the ledger.
fn owes(accounts: &Accounts, account: Account) -> Sums {
    Sums::default().minus(&holds(accounts, account))
}
