//! State names are unique in the whole machine, so that a name in the history, in a metric or on a screen says enough.

use std::collections::HashSet;

use crate::{
    model::Flow,
    problem::{Anchor, Code, Location, Problem, Problems},
};

pub(super) fn check(flow: &Flow, problems: &Problems) {
    visit(flow, &Location::default(), &mut HashSet::new(), problems);
}

fn visit<'m>(flow: &'m Flow, location: &Location, seen: &mut HashSet<&'m str>, problems: &Problems) {
    for state in flow.states() {
        let place = location.child("States").state(&state.name);
        if !seen.insert(&state.name) {
            let message = format!("Another state is named '{}' too", state.name);
            let problem = Problem::new(Code::DuplicateStateName, &place, message);
            let help = "names are unique in the whole machine, states inside of others included".to_owned();
            problems.add(Problem { anchor: Anchor::Name, ..problem.help(help) });
        }
        for (field, inner) in state.flows() {
            visit(inner, &place.descend(&field), seen, problems);
        }
    }
}
