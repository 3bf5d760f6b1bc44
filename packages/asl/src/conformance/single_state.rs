//! Tries a recorded state alone, as the `TestState` operation did.

use serde_json::{Map, Value, json};

use super::{Case, Level, Verdict, execution::NOON, matching::fits, player::lend};
use crate::{
    evaluation::shown,
    test_state::{self, Request},
};

/// The members of an answer, and the level that is met when they and those before agree.
const STEPS: [(Level, &[&str]); 3] = [
    (Level::Outcome, &["rejected", "status", "output", "error", "nextState"]),
    (Level::Cause, &["cause"]),
    (Level::History, &["inspectionData"]),
];

/// Tries the state of a case and compares every member of the answer.
pub(super) fn run(case: &Case) -> Verdict {
    let request = match request(case) {
        Ok(request) => request,
        Err(error) => return Verdict::missing(case, format!("the request cannot be read: {error}")),
    };
    let answer = lend(NOON, &mut 0, &mut 1, |around| test_state::test_state(&request, around));
    let result = answer.unwrap_or_else(|rejection| json!({ "rejected": rejection }));
    let mut level = Level::Nothing;
    for (met, names) in STEPS {
        for name in names {
            let found = result.get(name).unwrap_or(&Value::Null);
            if let Some(wanted) = expected(case, name).filter(|wanted| !fits(wanted, found)) {
                return Verdict::differs(case, level, format!("{name} {found} instead of {wanted}"), result);
            }
        }
        level = met;
    }
    Verdict::exact(case, result)
}

fn expected(case: &Case, name: &str) -> Option<Value> {
    match name {
        "status" => case.expected.status.clone().map(Value::from),
        _ => case.expected.rest.get(name).cloned(),
    }
}

/// The request, whose documents are texts again.
fn request(case: &Case) -> Result<Request, serde_json::Error> {
    let mut parts = case.request.as_object().cloned().unwrap_or_default();
    parts.insert("definition".to_owned(), case.definition_text().into());
    parts.insert("input".to_owned(), text_of(&case.input));
    for name in ["context", "variables"] {
        if let Some(document) = parts.get_mut(name) {
            *document = text_of(document);
        }
    }
    if let Some(result) = parts.get_mut("mock").and_then(|mock| mock.get_mut("result")) {
        *result = text_of(result);
    }
    if !parts.contains_key("mock")
        && let Some(mock) = answer_of_service(case)
    {
        parts.insert("mock".to_owned(), mock);
    }
    serde_json::from_value(Value::Object(parts))
}

/// Some tasks were really carried out when they were recorded. What the service answered is known from the recording
/// only, as with the tasks of whole executions.
fn answer_of_service(case: &Case) -> Option<Value> {
    let is_task = case.definition.get("Type").is_some_and(|kind| kind == "Task");
    let recorded = &case.expected.rest;
    if !is_task || recorded.contains_key("rejected") {
        return None;
    }
    if let Some(error) = recorded.get("error") {
        let told = recorded.get("cause").map(shown);
        return Some(json!({ "errorOutput": { "error": error, "cause": told } }));
    }
    let seen = recorded.get("inspectionData").and_then(|seen| seen.get("result"));
    let result = seen.or_else(|| recorded.get("output"))?;
    Some(json!({ "result": text_of(result), "fieldValidationMode": "NONE" }))
}

/// A document as text. What was no JSON is written `{"$text": ...}` in a case.
fn text_of(document: &Value) -> Value {
    let plain =
        document.as_object().filter(|members| members.len() == 1).and_then(|members: &Map<_, _>| members.get("$text"));
    plain.cloned().unwrap_or_else(|| document.to_string().into())
}
