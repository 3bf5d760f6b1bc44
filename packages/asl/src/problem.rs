//! What is wrong with a definition. A definition is checked as a whole and every problem is reported at once, because
//! whoever edits a saga would rather fix five lines than run the check five times.
//!
//! A problem says where it is three times: as a JSON Pointer for programs, as AWS writes places in its diagnostics, and
//! as line and column for people. Its message is AWS's own where that is known; `help` says what is allowed instead.

mod code;
mod collect;
mod location;
mod names;

use std::{fmt, ops::Range};

use serde::Serialize;

pub use code::{Code, Severity};
pub(crate) use collect::Problems;
pub(crate) use location::Location;
pub(crate) use names::{listed, similar};

/// One mistake in a definition: where it is, and what a person should change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether the definition is refused for it.
    pub severity: Severity,
    /// The sort of mistake, as AWS names it.
    pub code: Code,
    /// JSON Pointer to the place, for instance `/States/ChargePayment/Retry/0`.
    pub path: String,
    /// The place as AWS writes it, for instance `/States/ChargePayment/Retry[0]`. Where a field is missing or does not
    /// belong, AWS names the object around it.
    pub location: String,
    /// The state it belongs to, if it is inside one.
    pub state: Option<String>,
    /// The field it is about, if it is about one.
    pub field: Option<String>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What is allowed, or what was probably meant.
    pub help: Option<String>,
    /// Where it stands in the text.
    #[serde(flatten)]
    pub span: Span,
    #[serde(skip)]
    pub(crate) anchor: Anchor,
}

/// A part of the text. Lines and columns count from 1, columns in characters; the end is behind the last character.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The line it begins in.
    pub line: usize,
    /// The column it begins in.
    pub column: usize,
    /// The line it ends in.
    pub end_line: usize,
    /// The column it ends before.
    pub end_column: usize,
    /// The same as a range of bytes.
    #[serde(skip)]
    pub bytes: Range<usize>,
}

impl Default for Span {
    fn default() -> Self {
        Self { line: 1, column: 1, end_line: 1, end_column: 1, bytes: 0..0 }
    }
}

/// What of a member a problem points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Anchor {
    /// Its value, when that is short; the name of an object or a list.
    #[default]
    Value,
    /// Its name.
    Name,
    /// Nothing: the span is known already.
    Placed,
}

impl Problem {
    /// A problem with the thing at `location`.
    pub(crate) fn new(code: Code, location: &Location, message: impl Into<String>) -> Self {
        Self {
            severity: code.severity(),
            code,
            path: location.pointer().to_owned(),
            location: location.as_aws_writes_it().to_owned(),
            state: location.state_name().map(str::to_owned),
            field: None,
            message: message.into(),
            help: None,
            span: Span::default(),
            anchor: Anchor::Value,
        }
    }

    /// A problem with one field of the thing at `location`.
    pub(crate) fn with_field(code: Code, location: &Location, field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(code, &location.child(field), message) }
    }

    /// A field that must be there and is not.
    pub(crate) fn missing(location: &Location, field: &str) -> Self {
        let message = format!("The field '{field}' is required but was missing");
        Self::with_field(Code::SchemaValidationFailed, location, field, message).around(location)
    }

    /// A field that does not belong where it is.
    pub(crate) fn unsupported(location: &Location, field: &str) -> Self {
        let message = format!("Field '{field}' is not supported");
        let problem = Self::with_field(Code::SchemaValidationFailed, location, field, message).around(location);
        Self { anchor: Anchor::Name, ..problem }
    }

    /// Has AWS's form of the place name the object around the field.
    pub(crate) fn around(self, location: &Location) -> Self {
        Self { location: location.as_aws_writes_it().to_owned(), ..self }
    }

    /// Says what is allowed, or what was probably meant.
    pub(crate) fn help(self, help: impl Into<Option<String>>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// Whether the definition is refused for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (at {}", self.message, if self.path.is_empty() { "/" } else { &self.path })?;
        write!(out, ", line {} column {})", self.span.line, self.span.column)
    }
}
