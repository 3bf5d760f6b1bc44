//! JSONata in a state: complete delimiters, and only references that a state offers. That the rest is JSONata is found out
//! when it is read.

use serde_json::Value;

use super::walk::{self, Written};
use crate::{
    jsonata::{Unsupported, delimited},
    model::Query,
    problem::{Code, Location, Problem, Problems},
};

/// Members of a state that hold no expressions, or flows whose states are looked at by themselves.
const OTHERS: &[&str] = &["Branches", "Comment", "ItemProcessor", "Iterator", "Type"];

pub(super) fn check(document: &Value, problems: &Problems) {
    walk::states(document, &mut |state| {
        if state.is_jsonata {
            members(state, problems);
        }
    });
}

fn members(state: &Written<'_>, problems: &Problems) {
    for (name, member) in state.members.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())) {
        let place = state.location.child(name);
        match (name.as_str(), member) {
            ("Catch", Value::Array(catchers)) => {
                for (index, catcher) in catchers.iter().enumerate() {
                    texts(catcher, &place.element(index), true, problems);
                }
            }
            _ => texts(member, &place, false, problems),
        }
    }
}

fn texts(value: &Value, location: &Location, in_catcher: bool, problems: &Problems) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "Comment") {
                texts(member, &location.child(name), in_catcher, problems);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                texts(element, &location.element(index), in_catcher, problems);
            }
        }
        Value::String(text) => match delimited(text) {
            Some(expression) => references(expression, location, in_catcher, problems),
            None if text.starts_with("{%") || text.ends_with("%}") => {
                let message = "A JSONata expression begins with '{%' and ends with '%}'";
                problems.add(Problem::new(Code::InvalidJsonataExpression, location, message));
            }
            None => {}
        },
        _ => {}
    }
}

fn references(expression: &str, location: &Location, in_catcher: bool, problems: &Problems) {
    let Ok(query) = Query::parse(expression) else { return };
    for reference in query.unsupported() {
        let (message, help) = match reference {
            Unsupported::Bare(name) => (
                format!("Reference to '{name}' at the top level is not supported."),
                format!("'$states.input.{name}' is a member of the input, '${name}' a variable"),
            ),
            Unsupported::Root => {
                ("Reference to '$$' is not supported.".to_owned(), "the input is '$states.input'".to_owned())
            }
            Unsupported::ErrorOutput if in_catcher => continue,
            Unsupported::ErrorOutput => (
                "Reference to '$states.errorOutput' is not supported.".to_owned(),
                "only 'Output' and 'Assign' of a catcher know what went wrong".to_owned(),
            ),
        };
        problems.add(Problem::new(Code::UnsupportedJsonataExpression, location, message).help(help));
    }
}
