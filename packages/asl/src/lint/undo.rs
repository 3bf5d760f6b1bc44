//! What can be undone is undone on every way on which the saga does not get to its goal.
//!
//! The goal is reached when the last step that can be undone succeeds; what comes behind it (a message to the customer)
//! undoes nothing when it fails. Every other way that leads to an end from a step that may have had its effect - it
//! succeeded, or it failed and nobody knows how far it came - has to pass the success of its undo. An execution that
//! fails in a state without a fitting catcher is not an end: it waits there for a person and goes on with a redrive.

use std::collections::{HashMap, HashSet};

use super::steps::Asked;
use crate::{
    model::{Flow, Next, State, StateMachine},
    problem::{Anchor, Code, Problem, Problems},
};

pub(super) fn check(machine: &StateMachine, asked: &[Asked<'_, '_>], problems: &Problems) {
    let graph = Graph::of(machine.flow(), asked);
    for one in asked {
        let Some(undo) = one.step.undo() else { continue };
        if let Some(way) = graph.way_without(one.state, undo) {
            let message = format!("What '{}' did is not undone on the way {}", one.step.name, way.join(" -> "));
            let undoing = graph.states_of(undo);
            let help = if undoing.is_empty() {
                format!("no state asks for '{undo}'")
            } else {
                format!("let the way pass {}, which asks for '{undo}'", undoing.join(" or "))
            };
            let problem = Problem::new(Code::SagaNotUndone, &one.location, message).help(help);
            problems.add(Problem { anchor: Anchor::Name, ..problem });
        }
    }
}

struct Graph<'m, 'd, 'r> {
    flow: &'m Flow,
    asked: &'m [Asked<'d, 'r>],
    /// The states behind which nothing can be undone that is not undone by then.
    goals: HashSet<&'m str>,
}

impl<'m, 'd, 'r> Graph<'m, 'd, 'r> {
    fn of(flow: &'m Flow, asked: &'m [Asked<'d, 'r>]) -> Self {
        let can_be_undone: HashSet<&str> =
            asked.iter().filter(|one| one.step.undo().is_some()).map(|one| one.state).collect();
        let is_goal = |state: &&State| {
            can_be_undone.contains(state.name.as_str()) && ahead(flow, state).is_disjoint(&can_be_undone)
        };
        let goals = flow.states().filter(is_goal).map(|state| state.name.as_str()).collect();
        Self { flow, asked, goals }
    }

    /// A way from `from` to an end which passes neither the success of `undo` nor the goal, if there is one.
    fn way_without(&self, from: &str, undo: &str) -> Option<Vec<String>> {
        let from = self.flow.get(from)?;
        let mut came_from: HashMap<&str, &str> = HashMap::new();
        let mut open = vec![from];
        while let Some(state) = open.pop() {
            let succeeds_in_vain = !self.asks(state, undo) && !self.goals.contains(state.name.as_str());
            if succeeds_in_vain && state.is_terminal() {
                return Some(way(&came_from, &from.name, &state.name));
            }
            let caught = state.catch.iter().map(|catcher| catcher.next.as_str());
            let succeeded = successors(state).into_iter().filter(|_| succeeds_in_vain);
            for next in caught.chain(succeeded).filter_map(|name| self.flow.get(name)) {
                if next.name != from.name && !came_from.contains_key(next.name.as_str()) {
                    came_from.insert(&next.name, &state.name);
                    open.push(next);
                }
            }
        }
        None
    }

    fn asks(&self, state: &State, step: &str) -> bool {
        self.asked.iter().any(|one| one.state == state.name && one.step.name == step)
    }

    fn states_of(&self, step: &str) -> Vec<&str> {
        self.asked.iter().filter(|one| one.step.name == step).map(|one| one.state).collect()
    }
}

/// The states that successes lead to from here.
fn ahead<'m>(flow: &'m Flow, state: &State) -> HashSet<&'m str> {
    let mut found = HashSet::new();
    let mut open: Vec<&str> = successors(state);
    while let Some(next) = open.pop().and_then(|name| flow.get(name)) {
        if found.insert(next.name.as_str()) {
            open.extend(successors(next));
        }
    }
    found
}

/// Where a state leads when it does not fail.
fn successors(state: &State) -> Vec<&str> {
    let next = match &state.next {
        Some(Next::State(name)) => vec![name.as_str()],
        _ => Vec::new(),
    };
    let caught = |field: &str| field.starts_with("Catch/");
    let chosen = state.targets().into_iter().filter(|(field, _)| field != "Next" && !caught(field));
    next.into_iter().chain(chosen.map(|(_, name)| name)).collect()
}

fn way(came_from: &HashMap<&str, &str>, from: &str, to: &str) -> Vec<String> {
    let mut names = vec![to.to_owned()];
    let mut place = to;
    while let Some(before) = came_from.get(place).filter(|_| place != from) {
        names.push((*before).to_owned());
        place = before;
    }
    names.reverse();
    names
}
