//! How far the interpreter agrees with a recording.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::Case;

/// How much of a recording was met. Each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not even the outcome.
    Nothing,
    /// Status, output and error; of a definition, whether it is valid.
    Outcome,
    /// The explanation too.
    Cause,
    /// The types of the history events too.
    Types,
    /// Everything.
    History,
}

impl Level {
    /// The levels that a recording can be met at, in order.
    pub const ALL: [Self; 4] = [Self::Outcome, Self::Cause, Self::Types, Self::History];
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Nothing => "nothing",
            Self::Outcome => "outcome",
            Self::Cause => "cause",
            Self::Types => "types",
            Self::History => "history",
        })
    }
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The case.
    pub id: String,
    /// Its area.
    pub area: String,
    /// How much of the recording was met.
    pub level: Level,
    /// The first difference; nothing when there is none.
    pub difference: Option<String>,
    /// What the interpreter answered, in the form of the recording.
    pub result: Value,
}

impl Verdict {
    /// Everything agrees.
    pub(super) fn exact(case: &Case, result: Value) -> Self {
        Self { id: case.id.clone(), area: case.area.clone(), level: Level::History, difference: None, result }
    }

    /// It agrees up to `level`.
    pub(super) fn differs(case: &Case, level: Level, difference: impl Into<String>, result: Value) -> Self {
        Self { level, difference: Some(difference.into()), ..Self::exact(case, result) }
    }

    /// There is no answer to compare.
    pub(super) fn missing(case: &Case, reason: impl Into<String>) -> Self {
        Self::differs(case, Level::Nothing, reason, Value::Null)
    }

    /// Whether everything agrees.
    pub fn is_exact(&self) -> bool {
        self.level == Level::History
    }
}
