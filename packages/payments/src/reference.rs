//! The names under which the provider knows what we ask of it.
//!
//! A reference is made of the execution's name and the step, so it is the same for every delivery, retry and redrive,
//! and no two executions share one. A refund's is derived from the charge's and not from the execution that refunds: the
//! booking's own undo and a later cancellation thus ask for the same refund, and the provider makes one.

use usher_core::ids::BookingId;

const CHARGE: &str = "/charge-payment";
const REFUND: &str = "/refund-payment";

/// The reference of the charge that an execution makes.
pub fn charge(execution: &str) -> String {
    format!("{execution}{CHARGE}")
}

/// The reference of the charge that a booking's own execution makes: that execution is named like the booking.
pub fn charge_of_booking(booking: BookingId) -> String {
    charge(&booking.to_string())
}

/// The reference of the refund that gives a whole charge back.
pub fn refund(charge: &str) -> String {
    format!("{}{REFUND}", charge.strip_suffix(CHARGE).unwrap_or(charge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refund_is_named_after_its_charge() {
        assert_eq!(charge("bkg_1"), "bkg_1/charge-payment");
        assert_eq!(refund(&charge("bkg_1")), "bkg_1/refund-payment");
        assert_ne!(refund("imported"), "imported");
    }
}
