//! One recorded case, as its file spells it.

use serde::Deserialize;
use serde_json::Value;

/// Reads a file of cases.
pub fn read(text: &str) -> Result<Vec<Case>, serde_json::Error> {
    serde_json::from_str(text)
}

/// What was asked of the service, and what it answered.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Unique among all cases.
    pub id: String,
    /// The subject, which is also the name of its file.
    pub area: String,
    /// What was asked.
    pub kind: Kind,
    /// The type of the workflow: `STANDARD` or `EXPRESS`.
    #[serde(default, rename = "type")]
    pub workflow_type: String,
    /// The definition, parsed.
    #[serde(default)]
    pub definition: Value,
    /// The definition as a text, where parsing would lose something.
    #[serde(default)]
    pub definition_text: Option<String>,
    /// What the execution or the state was given.
    #[serde(default)]
    pub input: Value,
    /// The name of the execution, if the case chose one.
    #[serde(default)]
    pub execution_name: Option<String>,
    /// A request to stop that arrives while it runs.
    #[serde(default)]
    pub stop: Option<Stop>,
    /// What became of each attempt of each task, in the order in which they were scheduled.
    #[serde(default)]
    pub task_outcomes: Vec<TaskOutcome>,
    /// The rest of a request to test one state.
    #[serde(default)]
    pub request: Value,
    /// What the service answered.
    pub expected: Expected,
}

/// What was asked of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// To run a definition.
    Execution,
    /// To try one state.
    State,
    /// Whether a definition is valid.
    Validation,
}

/// A request to stop.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Stop {
    /// The error name to report.
    pub error: Option<String>,
    /// The explanation to report.
    pub cause: Option<String>,
}

/// One attempt of a task.
#[derive(Debug, Clone, Deserialize)]
pub struct TaskOutcome {
    /// The state it belongs to.
    pub state: String,
    /// What must have been asked for.
    #[serde(default)]
    pub request: Option<Value>,
    /// What the service that carries the work answered first.
    #[serde(default)]
    pub submitted: Option<Value>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an attempt ended: with an output, silently, or else with a failure.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// What it gave.
    #[serde(deserialize_with = "present")]
    pub output: Option<Value>,
    /// The error name, if it failed with one.
    pub error: Option<String>,
    /// The explanation, if it failed with one: a text, or the JSON that the text held.
    pub cause: Option<Value>,
    /// It never answers.
    pub silent: bool,
}

/// What the service answered.
#[derive(Debug, Clone, Deserialize)]
pub struct Expected {
    /// The status of an execution.
    #[serde(default)]
    pub status: Option<String>,
    /// The events of an execution.
    #[serde(default)]
    pub history: Option<Vec<Value>>,
    /// The event types that the recording lost.
    #[serde(default)]
    pub history_lost: Vec<String>,
    /// How the events are ordered.
    #[serde(default)]
    pub order: Order,
    /// The verdict on a definition.
    #[serde(default)]
    pub valid: Option<bool>,
    /// Everything else, by name.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// How the events of a recording are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// One after another.
    #[default]
    Total,
    /// Branches may interleave: a tree over the predecessors.
    Partial,
    /// The recorder sorted them and dropped their numbers.
    Masked,
}

impl Case {
    /// The text of its definition.
    pub fn definition_text(&self) -> String {
        self.definition_text.clone().unwrap_or_else(|| match &self.definition {
            Value::String(text) => text.clone(),
            document => document.to_string(),
        })
    }
}

/// Tells an output that is null from none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
