//! Collects problems while a definition is read.

use std::cell::RefCell;

use super::{Code, Location, Problem};

/// The problems so far. Shared by reference, because readers nest.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Reports that the thing at `location` is not what it must be.
    pub(crate) fn report(&self, location: &Location, message: impl Into<String>) {
        self.add(Problem::new(Code::SchemaValidationFailed, location, message));
    }

    /// Reports that one field of the thing at `location` is not what it must be.
    pub(crate) fn report_field(&self, location: &Location, field: &str, message: impl Into<String>) {
        self.add(Problem::with_field(Code::SchemaValidationFailed, location, field, message));
    }

    /// Reports any problem.
    pub(crate) fn add(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// Hands over what was found, in the order in which it was found.
    pub(crate) fn into_list(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}
