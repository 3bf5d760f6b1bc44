//! What can be done to a saga, and in which states of it.
//!
//! The names are those of the field: redrive and stop are Step Functions' words, undo is the saga literature's compensation,
//! and to mark a step as done by hand is to complete it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_core::ids::UserId;
use usher_workflows::{
    amend::{Standing, Waits},
    definitions::BOOKING,
    orchestrator::Status,
};

/// What somebody wants done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Go on from the state in which it failed, timed out or was stopped.
    Redrive {
        /// With this input of the state instead of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        input: Option<Value>,
    },
    /// Go back, wherever it stands: seats free, money back, tickets invalid, the customer told.
    Undo,
    /// Try the present task again now.
    Retry,
    /// End a wait of the definition.
    Skip,
    /// Go on as if the step in which it failed were done, because it was, by other means.
    Complete {
        /// What the step would have answered; what its probe finds when it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Value>,
        /// How anybody can see that it is done: the number of a transfer, a ticket of support.
        evidence: String,
    },
    /// End it here, and undo nothing.
    Stop,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who it is. Neither name nor address stands in the chain.
    pub user: UserId,
    /// What they may do, as of then.
    pub role: String,
}

impl Act {
    /// As it is written in addresses, commands and the chain.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Redrive { .. } => "redrive",
            Self::Undo => "undo",
            Self::Retry => "retry",
            Self::Skip => "skip",
            Self::Complete { .. } => "complete",
            Self::Stop => "stop",
        }
    }

    /// Why it cannot be done as the saga stands; nothing when it can.
    pub fn refusal(&self, standing: &Standing) -> Option<String> {
        let status = standing.execution.status;
        let failed = matches!(status, Status::Failed | Status::TimedOut | Status::Aborted);
        let waits =
            |wanted: &[Waits]| status == Status::Running && matches!(&*standing.waits, [one] if wanted.contains(one));
        let why = match self {
            Self::Redrive { .. } | Self::Complete { .. } if !failed => {
                "only a saga that failed, timed out or was stopped can go on from there"
            }
            Self::Stop if status != Status::Running => "it has ended",
            Self::Retry if !waits(&[Waits::Task, Waits::Retry]) => {
                "there is no attempt of a step that could be made anew"
            }
            Self::Skip if !waits(&[Waits::Moment]) => "it does not stand in a wait",
            Self::Undo if standing.execution.saga != BOOKING.name => {
                "it consists of undo steps and of what must happen, and is never undone itself; redrive it"
            }
            Self::Undo if is_undone(standing) => "it is undone",
            _ => return None,
        };
        Some(why.to_owned())
    }

    /// What can be done with a saga that stands so, by name.
    pub fn possible(standing: &Standing) -> Vec<&'static str> {
        let all = [
            Self::Redrive { input: None },
            Self::Undo,
            Self::Retry,
            Self::Skip,
            Self::Complete { output: None, evidence: String::new() },
            Self::Stop,
        ];
        all.into_iter().filter(|act| act.refusal(standing).is_none()).map(|act| act.name()).collect()
    }
}

/// Whether a saga ended with nothing left of its booking.
pub(crate) fn is_undone(standing: &Standing) -> bool {
    let outcome = standing.execution.output.as_ref().and_then(|output| output["outcome"].as_str());
    standing.execution.status == Status::Succeeded && matches!(outcome, Some("rejected" | "cancelled"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::OffsetDateTime;
    use usher_workflows::orchestrator::Execution;

    use super::*;

    fn standing(saga: &str, status: Status, waits: &[Waits]) -> Standing {
        let execution = Execution {
            id: format!("{saga}:x"),
            saga: saga.to_owned(),
            name: "x".to_owned(),
            status,
            states: Vec::new(),
            started_at: OffsetDateTime::UNIX_EPOCH,
            stopped_at: None,
            input: json!({}),
            output: (status == Status::Succeeded).then(|| json!({ "outcome": "rejected" })),
            error: None,
            cause: None,
        };
        Standing { execution, version: 1, data: Value::Null, waits: waits.to_vec() }
    }

    #[test]
    fn each_act_has_its_states() {
        for (saga, status, waits, expected) in [
            ("booking", Status::Running, vec![Waits::Task], vec!["undo", "retry", "stop"]),
            ("booking", Status::Running, vec![Waits::Retry], vec!["undo", "retry", "stop"]),
            ("refund", Status::Running, vec![Waits::Moment], vec!["skip", "stop"]),
            ("booking", Status::Failed, vec![], vec!["redrive", "undo", "complete"]),
            ("cancellation", Status::TimedOut, vec![], vec!["redrive", "complete"]),
            ("booking", Status::Aborted, vec![], vec!["redrive", "undo", "complete"]),
            ("booking", Status::Succeeded, vec![], vec![]),
        ] {
            assert_eq!(Act::possible(&standing(saga, status, &waits)), expected, "{saga} {status:?} {waits:?}");
        }
    }
}
