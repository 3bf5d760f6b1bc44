//! The members that differ between two objects, down to the last leaf.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::problem::Location;

/// A member that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// JSON Pointer from the state, for instance `/Retry/0/MaxAttempts`.
    pub path: String,
    /// What it is about.
    pub subject: Subject,
    /// What it was; absent when it is new.
    pub before: Option<Value>,
    /// What it is; absent when it is gone.
    pub after: Option<Value>,
}

/// What a member is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// Where the state leads.
    Transition,
    /// How long something may take.
    Time,
    /// Which failures are tried again or caught.
    Failure,
    /// What passes through.
    Data,
    /// What the state does.
    Work,
    /// What people read.
    Comment,
}

/// Everything that differs.
pub(super) fn between(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    objects(before, after, &Location::default(), &mut changes);
    changes
}

fn objects(before: &Map<String, Value>, after: &Map<String, Value>, place: &Location, changes: &mut Vec<FieldChange>) {
    for (name, old) in before {
        values(Some(old), after.get(name), &place.child(name), changes);
    }
    for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        values(None, Some(new), &place.child(name), changes);
    }
}

fn values(before: Option<&Value>, after: Option<&Value>, place: &Location, changes: &mut Vec<FieldChange>) {
    match (before, after) {
        (Some(old), Some(new)) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => objects(old, new, place, changes),
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for index in 0..old.len().max(new.len()) {
                values(old.get(index), new.get(index), &place.element(index), changes);
            }
        }
        _ => changes.push(FieldChange {
            path: place.pointer().to_owned(),
            subject: subject(place.pointer()),
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

fn subject(path: &str) -> Subject {
    let mut segments = path.split('/').skip(1);
    let first = segments.next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    match (first, last) {
        (_, "Comment") => Subject::Comment,
        ("Next" | "End" | "StartAt" | "Default", _)
        | ("Catch" | "Choices", "Next")
        | ("Branches" | "ItemProcessor" | "Iterator", "StartAt") => Subject::Transition,
        (
            "TimeoutSeconds"
            | "TimeoutSecondsPath"
            | "HeartbeatSeconds"
            | "HeartbeatSecondsPath"
            | "Seconds"
            | "SecondsPath"
            | "Timestamp"
            | "TimestampPath",
            _,
        ) => Subject::Time,
        ("Retry" | "Catch" | "ToleratedFailureCount" | "ToleratedFailurePercentage", _) => Subject::Failure,
        (
            "Arguments" | "Assign" | "InputPath" | "ItemSelector" | "Items" | "ItemsPath" | "Output" | "OutputPath"
            | "Parameters" | "Result" | "ResultPath" | "ResultSelector" | "QueryLanguage",
            _,
        ) => Subject::Data,
        _ => Subject::Work,
    }
}
