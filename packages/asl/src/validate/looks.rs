//! Texts that look like expressions and are none: AWS takes such a definition and warns.

use serde_json::Value;

use super::walk::{self, Written};
use crate::{
    model::Expression,
    problem::{Code, Location, Problem, Problems},
};

/// Payload templates of the JSONPath query language.
const TEMPLATES: &[&str] = &["Assign", "ItemSelector", "Parameters", "ResultSelector"];

/// Fields with a sibling whose name ends in `Path`.
const WITH_PATH: &[&str] = &["Cause", "Error"];

pub(super) fn check(document: &Value, problems: &Problems) {
    walk::states(document, &mut |state| {
        if !state.is_jsonata {
            templates(state, problems);
            plain_fields(state, problems);
            fixed_result(state, problems);
        }
    });
}

fn templates(state: &Written<'_>, problems: &Problems) {
    for name in TEMPLATES {
        if let Some(template) = state.members.get(*name) {
            texts(template, &state.location.child(name), &mut |location, field, text| {
                if !field.ends_with(".$") && is_expression(text) {
                    let problem = Problem::with_field(
                        Code::NoDollar,
                        location,
                        field,
                        "The value looks like a JSONPath or an intrinsic function and is taken as a text",
                    );
                    problems.add(problem.help(format!("name the field '{field}.$' to have it evaluated")));
                }
            });
        }
    }
}

fn plain_fields(state: &Written<'_>, problems: &Problems) {
    for field in WITH_PATH.iter().filter(|field| state.text(field).is_some_and(is_expression)) {
        let message = "The value looks like a JSONPath or an intrinsic function and is taken as a text";
        let problem = Problem::with_field(Code::NoPath, &state.location, field, message);
        problems.add(problem.help(format!("name the field '{field}Path' to have it evaluated")));
    }
}

fn fixed_result(state: &Written<'_>, problems: &Problems) {
    let (Some("Pass"), Some(result)) = (state.text("Type"), state.members.get("Result")) else { return };
    texts(result, &state.location.child("Result"), &mut |location, field, text| {
        if is_expression(text) {
            let message = "The result of a Pass state is fixed; nothing in it is evaluated";
            let problem = Problem::with_field(Code::PassResultIsStatic, location, field, message);
            problems.add(problem.help("use 'Parameters' to build a result from the input".to_owned()));
        }
    });
}

/// Calls `visit` with every text that is a member of an object, at any depth.
fn texts(value: &Value, location: &Location, visit: &mut dyn FnMut(&Location, &str, &str)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) => visit(location, name, text),
                    inner => texts(inner, &location.child(name), visit),
                }
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                texts(element, &location.element(index), visit);
            }
        }
        _ => {}
    }
}

/// `$` alone is more often a price than a path.
fn is_expression(text: &str) -> bool {
    let begins = ["$.", "$$.", "$[", "States."].iter().any(|start| text.starts_with(start));
    begins && Expression::parse(text).is_ok()
}
