//! The particulars of events, as text from the moment they are recorded.
//!
//! An event mostly repeats documents that the execution holds anyway, and all that ever happens to it is that it is
//! written down. So what says the particulars borrows them, and is serialised at once; to copy the documents first would
//! cost more than the rest of a transition. The shapes that every transition records are here; rare ones are built with
//! `json!` where they are recorded.

use serde::{Deserialize, Serialize};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use crate::model::{Family, Task};

/// The contents of AWS's `...EventDetails` member.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Details(Box<RawValue>);

impl Details {
    pub(crate) fn of(details: &impl Serialize) -> Self {
        // Only maps with keys that are no texts, and failing `Serialize`s, are refused; there are none here.
        Self(to_raw_value(details).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// As a value, to look into.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }
}

/// Two are equal when their values are, whatever the order of their members.
impl PartialEq for Details {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get() || self.value() == other.value()
    }
}

/// A state is entered.
#[derive(Serialize)]
pub(crate) struct Entered<'a> {
    pub name: &'a str,
    pub input: &'a Value,
}

/// A state is left.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exited<'a> {
    pub name: &'a str,
    pub output: &'a Value,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub assigned_variables: &'a Map<String, Value>,
}

/// Something that gave an output.
#[derive(Serialize)]
pub(crate) struct Output<'a> {
    pub output: &'a Value,
}

/// Work is scheduled. Services are given `parameters`, the others `input`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scheduled<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_credentials: Option<Value>,
    /// The whole resource, where [`OfTask`] does not name it.
    #[serde(skip_serializing_if = "Option::is_none", rename = "resource")]
    pub function: Option<&'a str>,
}

/// Any event of a task: what happened, and what its family always says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfTask<'a, T> {
    #[serde(flatten)]
    what: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'a str>,
}

impl<'a, T> OfTask<'a, T> {
    pub fn new(task: &'a Task, what: T) -> Self {
        let integration = &task.integration;
        let named = integration.family == Family::Service;
        Self {
            what,
            resource: named.then_some(integration.resource.as_str()),
            resource_type: named.then_some(integration.resource_type.as_str()),
        }
    }
}
