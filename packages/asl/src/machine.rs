//! From text to [`StateMachine`]: read, then check what can only be checked on the whole.

use crate::{
    model::StateMachine,
    parse,
    problem::{Problem, Problems},
    validate,
};

impl StateMachine {
    /// Parses and validates a definition. Either there is a machine in which every name leads somewhere and every
    /// expression can be evaluated, or a list of everything that is wrong.
    pub fn parse(definition: &str) -> Result<Self, Vec<Problem>> {
        let problems = Problems::default();
        let machine = parse::machine(definition, &problems);
        if let Some(machine) = &machine {
            validate::machine(machine, &problems);
        }
        let found = problems.into_list();
        machine.filter(|_| found.is_empty()).ok_or(found)
    }
}
