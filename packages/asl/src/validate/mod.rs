//! Checks that can only be made on the whole machine: do all names lead somewhere, can everything be reached, can it
//! end. A new check is a file here and a line in [`machine`].

mod endings;
mod names;
mod reachability;
mod targets;

use crate::{
    model::{Flow, StateMachine},
    problem::{Location, Problems},
};

/// Makes every check.
pub(crate) fn machine(machine: &StateMachine, problems: &Problems) {
    names::check(&machine.flow, problems);
    flow(&machine.flow, &Location::default(), problems);
}

fn flow(checked: &Flow, location: &Location, problems: &Problems) {
    targets::check(checked, location, problems);
    reachability::check(checked, location, problems);
    endings::check(checked, location, problems);
    for state in checked.states() {
        let place = location.child("States").state(&state.name);
        for (field, inner) in state.flows() {
            let place = field.split('/').fold(place.clone(), |place, segment| place.child(segment));
            flow(inner, &place, problems);
        }
    }
}
