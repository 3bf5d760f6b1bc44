//! The money formula, payment by payment: captured = recognised + refunded + in flight + paid out + disputed.
//!
//! The four sides come from different places - payments, ledger, refunds, ledger - because a formula whose sides come from
//! one place agrees with itself whatever happened. A refund that is counted twice, once as a row and once as a lower
//! capture, is the classical mistake; the tests below make it on purpose.

use usher_core::ids::BookingId;
use usher_payments::{
    audit::{PaymentFacts, RefundFacts, RefundStanding},
    ledger::Account,
    payment::Status,
    refund::Purpose,
};

use crate::{Finding, Invariant, sums::Sums};

/// Where the money of one payment is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// What the payment's row says was taken. Refunds never lower it.
    pub captured: Sums,
    /// What the ledger holds as revenue: recognised, less what was refunded out of it.
    pub recognised: Sums,
    /// What the refunds' rows say went back.
    pub refunded: Sums,
    /// What the ledger holds as prepaid.
    pub in_flight: Sums,
    /// What the provider kept, which the customer still has paid.
    pub fees: Sums,
    /// What the payouts' rows say was paid past the provider.
    pub paid_out: Sums,
    /// What the disputes' rows say the customer's bank took and kept.
    pub disputed: Sums,
    /// Of what left, what was not owed: kindnesses, refunds made by hand, disputes. The booking is none the cheaper for it.
    pub gifts: Sums,
    /// What was owed and did not arrive yet: refunds that are under way, or failed and were not paid out.
    pub owed: Sums,
}

impl Position {
    /// Reads the position off the facts.
    pub fn of(facts: &PaymentFacts) -> Self {
        let is_captured = matches!(facts.payment.status, Status::Captured { .. });
        let succeeded = facts.refunds.iter().filter(|refund| refund.standing == RefundStanding::Succeeded);
        Self {
            captured: Sums::of(is_captured.then_some(facts.payment.amount)),
            recognised: given_by(facts, Account::Revenue),
            refunded: Sums::of(succeeded.map(|refund| refund.amount)),
            in_flight: given_by(facts, Account::CustomerPrepayments),
            fees: Sums::default().minus(&given_by(facts, Account::Fees)),
            paid_out: Sums::of(facts.payouts.iter().map(|payout| payout.amount)),
            disputed: disputed(facts),
            gifts: gifts(facts),
            owed: owed(facts),
        }
    }

    /// What the customer has paid and not got back, in whatever way.
    pub fn net(&self) -> Sums {
        self.captured.clone().minus(&self.refunded).minus(&self.paid_out).minus(&self.disputed)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: &Self) -> Self {
        Self {
            captured: self.captured.plus(&other.captured),
            recognised: self.recognised.plus(&other.recognised),
            refunded: self.refunded.plus(&other.refunded),
            in_flight: self.in_flight.plus(&other.in_flight),
            fees: self.fees.plus(&other.fees),
            paid_out: self.paid_out.plus(&other.paid_out),
            disputed: self.disputed.plus(&other.disputed),
            gifts: self.gifts.plus(&other.gifts),
            owed: self.owed.plus(&other.owed),
        }
    }

    /// What should be left with us of a booking that is worth `worth`: the seats that it has, and what was kept of others.
    pub fn due(&self, worth: &Sums) -> Sums {
        worth.clone().plus(&self.owed).minus(&self.gifts).or_zero()
    }

    /// Whether the money is all there, and no account was overdrawn.
    pub fn is_conserved(&self) -> bool {
        let accounted = self.recognised.clone().plus(&self.refunded).plus(&self.in_flight);
        let accounted = accounted.plus(&self.paid_out).plus(&self.disputed);
        self.captured == accounted && !self.recognised.is_negative_anywhere() && !self.in_flight.is_negative_anywhere()
    }
}

fn disputed(facts: &PaymentFacts) -> Sums {
    Sums::of(facts.disputes.iter().filter(|dispute| !dispute.returned).map(|dispute| dispute.amount))
}

const fn is_gift(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Goodwill | Purpose::ByHand)
}

fn is_paid_out(facts: &PaymentFacts, refund: &RefundFacts) -> bool {
    facts.payouts.iter().any(|payout| payout.reference == refund.reference)
}

fn gifts(facts: &PaymentFacts) -> Sums {
    let left = |refund: &&RefundFacts| refund.standing == RefundStanding::Succeeded || is_paid_out(facts, refund);
    let gifts = facts.refunds.iter().filter(|refund| is_gift(refund.purpose)).filter(left);
    Sums::of(gifts.map(|refund| refund.amount)).plus(&disputed(facts))
}

