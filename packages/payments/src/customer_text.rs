//! What a customer is told of a payment: true in every state, also in those in which we know little.
//!
//! The rule for the uncertain ones: say that we do not know, who is finding out, and above all that paying again is not
//! needed. Texts have keys, so that a screen may bring its own words in another language.

use crate::payment::Status;

/// A text and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerText {
    /// What programs know it by.
    pub key: &'static str,
    /// What people read.
    pub text: &'static str,
}

/// The key of the text for everything that is being looked into.
pub const CHECKED: &str = "payment_checked";

const TEXTS: &[CustomerText] = &[
    CustomerText {
        key: "payment_asked",
        text: "Your payment is on its way. This takes a few seconds; please do not pay again.",
    },
    CustomerText {
        key: "payment_requires_action",
        text: "Your bank wants you to confirm the payment. Please do it before your seats are given to somebody else.",
    },
    CustomerText {
        key: CHECKED,
        text: "Your payment is being checked, because we have no clear answer from the payment provider. Please do not pay again: \
               you get your tickets, or your money back, and we tell you which.",
    },
    CustomerText {
        key: "payment_authorised",
        text: "Your bank has approved the payment. It is taken once your tickets are issued.",
    },
    CustomerText { key: "payment_captured", text: "Your payment has arrived." },
    CustomerText {
        key: "payment_declined",
        text: "Your bank did not accept the payment. Nothing was taken; you are welcome to try again.",
    },
    CustomerText { key: "payment_void", text: "The payment was closed before anything was taken." },
    CustomerText {
        key: "payment_late",
        text: "Your payment arrived after your booking had ended. We are giving it back in full; there is nothing you need to do.",
    },
    CustomerText {
        key: "refund_delayed",
        text: "Your refund did not go through at the first attempt. We are looking into it and will see that you get your money.",
    },
];

/// The text with this key.
pub fn by_key(key: &str) -> Option<CustomerText> {
    TEXTS.iter().copied().find(|text| text.key == key)
}

/// The text for where a payment stands; `is_challenged` while the customer has something to confirm.
pub fn of(status: &Status, is_challenged: bool) -> CustomerText {
    let key = match status {
        Status::Open | Status::Unknown if is_challenged => "payment_requires_action",
        Status::Open => "payment_asked",
        Status::Unknown => CHECKED,
        Status::Authorised { .. } => "payment_authorised",
        Status::Captured { .. } => "payment_captured",
        Status::Declined { .. } => "payment_declined",
        Status::Void => "payment_void",
    };
    by_key(key).unwrap_or(CustomerText { key, text: "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_words_and_the_uncertain_ones_say_not_to_pay_again() {
        let id = || "ch_1".to_owned();
        let states = [
            Status::Open,
            Status::Unknown,
            Status::Authorised { provider_id: id() },
            Status::Captured { provider_id: id() },
            Status::Declined { code: id() },
            Status::Void,
        ];
        for status in &states {
            for challenged in [false, true] {
                let CustomerText { key, text } = of(status, challenged);
                assert!(text.len() > 20, "{key}");
                assert_eq!(by_key(key).map(|text| text.key), Some(key));
                let uncertain = !status.is_settled() && !challenged;
                assert!(!uncertain || text.contains("do not pay again"), "{key}");
            }
        }
    }
}
