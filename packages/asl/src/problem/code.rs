//! The sorts of problems. The first three groups have AWS's names, as `ValidateStateMachineDefinition` answers them; the
//! rest are ours.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether a problem stops a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// The definition is refused.
    Error,
    /// It works, but probably not as it was meant.
    Warning,
}

/// What sort of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The text is not JSON.
    InvalidJsonDescription,
    /// There is no text.
    MissingDescription,
    /// A field is missing, not known, or holds what it must not.
    SchemaValidationFailed,
    /// A text between `{%` and `%}` is no JSONata.
    InvalidJsonataExpression,
    /// It is JSONata, but nothing that a state can evaluate.
    UnsupportedJsonataExpression,
    /// Nothing ends the workflow.
    MissingEndState,
    /// A transition leads nowhere, or no transition leads to a state.
    MissingTransitionTarget,
    /// Two states have one name.
    DuplicateStateName,
    /// A name that no state may have.
    InvalidStateName,

    /// A text looks like a path, but its field does not end with `.$`.
    NoDollar,
    /// A text looks like a path, but the field's name does not end with `Path`.
    NoPath,
    /// The fixed result of a Pass state looks like a path.
    PassResultIsStatic,
    /// The resource of a Task is no ARN.
    InvalidResource,

    /// The one who is to run it cannot.
    UnsupportedByTarget,

    /// A saga's task may wait for ever, or nobody notices that its worker died.
    SagaTaskUnbounded,
    /// A saga may run for ever, or longer than it should.
    SagaUnbounded,
    /// What a step did is not undone on every way back.
    SagaNotUndone,
    /// The money may be taken when the seats are gone.
    SagaTimeBudget,
    /// A message carries what it must not, or more than it can.
    SagaPayload,
    /// A task asks for a step that does not exist.
    SagaUnknownStep,
}

impl Code {
    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::NoDollar | Self::NoPath | Self::PassResultIsStatic | Self::InvalidResource => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(out)
    }
}
