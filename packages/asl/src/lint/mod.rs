//! What a saga needs beyond what the language asks for: it ends, it goes back cleanly, the money is not taken when the
//! seats are gone, and its messages carry only what they may.
//!
//! A definition is a saga when one of its tasks asks for a step, which is to say when the literal `MessageBody.step` of
//! its parameters names one: that is the contract between engine and workers, so a file cannot forget to declare it. What
//! is no saga gets the same hint about waiting tasks as a warning, and nothing else. A new rule is a file here and a line
//! in [`lint`].

mod budget;
mod payload;
mod steps;
mod undo;
mod waits;

use crate::{
    problem::Severity,
    validate::{Checked, Target, examine},
};

pub use budget::{Budget, Part};
pub use steps::{Role, Step};

/// What sagas are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'r> {
    /// Every step there is.
    pub steps: &'r [Step<'r>],
    /// How long seats are held, in seconds. The charge has to be decided by then.
    pub hold_seconds: u64,
    /// How long an execution may take as a whole, in seconds.
    pub longest_seconds: u64,
}

/// A definition, everything there is to say about it, and the time a saga needs at worst.
#[derive(Debug, Clone, PartialEq)]
pub struct Linted {
    /// The rules of the language, and if it is a saga ours.
    pub checked: Checked,
    /// The time before the money is taken; absent when it takes none, or when no bound can be given.
    pub budget: Option<Budget>,
}

/// Reads and checks a definition, and if it is a saga, checks that as well.
pub fn lint(definition: &str, target: Target, rules: &Rules<'_>) -> Linted {
    let mut budget = None;
    let checked = examine(definition, target, |document, machine, problems| {
        let asked = steps::find(document, rules.steps, problems);
        if asked.is_empty() {
            waits::tasks(document, Severity::Warning, problems);
            return;
        }
        waits::tasks(document, Severity::Error, problems);
        payload::check(document, problems);
        undo::check(machine, &asked, problems);
        budget = budget::check(machine, &asked, rules, problems);
    });
    Linted { checked, budget }
}
