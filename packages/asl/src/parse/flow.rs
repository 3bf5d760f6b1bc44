//! `StartAt` and `States`.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{fields::Fields, state};
use crate::model::{Flow, QueryLanguage, State};

/// How deep Parallel and Map states may be nested. The snapshot nests with them, and JSON readers stop at 128 levels.
const DEPTH: usize = 8;

/// The longest name that AWS accepts, in characters.
const LONGEST_NAME: usize = 80;

/// Reads the flow that is part of the object `fields`. `language` is that of the whole machine: a state inside a Parallel
/// or Map state does not inherit from it.
pub(super) fn read(fields: &Fields<'_>, language: QueryLanguage, depth: usize) -> Flow {
    let start_at = fields.required_text("StartAt").unwrap_or_default();
    let Some(members) = fields.required("States") else { return Flow::default() };
    let Value::Object(members) = members else {
        fields.report("States", "The field 'States' must be an object");
        return Flow::default();
    };
    let location = fields.location.child("States");
    if members.is_empty() {
        fields.report("States", "There must be at least one state");
    }
    if depth > DEPTH {
        fields.report("States", format!("States may be nested {DEPTH} levels deep"));
        return Flow::default();
    }
    let mut states = Vec::with_capacity(members.len());
    for (name, value) in members {
        let location = location.state(name);
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            fields.problems.report(&location, format!("A state's name has 1 to {LONGEST_NAME} characters"));
        }
        let read = Fields::of(value, location, fields.problems, language);
        let read = read.and_then(|fields| state::read(name, fields, depth));
        states.push(read.unwrap_or_else(|| state::unreadable(name, value)));
    }
    arrange(start_at, states)
}

/// Orders states as an execution meets them: breadth first from the start, then what it cannot reach.
fn arrange(start_at: String, mut states: Vec<State>) -> Flow {
    let mut order: Vec<String> = vec![start_at.clone()];
    let mut seen: HashSet<String> = HashSet::from([start_at.clone()]);
    let mut position = 0;
    while let Some(name) = order.get(position) {
        let state = states.iter().find(|state| state.name == *name);
        let targets: Vec<String> =
            state.map(State::targets).unwrap_or_default().into_iter().map(|(_, name)| name.to_owned()).collect();
        order.extend(targets.into_iter().filter(|name| seen.insert(name.clone())));
        position += 1;
    }
    let rank: HashMap<&str, usize> = order.iter().enumerate().map(|(rank, name)| (name.as_str(), rank)).collect();
    states.sort_by_key(|state| rank.get(state.name.as_str()).copied().unwrap_or(usize::MAX));
    let index = states.iter().enumerate().map(|(position, state)| (state.name.clone(), position)).collect();
    Flow { start_at, states, index }
}
