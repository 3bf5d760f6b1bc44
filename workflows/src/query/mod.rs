//! How people find sagas: `status:running step:ChargePayment age>10m`. One grammar for the command line, the API and the UI.
//!
//! A query is a list of terms with blanks between them, and a saga is found when all of them hold. A term is a field, an
//! operator and a value: `saga:refund`, `attempt>=3`. Values with commas between them are alternatives (`status:failed,aborted`), a
//! minus in front turns a term round (`-error:PaymentDeclined`), a value with blanks stands in double quotes, and an id alone is
//! looked for where its kind belongs (`bkg_...` is `booking:bkg_...`).
//!
//! [`lex`] takes a text apart, [`field`] knows the fields and what they take, [`Condition`] is what is left of a term, and
//! [`listed`] is what is found. [`Condition::holds`] says in memory what a list says in SQL; a test holds them against each other.
//! To add a field: a line in [`field::FIELDS`], a variant here, and its SQL in `orchestrator/src/projected/find.rs`.

mod condition;
pub mod field;
mod lex;
pub mod listed;
mod parse;
mod span;

use std::{fmt, ops::Range};

pub use condition::{Comparison, Condition, ErrorName, PaymentName};
pub use listed::{Found, Listed, Search, Sort, Waiting};

/// What somebody looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them have to hold.
    pub terms: Vec<Term>,
}

/// One condition, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether the condition must not hold.
    pub not: bool,
    /// What has to be so.
    pub condition: Condition,
}

/// A text that is no query: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct QueryError {
    /// The whole text.
    pub query: String,
    /// Which bytes of it are wrong.
    pub at: Range<usize>,
    /// What is wrong with them, and what would be right.
    pub message: String,
}

impl fmt::Display for QueryError {
    /// The message, and below it the place in the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.query.get(..self.at.start).unwrap_or_default().chars().count();
        let marked = self.query.get(self.at.clone()).unwrap_or_default().chars().count().max(1);
        write!(f, "{}\n  {}\n  {:before$}{}", self.message, self.query, "", "^".repeat(marked))
    }
}

impl Query {
    /// Whether a saga is what is looked for.
    pub fn finds(&self, saga: &Listed, now: time::OffsetDateTime) -> bool {
        self.terms.iter().all(|term| term.condition.holds(saga, now) != term.not)
    }

    /// The query with one more condition.
    #[must_use]
    pub fn and(mut self, condition: Condition) -> Self {
        self.terms.push(Term { not: false, condition });
        self
    }
}

#[cfg(test)]
mod tests;
