//! What a customer is told of a payment and of a refund: true in every state, also in those in which we know little.
//!
//! The rule for the uncertain ones: say that we do not know, who is finding out, and above all that paying again is not
//! needed. Texts have keys, so that a screen may bring its own words in another language.

use crate::{
    payment::Status,
    refund::{Action, RefundStatus},
};

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
        key: "refund_approved_first",
        text: "Your refund is being looked at by a second person here. Nothing has been sent to your bank so far.",
    },
    CustomerText {
        key: "refund_asked",
        text: "We have asked for your refund. It is not decided yet, and there is nothing you need to do.",
    },
    CustomerText {
        key: "refund_requires_action",
        text: "Your refund is ready, but the payment provider needs something from you first. It has written to you itself.",
    },
    CustomerText {
        key: "refund_succeeded",
        text: "We have refunded the money to the way you paid. Your bank may take a few days to show it.",
    },
    CustomerText {
        key: "refund_cancelled",
        text: "The refund was called off before any money moved. Please ask us if you expected it.",
    },
    CustomerText {
        key: "refund_owed",
        text: "The money could not be sent back to the way you paid. It is still owed to you: we will pay it out another way and get \
               in touch.",
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

/// The text for where a refund stands.
pub fn of_refund(status: &RefundStatus) -> CustomerText {
    let key = match status {
        RefundStatus::RequiresAction { action: Action::Approval } => "refund_approved_first",
        RefundStatus::RequiresAction { action: Action::Customer } => "refund_requires_action",
        RefundStatus::Pending => "refund_asked",
        RefundStatus::Succeeded { .. } => "refund_succeeded",
        RefundStatus::Cancelled => "refund_cancelled",
        RefundStatus::Failed { .. } | RefundStatus::Reversed { .. } => "refund_owed",
    };
    by_key(key).unwrap_or(CustomerText { key, text: "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refund_is_called_refunded_only_when_it_is() {
        let id = || "re_1".to_owned();
        let states = [
            RefundStatus::Pending,
            RefundStatus::RequiresAction { action: Action::Approval },
            RefundStatus::RequiresAction { action: Action::Customer },
            RefundStatus::Succeeded { provider_id: id() },
            RefundStatus::Failed { code: id() },
            RefundStatus::Cancelled,
            RefundStatus::Reversed { provider_id: id(), code: id() },
        ];
        for status in &states {
            let CustomerText { key, text } = of_refund(status);
            assert!(text.len() > 20, "{key}");
            let is_made = matches!(status, RefundStatus::Succeeded { .. });
            assert_eq!(text.contains("have refunded"), is_made, "{key}");
            let is_owed = matches!(status, RefundStatus::Failed { .. } | RefundStatus::Reversed { .. });
            assert_eq!(text.contains("still owed to you"), is_owed, "{key}");
        }
    }

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
