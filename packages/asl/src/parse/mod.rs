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
    problem::{Code, Location, Problem, Problems},
};
use fields::Fields;

/// The longest time-out or wait that AWS accepts, in seconds.
const LONGEST_SECONDS: u64 = 99_999_999;

/// Reads a whole definition. Nothing comes back when there is nothing to build a machine from.
pub(crate) fn machine(document: &Value, problems: &Problems) -> Option<StateMachine> {
    let fields = Fields::of(document, Location::default(), problems, QueryLanguage::JsonPath)?;
    let language = query_language(&fields, QueryLanguage::JsonPath);
    let fields = fields.speaking(language);
    if let Some(version) = fields.text("Version")
        && version != "1.0"
    {
        fields.report("Version", format!("The version of the language is '1.0', not '{version}'"));
    }
    let machine = StateMachine {
        comment: fields.text("Comment"),
        query_language: language,
        timeout_seconds: fields.whole("TimeoutSeconds", 1..=LONGEST_SECONDS),
        flow: flow::read(&fields, language, 0),
    };
    fields.close("a state machine");
    Some(machine)
}

/// The query language of a machine or of a state, which is `inherited` unless it says otherwise.
fn query_language(fields: &Fields<'_>, inherited: QueryLanguage) -> QueryLanguage {
    match fields.text("QueryLanguage").as_deref() {
        None => inherited,
        Some("JSONata") => QueryLanguage::Jsonata,
        Some("JSONPath") => {
            if inherited == QueryLanguage::Jsonata {
                let message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
                let code = Code::SchemaValidationFailed;
                let problem = Problem::with_field(code, &fields.location, "QueryLanguage", message);
                fields.problems.add(problem.around(&fields.location));
            }
            QueryLanguage::JsonPath
        }
        Some(_) => {
            fields.report("QueryLanguage", "The query language must be 'JSONPath' or 'JSONata'");
            inherited
        }
    }
}
