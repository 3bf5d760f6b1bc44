//! Plain paths: a variable and names behind it, `$states.input.order.id`. They are most of what definitions hold.

use serde_json::Value;

use crate::{path::Step, scope::Scope};

/// A variable and the names that lead from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Direct {
    variable: String,
    names: Vec<String>,
}

/// Where a path leads.
pub(super) enum Found {
    /// To a value.
    Value(Value),
    /// Nowhere.
    Nothing,
    /// To where only the engine knows what to do, because it steps into every item of an array.
    Unclear,
}

/// Words that mean something else behind a dot.
const KEYWORDS: &[&str] = &["and", "false", "function", "in", "null", "or", "true"];

impl Direct {
    /// Takes a text for a plain path, if it is one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('.');
        let variable = parts.next().filter(|name| is_name(name))?.to_owned();
        let names: Option<Vec<String>> = parts.map(|name| is_name(name).then(|| name.to_owned())).collect();
        Some(Self { variable, names: names? })
    }

    /// Where the path leads.
    pub(super) fn follow(&self, scope: &Scope<'_>) -> Found {
        let (states, names) = (scope.states, self.names.as_slice());
        match (self.variable.as_str(), names) {
            ("states", []) => Found::Unclear,
            ("states", [part, names @ ..]) => match part.as_str() {
                "input" => descend(Some(states.input), names),
                "result" => descend(states.result, names),
                "errorOutput" => descend(states.error, names),
                "context" => {
                    let steps: Vec<Step> = names.iter().cloned().map(Step::Member).collect();
                    let (found, taken) = scope.context.resolve(&steps);
                    descend(found.as_ref(), names.get(taken..).unwrap_or_default())
                }
                _ => Found::Nothing,
            },
            (variable, names) => match scope.variables.get(variable) {
                Some(value) => descend(Some(value), names),
                // It may be one of the functions that the engine knows.
                None => Found::Unclear,
            },
        }
    }
}

fn descend(start: Option<&Value>, names: &[String]) -> Found {
    let Some(mut place) = start else { return Found::Nothing };
    for name in names {
        place = match place {
            Value::Object(members) => match members.get(name) {
                Some(member) => member,
                None => return Found::Nothing,
            },
            Value::Array(_) => return Found::Unclear,
            _ => return Found::Nothing,
        };
    }
    Found::Value(place.clone())
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !KEYWORDS.contains(&text)
}
