//! Every state can be reached from the start of its flow.

use std::collections::HashSet;

use crate::{
    model::Flow,
    problem::{Code, Location, Problem, Problems},
};

pub(super) fn check(flow: &Flow, location: &Location, problems: &Problems) {
    if flow.get(&flow.start_at).is_none() {
        return;
    }
    let mut reached: HashSet<&str> = HashSet::from([flow.start_at.as_str()]);
    let mut open = vec![flow.start_at.as_str()];
    while let Some(state) = open.pop().and_then(|name| flow.get(name)) {
        open.extend(
            state
                .targets()
                .into_iter()
                .map(|(_, target)| target)
                .filter(|target| flow.get(target).is_some() && reached.insert(target)),
        );
    }
    for state in flow.states().filter(|state| !reached.contains(state.name.as_str())) {
        let message = format!("State \"{}\" is not reachable.", state.name);
        let problem =
            Problem::new(Code::MissingTransitionTarget, &location.child("States").state(&state.name), message);
        problems.add(
            problem.help("no 'Next', 'Default', 'Catch' or 'StartAt' on a way from the start names it".to_owned()),
        );
    }
}
