//! The context object (`$$`): who this execution is, where it stands, which task token and which item are at hand. It
//! is never kept as a document. A path such as `$$.Task.Token` builds the one value it asks for; only `$$` itself or a
//! pattern builds the whole.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{execution::Identity, moment, path::Step};

/// The facts behind the context object.
#[derive(Clone, Copy)]
pub(crate) struct ContextObject<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) execution_input: &'a Value,
    pub(crate) redrives: u32,
    pub(crate) redriven_at: Option<OffsetDateTime>,
    pub(crate) state: &'a str,
    pub(crate) entered_at: OffsetDateTime,
    pub(crate) retry_count: u32,
    pub(crate) token: Option<&'a str>,
    pub(crate) item: Option<Item<'a>>,
    /// A document that takes the place of all the above.
    pub(crate) given: Option<&'a Value>,
}

/// The item that a Map state is working on.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) index: usize,
    pub(crate) value: &'a Value,
}

impl ContextObject<'_> {
    /// The value that the first steps of a path lead to, and how many steps that took.
    pub(crate) fn resolve(&self, steps: &[Step]) -> (Option<Value>, usize) {
        if let Some(given) = self.given {
            return (Some(given.clone()), 0);
        }
        match steps {
            [Step::Member(section), Step::Member(leaf), ..] if section != "Map" => (self.leaf(section, leaf), 2),
            [Step::Member(section), ..] => (self.section(section), 1),
            _ => (Some(self.whole()), 0),
        }
    }

    fn whole(&self) -> Value {
        ["Execution", "Map", "State", "StateMachine", "Task"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), self.section(name)?)))
            .collect()
    }

    fn section(&self, name: &str) -> Option<Value> {
        let leaves: &[&str] = match name {
            "Execution" => &["Id", "Input", "Name", "RoleArn", "StartTime", "RedriveCount", "RedriveTime"],
            "State" => &["EnteredTime", "Name", "RetryCount"],
            "StateMachine" => &["Id", "Name"],
            "Task" => &["Token"],
            "Map" => return self.item.map(|item| json!({ "Item": { "Index": item.index, "Value": item.value } })),
            _ => return None,
        };
        let members: serde_json::Map<_, _> =
            leaves.iter().filter_map(|leaf| Some(((*leaf).to_owned(), self.leaf(name, leaf)?))).collect();
        (!members.is_empty()).then_some(Value::Object(members))
    }

    fn leaf(&self, section: &str, leaf: &str) -> Option<Value> {
        let identity = self.identity;
        Some(match (section, leaf) {
            ("Execution", "Id") => identity.execution_id.as_str().into(),
            ("Execution", "Input") => self.execution_input.clone(),
            ("Execution", "Name") => identity.execution_name.as_str().into(),
            ("Execution", "RoleArn") => identity.role_arn.as_str().into(),
            ("Execution", "StartTime") => moment::display(identity.started_at).into(),
            ("Execution", "RedriveCount") => self.redrives.into(),
            ("Execution", "RedriveTime") => moment::display(self.redriven_at?).into(),
            ("State", "EnteredTime") => moment::display(self.entered_at).into(),
            ("State", "Name") => self.state.into(),
            ("State", "RetryCount") => self.retry_count.into(),
            ("StateMachine", "Id") => identity.state_machine_id.as_str().into(),
            ("StateMachine", "Name") => identity.state_machine_name.as_str().into(),
            ("Task", "Token") => self.token?.into(),
            _ => return None,
        })
    }
}
