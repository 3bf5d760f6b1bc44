//! Plain paths: a variable and names behind it, `$states.input.order.id`. They are most of what definitions hold.

use serde_json::Value;

use crate::{path::Step, scope::Scope};

/// A variable and the names that lead from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Direct {
    variable: String,
    names: Vec<String>,
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

    /// Where the path leads: a value, nothing, or (the outer option) to where only the engine knows what to do, because
    /// it steps into every item of an array.
    pub(super) fn follow(&self, scope: &Scope<'_>) -> Option<Option<Value>> {
        let names = self.names.as_slice();
        match (self.variable.as_str(), names) {
            ("states", []) => None,
            ("states", [part, names @ ..]) => match part.as_str() {
                "input" => descend(scope.states.input, names),
                "result" => scope.states.result.map_or(Some(None), |result| descend(result, names)),
                "errorOutput" => scope.states.error.map_or(Some(None), |error| descend(error, names)),
                "context" => {
                    let steps: Vec<Step> = names.iter().cloned().map(Step::Member).collect();
                    let (found, taken) = scope.context.resolve(&steps);
                    found.map_or(Some(None), |found| descend(&found, names.get(taken..)?))
                }
                _ => Some(None),
            },
            (variable, names) => scope.variables.get(variable).map_or(None, |value| descend(value, names)),
        }
    }
}

fn descend(mut place: &Value, names: &[String]) -> Option<Option<Value>> {
    for name in names {
        place = match place {
            Value::Object(members) => match members.get(name) {
                Some(member) => member,
                None => return Some(None),
            },
            Value::Array(_) => return None,
            _ => return Some(None),
        };
    }
    Some(Some(place.clone()))
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !KEYWORDS.contains(&text)
}