fn owed(facts: &PaymentFacts) -> Sums {
    let is_missing = |refund: &&RefundFacts| match refund.standing {
        RefundStanding::Pending | RefundStanding::RequiresAction => true,
        RefundStanding::Failed | RefundStanding::Reversed => !is_paid_out(facts, refund),
        RefundStanding::Succeeded | RefundStanding::Cancelled => false,
    };
    let owed = facts.refunds.iter().filter(|refund| !is_gift(refund.purpose)).filter(is_missing);
    Sums::of(owed.map(|refund| refund.amount))
}

/// What an account that we owe from holds: what it gave less what it got back.
fn given_by(facts: &PaymentFacts, account: Account) -> Sums {
    let amounts = |side: fn(&usher_payments::audit::TransferFacts) -> Account| {
        Sums::of(facts.transfers.iter().filter(|transfer| side(transfer) == account).map(|transfer| transfer.amount))
    };
    amounts(|transfer| transfer.credit).minus(&amounts(|transfer| transfer.debit))
}

pub(super) fn judge(booking: BookingId, facts: &PaymentFacts) -> Option<Finding> {
    let position = Position::of(facts);
    let Position { captured, recognised, refunded, in_flight, .. } = &position;
    (!position.is_conserved()).then(|| {
        let expected =
            format!("{}: recognised, refunded and in flight make up the {captured} captured", facts.payment.id);
        let Position { paid_out, disputed, .. } = &position;
        let aside = if paid_out.is_zero() && disputed.is_zero() {
            String::new()
        } else {
            format!(", {paid_out} paid out, {disputed} disputed")
        };
        let found = format!("{recognised} recognised, {refunded} refunded, {in_flight} in flight{aside}");
        Finding::new(Invariant::MoneyConserved, expected, found).of(booking)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::made_up::{self, eur};

    #[test]
    fn a_payment_is_conserved_at_every_moment_of_its_life() {
        let mut facts = made_up::captured(1250);
        assert!(Position::of(&facts).is_conserved());
        assert_eq!(Position::of(&facts).in_flight, eur(1250));
        made_up::recognise(&mut facts);
        assert!(Position::of(&facts).is_conserved());
        assert_eq!(Position::of(&facts).recognised, eur(1250));
        made_up::refund(&mut facts, 250);
        assert!(Position::of(&facts).is_conserved());
        assert_eq!(Position::of(&facts).net(), eur(1000));
        made_up::refund(&mut facts, 1000);
        assert!(Position::of(&facts).is_conserved());
        assert!(Position::of(&facts).net().is_zero());
    }

    #[test]
    fn a_formula_that_counts_a_refund_twice_does_not_hold() {
        let mut facts = made_up::captured(1250);
        made_up::recognise(&mut facts);
        made_up::refund(&mut facts, 250);
        let right = Position::of(&facts);
        // Taken for net already, the captured amount loses the refund a second time.
        let wrong = Position { captured: right.net(), ..right.clone() };
        assert!(right.is_conserved() && !wrong.is_conserved());
        assert_eq!(wrong.net(), eur(750));
        let wrong = Position { refunded: right.refunded.clone().plus(&right.refunded), ..right };
        assert!(!wrong.is_conserved());
    }

    #[test]
    fn a_refund_that_was_booked_twice_is_found() {
        let mut facts = made_up::captured(1250);
        made_up::recognise(&mut facts);
        made_up::refund(&mut facts, 250);
        let again = facts.transfers.last().unwrap().clone();
        facts.transfers.push(again);
        let finding = judge(facts.payment.booking, &facts).unwrap();
        assert_eq!(finding.invariant, Invariant::MoneyConserved);
        assert_eq!(finding.found, "7.50 EUR recognised, 2.50 EUR refunded, nothing in flight");
    }

    #[test]
    fn an_account_that_is_overdrawn_is_found_although_the_sum_is_right() {
        let mut facts = made_up::captured(1250);
        made_up::recognise(&mut facts);
        made_up::refund(&mut facts, 250);
        facts.transfers.last_mut().unwrap().debit = Account::CustomerPrepayments;
        assert!(judge(facts.payment.booking, &facts).is_some());
    }

    #[test]
    fn a_fee_is_not_the_customers_money() {
        let mut facts = made_up::captured(1250);
        made_up::fee(&mut facts, 40);
        assert!(Position::of(&facts).is_conserved());
        assert_eq!(Position::of(&facts).fees, eur(40));
    }
}
