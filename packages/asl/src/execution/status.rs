//! How an execution stands.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How an execution stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Status {
    /// It goes on.
    #[default]
    #[serde(rename = "r")]
    Running,
    /// It ended well.
    #[serde(rename = "s")]
    Succeeded {
        /// What it produced.
        #[serde(rename = "o")]
        output: Value,
    },
    /// A state failed and nothing handled it.
    #[serde(rename = "f")]
    Failed {
        /// The error name.
        #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// The explanation.
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// It ran longer than the machine's `TimeoutSeconds`.
    #[serde(rename = "t")]
    TimedOut {
        /// The error name.
        #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// The explanation.
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// Somebody stopped it.
    #[serde(rename = "a")]
    Aborted {
        /// The error name that was given.
        #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// The explanation that was given.
        #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
}

impl Status {
    /// Whether it goes on.
    pub fn is_running(&self) -> bool {
        *self == Self::Running
    }

    /// The word that AWS uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded { .. } => "SUCCEEDED",
            Self::Failed { .. } => "FAILED",
            Self::TimedOut { .. } => "TIMED_OUT",
            Self::Aborted { .. } => "ABORTED",
        }
    }
}
