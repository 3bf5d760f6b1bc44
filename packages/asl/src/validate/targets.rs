//! Every name that a state leads to is a state of the same flow.

use crate::{
    model::Flow,
    problem::{Location, Problems},
};

pub(super) fn check(flow: &Flow, location: &Location, problems: &Problems) {
    if flow.states.is_empty() {
        return;
    }
    if !flow.start_at.is_empty() && flow.get(&flow.start_at).is_none() {
        problems.report_field(
            location,
            "StartAt",
            format!("StartAt names '{}', which is not a state here", flow.start_at),
        );
    }
    for state in flow.states() {
        for (field, target) in state.targets() {
            if flow.get(target).is_none() {
                let place = location.child("States").state(&state.name);
                let (path, field) = field.rsplit_once('/').unwrap_or(("", &field));
                let place =
                    path.split('/').filter(|part| !part.is_empty()).fold(place, |place, part| place.child(part));
                problems.report_field(&place, field, format!("{field} names '{target}', which is not a state here"));
            }
        }
    }
}
