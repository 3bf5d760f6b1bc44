//! The failures a state can end in, under the names that the States Language gives them. A failure is a value, not a
//! Rust error that travels with `?` to the caller: it is looked at by Retry and Catch and mostly ends up in the
//! history.

use serde_json::{Value, json};

pub(crate) const ALL: &str = "States.ALL";
pub(crate) const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
const EXCEED_TOLERATED_FAILURE_THRESHOLD: &str = "States.ExceedToleratedFailureThreshold";
pub(crate) const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
pub(crate) const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
pub(crate) const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";
pub(crate) const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
pub(crate) const RUNTIME: &str = "States.Runtime";
pub(crate) const TASK_FAILED: &str = "States.TaskFailed";
pub(crate) const TIMEOUT: &str = "States.Timeout";

/// The names that AWS reserves. An error name that starts with `States.` and is not here is a typing mistake.
pub(crate) const RESERVED: &[&str] = &[
    ALL,
    "States.BranchFailed",
    DATA_LIMIT_EXCEEDED,
    EXCEED_TOLERATED_FAILURE_THRESHOLD,
    HEARTBEAT_TIMEOUT,
    "States.Http.Socket",
    INTRINSIC_FAILURE,
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    QUERY_EVALUATION_ERROR,
    RESULT_PATH_MATCH_FAILURE,
    "States.ResultWriterFailed",
    RUNTIME,
    TASK_FAILED,
    TIMEOUT,
];

/// Why a state failed. Error and cause are both optional, because a worker may report neither.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// What Retry and Catch may take.
    Ordinary,
    /// The interpreter could not go on. No retrier and no catcher sees it, not even one that names it (recorded).
    Fatal,
    /// A heartbeat did not arrive. Reported as `States.Timeout`, but `States.HeartbeatTimeout` matches it as well.
    HeartbeatMissed,
    /// A JSONata expression has no usable value. The history tells it in an event of its own, with the field if it was
    /// one field's.
    Evaluation { location: Option<String> },
}

impl Failure {
    /// A failure that a task reported, or that a Fail state made.
    pub(crate) fn reported(error: Option<String>, cause: Option<String>) -> Self {
        Self { error, cause, kind: Kind::Ordinary }
    }

    /// A failure under one of the reserved names.
    pub(crate) fn named(error: &str, cause: String) -> Self {
        Self::reported(Some(error.to_owned()), Some(cause))
    }

    /// A task that ran out of time, or missed its heartbeat.
    pub(crate) fn timed_out(heartbeat: bool) -> Self {
        let kind = if heartbeat { Kind::HeartbeatMissed } else { Kind::Ordinary };
        Self { error: Some(TIMEOUT.to_owned()), cause: None, kind }
    }

    /// `States.QueryEvaluationError`, in the field at `location` if it is one field's.
    pub(crate) fn evaluation(location: Option<String>, cause: String) -> Self {
        let kind = Kind::Evaluation { location };
        Self { error: Some(QUERY_EVALUATION_ERROR.to_owned()), cause: Some(cause), kind }
    }

    /// More iterations of a Map failed than are tolerated.
    pub(crate) fn threshold() -> Self {
        let cause = "The specified tolerated failure threshold was exceeded".to_owned();
        Self::named(EXCEED_TOLERATED_FAILURE_THRESHOLD, cause)
    }

    /// Whether a JSONata expression had no usable value.
    pub(crate) fn is_evaluation(&self) -> bool {
        matches!(self.kind, Kind::Evaluation { .. })
    }

    /// The field whose expression had none, if it is one field's.
    pub(crate) fn location(&self) -> Option<&str> {
        match &self.kind {
            Kind::Evaluation { location } => location.as_deref(),
            _ => None,
        }
    }

    /// `States.Runtime`: ends the execution whatever the definition says.
    pub(crate) fn fatal(cause: String) -> Self {
        Self { error: Some(RUNTIME.to_owned()), cause: Some(cause), kind: Kind::Fatal }
    }

    /// The same, worded as AWS words what went wrong inside a state.
    pub(crate) fn in_state(state: &str, entered_event: u64, message: &str) -> Self {
        Self::fatal(Self::describe(state, entered_event, message))
    }

    /// The sentence with which AWS opens the cause of everything that goes wrong inside a state.
    pub(crate) fn describe(state: &str, entered_event: u64, message: &str) -> String {
        format!(
            "An error occurred while executing the state '{state}' (entered at the event id #{entered_event}). {message}"
        )
    }

    /// Whether nothing in the definition may handle it.
    pub(crate) fn is_fatal(&self) -> bool {
        self.kind == Kind::Fatal
    }

    /// Whether an `ErrorEquals` list takes this failure.
    pub(crate) fn matches(&self, names: &[String]) -> bool {
        !self.is_fatal() && names.iter().any(|name| self.matches_name(name))
    }

    /// The object a catcher puts into the data. Absent parts are null, but a time-out has an empty cause (recorded).
    pub(crate) fn to_output(&self) -> Value {
        let cause = match &self.cause {
            None if self.error.as_deref() == Some(TIMEOUT) => Some(""),
            cause => cause.as_deref(),
        };
        json!({ "Error": self.error, "Cause": cause })
    }

    fn matches_name(&self, name: &str) -> bool {
        let error = self.error.as_deref();
        match name {
            ALL => error != Some(RUNTIME),
            TASK_FAILED => error != Some(RUNTIME) && error != Some(TIMEOUT),
            HEARTBEAT_TIMEOUT if self.kind == Kind::HeartbeatMissed => true,
            name => error == Some(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(failure: &Failure, name: &str) -> bool {
        failure.matches(&[name.to_owned()])
    }

    #[test]
    fn wildcards_take_what_aws_lets_them_take() {
        let business = Failure::reported(Some("PaymentDeclined".into()), None);
        assert!(takes(&business, ALL) && takes(&business, TASK_FAILED) && takes(&business, "PaymentDeclined"));
        assert!(!takes(&business, "SeatUnavailable") && !takes(&business, TIMEOUT));

        let late = Failure::timed_out(false);
        assert!(takes(&late, ALL) && takes(&late, TIMEOUT));
        assert!(!takes(&late, TASK_FAILED) && !takes(&late, HEARTBEAT_TIMEOUT));

        let silent = Failure::timed_out(true);
        assert!(takes(&silent, TIMEOUT) && takes(&silent, HEARTBEAT_TIMEOUT));

        let anonymous = Failure::reported(None, None);
        assert!(takes(&anonymous, ALL) && !takes(&anonymous, RUNTIME));
    }

    #[test]
    fn nothing_takes_a_fatal_failure() {
        let fatal = Failure::fatal("broken".into());
        assert!(!takes(&fatal, ALL) && !takes(&fatal, RUNTIME) && !takes(&fatal, TASK_FAILED));
    }

    #[test]
    fn a_caught_time_out_has_an_empty_cause() {
        assert_eq!(Failure::timed_out(false).to_output(), json!({ "Error": "States.Timeout", "Cause": "" }));
        assert_eq!(Failure::reported(None, None).to_output(), json!({ "Error": null, "Cause": null }));
    }
}
