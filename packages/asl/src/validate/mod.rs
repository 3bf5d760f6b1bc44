//! Checks that can only be made on the whole machine: do all names lead somewhere, can everything be reached, can it
//! end, can the one who is to run it do so. A new check is a file here and a line in [`check`] or [`flow`].

mod distributed;
mod endings;
mod expressions;
mod looks;
mod names;
mod reachability;
mod resources;
mod target;
mod targets;
mod variables;
pub(crate) mod walk;

use serde_json::Value;

use crate::{
    model::{Flow, StateMachine},
    parse::{self, document::Document},
    problem::{Location, Problem, Problems},
};

pub use target::{SEND_AND_WAIT, Target};

/// A definition, and everything there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The machine, when there is enough to build one; it is fit to run only without errors.
    pub machine: Option<StateMachine>,
    /// Errors and warnings in the order of the text.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// Whether nothing stops a deployment.
    pub fn is_valid(&self) -> bool {
        self.machine.is_some() && !self.problems.iter().any(Problem::is_error)
    }
}

/// Reads and checks a definition for the one who is to run it.
pub fn check(definition: &str, target: Target) -> Checked {
    examine(definition, target, |_, _, _| {})
}

/// The same with a further check, which is handed the document and the machine if one could be built.
pub(crate) fn examine(
    definition: &str,
    target: Target,
    further: impl FnOnce(&Value, &StateMachine, &Problems),
) -> Checked {
    let problems = Problems::default();
    let Some(document) = Document::read(definition, &problems) else {
        return Checked { machine: None, problems: problems.into_list() };
    };
    let machine = parse::machine(&document.value, &problems);
    distributed::check(&document.value, target, &problems);
    expressions::check(&document.value, &problems);
    looks::check(&document.value, &problems);
    target::check(&document.value, target, &problems);
    variables::check(&document.value, &problems);
    if let Some(machine) = &machine {
        names::check(&machine.flow, &problems);
        flow(&machine.flow, &Location::default(), &problems);
        further(&document.value, machine, &problems);
    }
    let mut found = problems.into_list();
    document.place(&mut found);
    // What two readers of one field say alike is one problem.
    found.sort_by_key(|problem| problem.span.bytes.start);
    found.dedup();
    Checked { machine, problems: found }
}

fn flow(checked: &Flow, location: &Location, problems: &Problems) {
    targets::check(checked, location, problems);
    reachability::check(checked, location, problems);
    endings::check(checked, location, problems);
    for state in checked.states() {
        let place = location.child("States").state(&state.name);
        for (field, inner) in state.flows() {
            flow(inner, &place.descend(&field), problems);
        }
    }
}
