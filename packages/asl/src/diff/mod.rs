//! What changed between two versions of a definition, and what that means for executions that are under way.
//!
//! A running execution keeps the definition it was started with, so a deployment never changes it under its feet. The
//! answer matters when somebody wants to move executions to the new version, or wonders whether a redrive of an old one
//! would do what the new file says. States are the same when their names are: names are unique in a machine.

mod fields;
mod standing;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::validate::walk::{self, Written};

pub use fields::{FieldChange, Subject};
pub use standing::Standing;

/// Everything that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// What changed of the machine itself.
    pub machine: Vec<FieldChange>,
    /// What changed of its states, by name. States that did not change are not listed.
    pub states: Vec<StateChange>,
}

/// What changed of one state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateChange {
    /// Its name.
    pub state: String,
    /// Whether it is new, gone or another.
    pub change: Change,
    /// The fields that differ; for a state that is new or gone there is nothing to compare.
    pub fields: Vec<FieldChange>,
    /// Whether an execution that stands in it could go on with the new version.
    pub standing: Standing,
}

/// What became of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the new version has it.
    Added,
    /// Only the old version had it.
    Removed,
    /// Both have it, and it differs.
    Changed,
}

impl Diff {
    /// Whether the two versions do the same.
    pub fn is_empty(&self) -> bool {
        self.machine.is_empty() && self.states.is_empty()
    }

    /// Whether every execution could go on with the new version, wherever it stands.
    pub fn is_compatible(&self) -> bool {
        !self.states.iter().any(|state| matches!(state.standing, Standing::Stuck { .. }))
    }
}

/// Compares two definitions.
pub fn compare(before: &Value, after: &Value) -> Diff {
    let (old, new) = (states(before), states(after));
    let names: std::collections::BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let changed = names.into_iter().filter_map(|name| match (old.get(name), new.get(name)) {
        (Some(old), Some(new)) => {
            let fields = fields::between(&old.members, &new.members);
            let standing = standing::of(old, new, &fields);
            let same = fields.is_empty() && old.place == new.place;
            (!same).then(|| StateChange { state: name.to_owned(), change: Change::Changed, fields, standing })
        }
        (Some(_), None) => Some(alone(name, Change::Removed, standing::of_removed())),
        _ => Some(alone(name, Change::Added, Standing::Free)),
    });
    let states = changed.collect();
    Diff { machine: fields::between(&own(before.as_object()), &own(after.as_object())), states }
}

fn alone(name: &str, change: Change, standing: Standing) -> StateChange {
    StateChange { state: name.to_owned(), change, fields: Vec::new(), standing }
}

/// A state, without the states inside of it: they are compared by their own names.
struct Compared {
    members: Map<String, Value>,
    /// The states and branches around it.
    place: String,
}

fn states(document: &Value) -> BTreeMap<&str, Compared> {
    let mut found = BTreeMap::new();
    walk::states(document, &mut |state: &Written<'_>| {
        found.insert(state.name, Compared { members: own(Some(state.members)), place: state.location.around() });
    });
    found
}

fn own(members: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut own = members.cloned().unwrap_or_default();
    own.remove("States");
    let branches = own.get_mut("Branches").and_then(Value::as_array_mut).into_iter().flatten().collect::<Vec<_>>();
    for flow in branches {
        without_states(flow);
    }
    for field in ["ItemProcessor", "Iterator"] {
        if let Some(flow) = own.get_mut(field) {
            without_states(flow);
        }
    }
    own
}

fn without_states(flow: &mut Value) {
    if let Some(flow) = flow.as_object_mut() {
        flow.remove("States");
    }
}
