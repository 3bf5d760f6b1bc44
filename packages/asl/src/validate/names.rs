//! State names are unique in the whole machine, so that a name in the history, in a metric or on a screen says enough.

use std::collections::HashSet;

use crate::{
    model::Flow,
    problem::{Location, Problems},
};

pub(super) fn check(flow: &Flow, problems: &Problems) {
    visit(flow, &Location::default(), &mut HashSet::new(), problems);
}

fn visit<'m>(flow: &'m Flow, location: &Location, seen: &mut HashSet<&'m str>, problems: &Problems) {
    for state in flow.states() {
        let place = location.child("States").state(&state.name);
        if !seen.insert(&state.name) {
            problems.report(
                &place,
                format!("Another state is named '{}' too; names are unique in the whole machine", state.name),
            );
        }
        for (field, inner) in state.flows() {
            let place = field.split('/').fold(place.clone(), |place, segment| place.child(segment));
            visit(inner, &place, seen, problems);
        }
    }
}
