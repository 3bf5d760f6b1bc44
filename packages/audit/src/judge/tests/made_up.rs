//! A single payment, made up and moved by hand.

use time::OffsetDateTime;
use usher_core::{
    ids::BookingId,
    money::{Currency, Money},
};
use usher_payments::{
    Payment,
    audit::{AsideFacts, PaymentFacts, RefundFacts, RefundStanding, TransferFacts},
    ledger::Account,
    payment::Status,
    reference,
    refund::Purpose,
};
use uuid::Uuid;

use crate::sums::Sums;

/// Cents as a sum.
pub fn eur(amount: i64) -> Sums {
    Sums::of([Money::new(amount, Currency::EUR)])
}

/// A payment that was captured and nothing else.
pub fn captured(amount: i64) -> PaymentFacts {
    capture(BookingId::from(Uuid::from_u128(1)), amount, OffsetDateTime::UNIX_EPOCH)
}

/// The same of a certain booking.
pub fn capture(booking: BookingId, amount: i64, at: OffsetDateTime) -> PaymentFacts {
    let payment = Payment {
        id: booking.uuid().into(),
        booking,
        reference: reference::charge_of_booking(booking),
        amount: Money::new(amount, Currency::EUR),
        method: "pm_ok".to_owned(),
        status: Status::Captured { provider_id: "ch_1".to_owned() },
        opened_at: at,
        settled_at: Some(at),
    };
    let mut facts =
        PaymentFacts { payment, refunds: Vec::new(), payouts: Vec::new(), disputes: Vec::new(), transfers: Vec::new() };
    let reference = facts.payment.reference.clone();
    post(&mut facts, "capture", &reference, (Account::Provider, Account::CustomerPrepayments), amount);
    facts
}

/// All of it becomes revenue.
pub fn recognise(facts: &mut PaymentFacts) {
    let (reference, amount) = (facts.payment.reference.clone(), facts.payment.amount.amount);
    post(facts, "recognise", &reference, (Account::CustomerPrepayments, Account::Revenue), amount);
}

/// A part goes back, out of the account in which it is.
pub fn refund(facts: &mut PaymentFacts, amount: i64) {
    let count = facts.refunds.len();
    let reference = format!("{}#{count}", reference::refund(&facts.payment.reference));
    let is_revenue = facts.transfers.iter().any(|transfer| transfer.kind == "recognise");
    let source = if is_revenue { Account::Revenue } else { Account::CustomerPrepayments };
    post(facts, "refund", &reference, (source, Account::Provider), amount);
    facts.refunds.push(RefundFacts {
        reference,
        amount: Money::new(amount, Currency::EUR),
        source,
        purpose: Purpose::Undo,
        standing: RefundStanding::Succeeded,
        moved_at: facts.payment.opened_at,
    });
}

/// The last refund failed, and its amount is paid out of our own account.
pub fn pay_out(facts: &mut PaymentFacts) {
    let RefundFacts { reference, amount, source, .. } = facts.refunds.last().unwrap().clone();
    post(facts, "payout", &reference, (source, Account::Bank), amount.amount);
    facts.payouts.push(AsideFacts { reference, amount, source, returned: false });
}

/// The customer's bank takes all of it.
pub fn dispute(facts: &mut PaymentFacts) {
    let (reference, amount, source) = ("dp_1".to_owned(), facts.payment.amount, Account::Revenue);
    post(facts, "dispute", &reference, (source, Account::Provider), amount.amount);
    facts.disputes.push(AsideFacts { reference, amount, source, returned: false });
}

/// And gives it back.
pub fn win(facts: &mut PaymentFacts) {
    let AsideFacts { reference, amount, source, .. } = facts.disputes.last().unwrap().clone();
    post(facts, "dispute_won", &reference, (Account::Provider, source), amount.amount);
    facts.disputes.last_mut().unwrap().returned = true;
}

/// The provider keeps a part.
pub fn fee(facts: &mut PaymentFacts, amount: i64) {
    post(facts, "fee", "statement", (Account::Fees, Account::Provider), amount);
}

/// Moves an amount to the first account from the second.
fn post(facts: &mut PaymentFacts, kind: &str, reference: &str, (debit, credit): (Account, Account), amount: i64) {
    facts.transfers.push(TransferFacts {
        payment: facts.payment.id,
        booking: facts.payment.booking,
        kind: kind.to_owned(),
        reference: reference.to_owned(),
        debit,
        credit,
        amount: Money::new(amount, Currency::EUR),
    });
}
