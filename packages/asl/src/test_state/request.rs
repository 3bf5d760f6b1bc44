//! What is asked, under the names that AWS gives the parts. Documents are JSON texts, as they are there.

use serde::Deserialize;

/// A request to try one state.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    /// A state, or a machine and the name of one of its states.
    pub definition: String,
    /// The state of the machine.
    pub state_name: Option<String>,
    /// What it is given.
    pub input: Option<String>,
    /// How much of what happens is told.
    pub inspection_level: InspectionLevel,
    /// What those it calls answer.
    pub mock: Option<Mock>,
    /// Whether secrets of HTTP tasks are told.
    pub reveal_secrets: bool,
    /// The context object.
    pub context: Option<String>,
    /// The variables that were set before.
    pub variables: Option<String>,
    /// Where in its life the state is.
    pub state_configuration: StateConfiguration,
}

/// How much of what happens is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum InspectionLevel {
    /// What comes out.
    #[default]
    Info,
    /// The data on its way, too.
    Debug,
    /// The same, and of HTTP tasks the request and the response.
    Trace,
}

/// What those whom a state calls answer.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Mock {
    /// They succeed with this.
    pub result: Option<String>,
    /// They fail with this.
    pub error_output: Option<ErrorOutput>,
    /// How closely the result must look like that of the service.
    pub field_validation_mode: ValidationMode,
}

/// A failure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ErrorOutput {
    /// The error name.
    pub error: Option<String>,
    /// The explanation.
    pub cause: Option<String>,
}

/// How closely a mocked result must look like that of the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ValidationMode {
    /// What is required is there and everything known is of its type.
    #[default]
    Strict,
    /// Everything known is of its type.
    Present,
    /// Not at all.
    None,
}

/// Where in its life the state is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StateConfiguration {
    /// How often the retrier went on before.
    pub retrier_retry_count: Option<u32>,
    /// The state inside whose failure the mock reports.
    pub error_caused_by_state: Option<String>,
    /// How many iterations failed.
    pub map_iteration_failure_count: Option<u64>,
    /// What the reader of a distributed Map read.
    pub map_item_reader_data: Option<String>,
}
