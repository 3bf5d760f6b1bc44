//! Every step there is: its name, its state, what it is to the saga, and what undoes it.
//!
//! The name is at once queue, metric label, span and file name in `workers/src/steps`. To add one, add a line here; the
//! contract test of `workers` then asks for the file, and the test below for a state that uses it.

/// What a failure after this step means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Can be undone by the step it names.
    Compensatable {
        /// The name of the step that undoes it.
        undo: &'static str,
    },
    /// The point of no return: before it the saga may give up for any reason, after it the customer is owed something.
    Pivot {
        /// The name of the step that gives the money back.
        undo: &'static str,
    },
    /// Has no undo and must succeed in the end, or does not matter when it fails.
    Retriable,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// In kebab case: `reserve-seats`.
    pub name: &'static str,
    /// The state in the definitions: `ReserveSeats`.
    pub state: &'static str,
    /// What it is to the saga.
    pub kind: StepKind,
}

const fn step(name: &'static str, state: &'static str, kind: StepKind) -> Step {
    Step { name, state, kind }
}

/// All steps, each after the ones that it builds on.
pub const STEPS: [Step; 12] = [
    step("reserve-seats", "ReserveSeats", StepKind::Compensatable { undo: "release-seats" }),
    step("charge-payment", "ChargePayment", StepKind::Pivot { undo: "refund-payment" }),
    step("issue-tickets", "IssueTickets", StepKind::Compensatable { undo: "revoke-tickets" }),
    step("notify-customer", "NotifyCustomer", StepKind::Retriable),
    step("revoke-tickets", "RevokeTickets", StepKind::Retriable),
    step("refund-payment", "RefundPayment", StepKind::Retriable),
    step("release-seats", "ReleaseSeats", StepKind::Retriable),
    step("notify-rejection", "NotifyRejection", StepKind::Retriable),
    step("notify-cancellation", "NotifyCancellation", StepKind::Retriable),
    step("execute-refund", "ExecuteRefund", StepKind::Retriable),
    step("notify-refund", "NotifyRefund", StepKind::Retriable),
    step("sweep-bookings", "SweepBookings", StepKind::Retriable),
];
