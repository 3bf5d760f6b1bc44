//! What stands in a step's queue: who asks, for which execution, with what input, and the token to answer with.
//!
//! The definitions build it in `Parameters.MessageBody`; SQS, AMQP and the embedded queue carry it unchanged.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_core::trace::TraceContext;

/// The receipt of a waiting task. Whoever holds it can answer, so it is neither logged nor printed.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskToken(pub String);

impl fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskToken(..)")
    }
}

/// The version of requests that is written and read here. Raised when a worker of before could not perform one: whoever
/// reads a newer one puts it aside. A new member that may be absent is no new version.
pub const VERSION: u32 = 1;

/// What requests were before they had a version.
const fn first() -> u32 {
    1
}

/// One request for a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The version of the request's shape.
    #[serde(default = "first")]
    pub version: u32,
    /// To answer with.
    pub task_token: TaskToken,
    /// The execution's id (its ARN on AWS).
    pub execution: String,
    /// Which saga.
    pub saga: String,
    /// The execution's name: the id of the booking or of the cancellation.
    pub name: String,
    /// Which step.
    pub step: String,
    /// How many attempts there were before this one.
    pub attempt: u32,
    /// When the state was entered, RFC 3339.
    pub entered_at: String,
    /// The state's input: the saga's data so far.
    pub input: Value,
}

impl Envelope {
    /// The name of the effect: the same for every delivery, retry and redrive of this step in this execution.
    pub fn effect(&self) -> String {
        format!("{}/{}", self.name, self.step)
    }

    /// The trace of the request that began the saga, if it began with one.
    pub fn traceparent(&self) -> Option<TraceContext> {
        self.input.get("traceparent")?.as_str()?.parse().ok()
    }

    /// The booking that it is about.
    pub fn booking(&self) -> Option<&str> {
        self.input.get("booking_id")?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_print() {
        assert_eq!(format!("{:?}", TaskToken("secret".to_owned())), "TaskToken(..)");
    }
}
