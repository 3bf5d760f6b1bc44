//! What is wrong with a definition. A definition is checked as a whole and every problem is reported at once, because
//! whoever edits a saga would rather fix five lines than run the check five times.

use std::{cell::RefCell, fmt};

use serde::Serialize;

/// One mistake in a definition: where it is, and what a person should change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// JSON Pointer to the place, for instance `/States/ChargePayment/Retry/0`.
    pub path: String,
    /// The state it belongs to, if it is inside one.
    pub state: Option<String>,
    /// The field it is about, if it is about one.
    pub field: Option<String>,
    /// What is wrong, as a sentence.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (at {})", self.message, if self.path.is_empty() { "/" } else { &self.path })
    }
}

/// Where a reader stands inside the definition.
#[derive(Debug, Clone, Default)]
pub(crate) struct Location {
    pointer: String,
    state: Option<String>,
}

impl Location {
    /// The place of a field or element below this one.
    pub(crate) fn child(&self, segment: &str) -> Self {
        let escaped = segment.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("{}/{escaped}", self.pointer), state: self.state.clone() }
    }

    /// The place of an array element below this one.
    pub(crate) fn element(&self, index: usize) -> Self {
        self.child(&index.to_string())
    }

    /// The place of a state below this one; what is said further down is said about that state.
    pub(crate) fn state(&self, name: &str) -> Self {
        Self { state: Some(name.to_owned()), ..self.child(name) }
    }
}

/// Collects problems while a definition is read. Shared by reference, because readers nest.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Reports a problem with the thing at `location` as a whole.
    pub(crate) fn report(&self, location: &Location, message: impl Into<String>) {
        self.push(location, None, message.into());
    }

    /// Reports a problem with one field of the thing at `location`.
    pub(crate) fn report_field(&self, location: &Location, field: &str, message: impl Into<String>) {
        self.push(location, Some(field), message.into());
    }

    /// Hands over what was found, in the order in which it was found.
    pub(crate) fn into_list(self) -> Vec<Problem> {
        self.0.into_inner()
    }

    fn push(&self, location: &Location, field: Option<&str>, message: String) {
        let place = field.map_or_else(|| location.clone(), |field| location.child(field));
        self.0.borrow_mut().push(Problem {
            path: place.pointer,
            state: location.state.clone(),
            field: field.map(str::to_owned),
            message,
        });
    }
}
