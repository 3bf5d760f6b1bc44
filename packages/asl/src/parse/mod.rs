//! Turns the text of a definition into the model, reporting every mistake it meets and going on. `document` reads the
//! JSON, `fields` reads the members of one object, the other files know which members belong where. What can only be
//! seen on the whole machine is checked in `validate`.

mod choice;
mod containers;
pub(crate) mod document;
mod fail;
mod fields;
mod flow;
mod handlers;
mod state;
mod task;
mod unsupported;
mod wait;

use serde_json::Value;

use crate::{
    model::{QueryLanguage, StateMachine},
    problem::{Location, Problems},
};
use fields::Fields;

/// The longest time-out or wait that AWS accepts, in seconds.
const LONGEST_SECONDS: u64 = 99_999_999;

/// Reads a whole definition. Nothing comes back when there is nothing to build a machine from.
pub(crate) fn machine(document: &Value, problems: &Problems) -> Option<StateMachine> {
    let fields = Fields::of(document, Location::default(), problems)?;
    if jsonata(&fields) {
        return None;
    }
    if let Some(version) = fields.text("Version")
        && version != "1.0"
    {
        fields.report("Version", format!("The version of the language is '1.0', not '{version}'"));
    }
    let machine = StateMachine {
        comment: fields.text("Comment"),
        query_language: QueryLanguage::JsonPath,
        timeout_seconds: fields.whole("TimeoutSeconds", 1..=LONGEST_SECONDS),
        flow: flow::read(&fields, 0),
    };
    fields.close("a state machine");
    Some(machine)
}

/// Reports a query language that is not understood. Whoever asks skips the rest, which would read as one long mistake.
fn jsonata(fields: &Fields<'_>) -> bool {
    match fields.get("QueryLanguage").and_then(Value::as_str) {
        Some("JSONata") => {
            fields.report("QueryLanguage", "JSONata is not supported; use JSONPath");
            true
        }
        Some("JSONPath") => false,
        None if fields.get("QueryLanguage").is_none() => false,
        _ => {
            fields.report("QueryLanguage", "The query language must be 'JSONPath' or 'JSONata'");
            true
        }
    }
}
