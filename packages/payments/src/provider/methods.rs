//! The means of payment of the simulator, each named after how it behaves.
//!
//! To add one, add a constant, put it into the list, and give it a behaviour in `simulator/charges.rs`.

/// Captured at once.
pub const OK: &str = "pm_ok";
/// Declined with `card_declined`.
pub const DECLINED: &str = "pm_declined";
/// Declined with `insufficient_funds`.
pub const INSUFFICIENT_FUNDS: &str = "pm_insufficient_funds";
/// Waits until the customer has answered on the page of the challenge; captured or declined with `authentication_failed`.
pub const CHALLENGE: &str = "pm_challenge";
/// Pending, and captured after a while by itself, as with a bank transfer.
pub const PROCESSING: &str = "pm_processing";
/// Declined with `expired_card`.
pub const EXPIRED_CARD: &str = "pm_expired_card";
/// Declined with `lost_card`.
pub const LOST_CARD: &str = "pm_lost_card";
/// Declined with `processing_error`, and captured all the same a while later.
pub const LATE_SUCCESS: &str = "pm_late_success";
/// Authorised as usual; capturing it is declined with `authorisation_expired`.
pub const CAPTURE_FAILS: &str = "pm_capture_fails";
/// Captured after a while.
pub const SLOW: &str = "pm_slow";
/// Hangs, and nothing is charged.
pub const TIMEOUT_BEFORE: &str = "pm_timeout_before";
/// Charged, and then hangs: the answer is lost.
pub const TIMEOUT_AFTER: &str = "pm_timeout_after";
/// Fails the first time without effect, then works.
pub const ERROR_ONCE: &str = "pm_error_once";

/// Captured; its refunds are pending for a while, then succeed.
pub const REFUND_PENDING: &str = "pm_refund_pending";
/// Captured; its refunds wait for the customer for a while, then succeed.
pub const REFUND_ACTION: &str = "pm_refund_action";
/// Captured; its refunds fail with `expired_or_canceled_card`.
pub const REFUND_FAILS: &str = "pm_refund_fails";
/// Captured; its refunds succeed, and come back a while later.
pub const REFUND_REVERSED: &str = "pm_refund_reversed";

/// Those that differ in how they are refunded.
pub const REFUNDED_ODDLY: &[&str] = &[REFUND_ACTION, REFUND_FAILS, REFUND_PENDING, REFUND_REVERSED];

/// All of them.
pub const METHODS: &[&str] = &[
    CAPTURE_FAILS,
    CHALLENGE,
    DECLINED,
    ERROR_ONCE,
    EXPIRED_CARD,
    INSUFFICIENT_FUNDS,
    LATE_SUCCESS,
    LOST_CARD,
    OK,
    PROCESSING,
    REFUND_ACTION,
    REFUND_FAILS,
    REFUND_PENDING,
    REFUND_REVERSED,
    SLOW,
    TIMEOUT_AFTER,
    TIMEOUT_BEFORE,
];
