//! What can happen to an execution, as the engine is told it.

use serde_json::Value;
use usher_asl::{Event, Refused};
use usher_workflows::orchestrator::OrchestratorError;

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
}

/// The id of an execution: saga and name.
pub fn id(saga: &str, name: &str) -> String {
    format!("{saga}:{name}")
}

pub(super) fn refusal(refused: Refused) -> OrchestratorError {
    match refused {
        Refused::NotRunning | Refused::UnknownToken | Refused::TokenClosed => OrchestratorError::TokenDead,
        Refused::NotRedrivable => OrchestratorError::Conflict(refused.to_string()),
    }
}
