//! Which step a task asks for.

use serde_json::Value;

use crate::{
    problem::{Code, Location, Problem, Problems, listed, similar},
    validate::walk,
};

/// A step, as far as a saga has to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'r> {
    /// Its name in messages.
    pub name: &'r str,
    /// What it is to a saga.
    pub role: Role<'r>,
}

/// What a failure after a step means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'r> {
    /// It can be undone, by the step it names.
    Compensatable {
        /// The step that undoes it.
        undo: &'r str,
    },
    /// The point of no return: it takes the money.
    Pivot {
        /// The step that gives the money back.
        undo: &'r str,
    },
    /// It needs no undo.
    Retriable,
}

impl<'r> Step<'r> {
    /// The step that undoes it.
    pub(super) fn undo(&self) -> Option<&'r str> {
        match self.role {
            Role::Compensatable { undo } | Role::Pivot { undo } => Some(undo),
            Role::Retriable => None,
        }
    }
}

/// A task that asks for a step.
pub(super) struct Asked<'d, 'r> {
    /// The state of the outermost flow that it is, or is inside of.
    pub state: &'d str,
    /// Where the task stands.
    pub location: Location,
    /// The step.
    pub step: Step<'r>,
}

/// Every task that asks for a step; a name that no step has is reported.
pub(super) fn find<'d, 'r>(document: &'d Value, steps: &'r [Step<'r>], problems: &Problems) -> Vec<Asked<'d, 'r>> {
    let mut found = Vec::new();
    walk::states(document, &mut |state| {
        for field in ["Parameters", "Arguments"] {
            let Some(name) = state.members.get(field).and_then(|parameters| parameters.pointer("/MessageBody/step"))
            else {
                continue;
            };
            let Some(name) = name.as_str().filter(|name| !name.starts_with("{%")) else { continue };
            if let Some(step) = steps.iter().find(|step| step.name == name) {
                found.push(Asked { state: state.outermost, location: state.location.clone(), step: *step });
            } else {
                let names = || steps.iter().map(|step| step.name);
                let help = similar(name, names()).map_or_else(
                    || format!("the steps are {}", listed(names())),
                    |near| format!("did you mean '{near}'?"),
                );
                let place = state.location.child(field).child("MessageBody");
                let message = format!("There is no step '{name}'");
                problems.add(Problem::with_field(Code::SagaUnknownStep, &place, "step", message).help(help));
            }
        }
    });
    found
}
