//! What can happen to an execution, as the engine is told it.

use serde_json::Value;
use usher_asl::{Event, Refused};
use usher_workflows::{amend::Amendment, orchestrator::OrchestratorError};

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Command {
    /// An execution is to exist.
    Start {
        /// Which saga.
        saga: String,
        /// The execution's name.
        name: String,
        /// Its input.
        input: Value,
    },
    /// Something for an execution that exists.
    Tell {
        /// Its id.
        execution: String,
        /// What.
        event: Event,
    },
    /// A person sets an execution right that they have seen.
    Amend {
        /// Its id.
        execution: String,
        /// The number of the last event that they saw.
        seen: u64,
        /// What they do.
        amendment: Amendment,
    },
}

/// The id of an execution: saga and name.
pub fn id(saga: &str, name: &str) -> String {
    format!("{saga}:{name}")
}

pub(super) fn refusal(event: &Event, refused: Refused) -> OrchestratorError {
    match (event, refused) {
        (Event::Stop { .. }, Refused::NotRunning) | (_, Refused::NotRedrivable) => {
            OrchestratorError::Conflict(refused.to_string())
        }
        _ => OrchestratorError::TokenDead,
    }
}
