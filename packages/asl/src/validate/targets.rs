//! Every name that a state leads to is a state of the same flow.

use crate::{
    model::Flow,
    problem::{Code, Location, Problem, Problems, listed, similar},
};

pub(super) fn check(flow: &Flow, location: &Location, problems: &Problems) {
    if flow.states.is_empty() {
        return;
    }
    if !flow.start_at.is_empty() && flow.get(&flow.start_at).is_none() {
        problems.add(dangling(flow, location, "StartAt", &flow.start_at));
    }
    for state in flow.states() {
        let place = location.child("States").state(&state.name);
        for (field, target) in state.targets().into_iter().filter(|(_, target)| flow.get(target).is_none()) {
            let (around, field) = field
                .rsplit_once('/')
                .map_or((place.clone(), field.as_str()), |(path, field)| (place.descend(path), field));
            problems.add(dangling(flow, &around, field, target));
        }
    }
}

/// AWS calls every kind of transition 'Next' in its message.
fn dangling(flow: &Flow, location: &Location, field: &str, target: &str) -> Problem {
    let names = || flow.states().map(|state| state.name.as_str());
    let help = match similar(target, names()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("the states here are {}", listed(names())),
    };
    Problem::with_field(Code::MissingTransitionTarget, location, field, format!("Missing 'Next' target: {target}"))
        .help(help)
}
