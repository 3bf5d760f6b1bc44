//! The data of the refund saga.

use serde::{Deserialize, Serialize};
use usher_core::{
    ids::{BookingId, PaymentId, RefundId},
    money::Money,
};

/// The input of the saga, and with the optional part the input of its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundData {
    /// The refund.
    pub refund_id: RefundId,
    /// The payment that it gives back.
    pub payment_id: PaymentId,
    /// What that payment was for.
    pub booking_id: BookingId,
    /// How much.
    pub amount: Money,
    /// Added by execute-refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Executed>,
}

/// The output of execute-refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executed {
    /// Where the refund stands: `pending`, `succeeded` and so on.
    pub status: String,
    /// Whether that is its end, as far as this saga waits for it.
    pub decided: bool,
    /// When to look again, if it is not.
    pub look_again_seconds: u32,
}
