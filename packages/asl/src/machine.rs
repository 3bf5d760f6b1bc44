//! From text to [`StateMachine`]: read, then check what can only be checked on the whole.

use crate::{
    model::StateMachine,
    problem::Problem,
    validate::{Target, check},
};

impl StateMachine {
    /// Parses and validates a definition. Either there is a machine in which every name leads somewhere and every
    /// expression can be evaluated, or a list of everything that is wrong.
    pub fn parse(definition: &str) -> Result<Self, Vec<Problem>> {
        Self::parse_for(definition, Target::Any)
    }

    /// The same for one who is to run it; what they do not run is wrong, too.
    pub fn parse_for(definition: &str, target: Target) -> Result<Self, Vec<Problem>> {
        let mut checked = check(definition, target);
        checked.problems.retain(Problem::is_error);
        match checked.machine {
            Some(machine) if checked.problems.is_empty() => Ok(machine),
            _ => Err(checked.problems),
        }
    }
}
