//! Follows paths through data.

use std::borrow::Cow;

use serde_json::Value;

use super::{Path, Root, Step};
use crate::scope::Scope;

/// Why a definite path led nowhere, in the words that AWS puts behind `Invalid path '...' : `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing(pub(crate) String);

impl Path {
    /// The value at the end of the path. Borrowed wherever the data already holds it.
    pub(crate) fn evaluate<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, Missing> {
        match &self.root {
            Root::Input => self.follow(scope.input),
            Root::Variable(name) => match scope.variables.get(name) {
                Some(value) => self.follow(value),
                None => Err(Missing(format!("No value is assigned to the variable ${name}"))),
            },
            Root::Context => {
                let (context, taken) = scope.context.resolve(&self.steps);
                let context = context.ok_or_else(|| missing(&self.steps))?;
                self.follow_from(&context, taken).map(|value| Cow::Owned(value.into_owned()))
            }
        }
    }

    /// The value at the end of the path, starting from `value` instead of the path's own root.
    pub(crate) fn follow<'a>(&self, value: &'a Value) -> Result<Cow<'a, Value>, Missing> {
        self.follow_from(value, 0)
    }

    fn follow_from<'a>(&self, value: &'a Value, skip: usize) -> Result<Cow<'a, Value>, Missing> {
        let steps = self.steps.get(skip..).unwrap_or_default();
        if !steps.iter().all(Step::is_definite) {
            let found = Value::Array(select(vec![value], steps, value).into_iter().cloned().collect());
            return Ok(Cow::Owned(if self.length { length_of(&found) } else { found }));
        }
        let mut current = value;
        for (position, step) in self.steps.iter().enumerate().skip(skip) {
            current = match one(current, step) {
                Some(next) => next,
                None => return Err(self.dead_end(current, position)),
            };
        }
        Ok(if self.length { Cow::Owned(length_of(current)) } else { Cow::Borrowed(current) })
    }

    fn dead_end(&self, current: &Value, position: usize) -> Missing {
        let so_far = |end: usize| self.steps.get(..end).unwrap_or_default();
        let last = position + 1 == self.steps.len();
        match self.steps.get(position) {
            Some(Step::Member(name)) if !current.is_object() => Missing(format!(
                "Expected to find an object with property ['{name}'] in path {} but found '{}'.",
                canonical(so_far(position)),
                kind(current),
            )),
            Some(Step::Index(_)) if current.is_null() => {
                Missing(format!("The path {} is null", canonical(so_far(position))))
            }
            Some(Step::Index(index)) if !current.is_array() => {
                Missing(format!("Filter: [{index}] can only be applied to arrays. Current context is: {current}"))
            }
            Some(Step::Member(_)) if !last => {
                Missing(format!("Missing property in path {}", canonical(so_far(position + 1))))
            }
            _ => missing(&self.steps),
        }
    }
}

fn missing(steps: &[Step]) -> Missing {
    Missing(format!("No results for path: {}", canonical(steps)))
}

/// Everything that `steps` select, starting from `nodes`.
pub(super) fn select<'a>(mut nodes: Vec<&'a Value>, steps: &[Step], root: &'a Value) -> Vec<&'a Value> {
    for step in steps {
        let mut next = Vec::new();
        for node in nodes {
            expand(node, step, root, &mut next);
        }
        nodes = next;
    }
    nodes
}

fn expand<'a>(node: &'a Value, step: &Step, root: &'a Value, found: &mut Vec<&'a Value>) {
    match (step, node) {
        (Step::Member(_) | Step::Index(_), node) => found.extend(one(node, step)),
        (Step::Members(names), Value::Object(members)) => {
            found.extend(names.iter().filter_map(|name| members.get(name)));
        }
        (Step::Indexes(indexes), node) => {
            found.extend(indexes.iter().filter_map(|index| one(node, &Step::Index(*index))));
        }
        (Step::Slice { start, end, step }, Value::Array(items)) => found.extend(slice(items, *start, *end, *step)),
        (Step::Wildcard, Value::Array(items)) => found.extend(items),
        (Step::Wildcard, Value::Object(members)) => found.extend(members.values()),
        (Step::Descend, node) => descend(node, found),
        (Step::Filter(filter), Value::Array(items)) => {
            found.extend(items.iter().filter(|item| filter.accepts(item, root)));
        }
        (Step::Filter(filter), node @ Value::Object(_)) if filter.accepts(node, root) => found.push(node),
        _ => {}
    }
}

fn one<'a>(node: &'a Value, step: &Step) -> Option<&'a Value> {
    match (step, node) {
        (Step::Member(name), Value::Object(members)) => members.get(name),
        (Step::Index(index), Value::Array(items)) => items.get(resolve_index(*index, items.len())?),
        _ => None,
    }
}

fn resolve_index(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

fn slice(items: &[Value], start: Option<i64>, end: Option<i64>, step: i64) -> impl Iterator<Item = &Value> {
    let bound = |bound: i64| resolve_index(bound, items.len()).unwrap_or(0).min(items.len());
    let start = start.map_or(0, bound);
    let end = end.map_or(items.len(), bound);
    items.get(start..end).unwrap_or_default().iter().step_by(usize::try_from(step).unwrap_or(1).max(1))
}

fn descend<'a>(node: &'a Value, found: &mut Vec<&'a Value>) {
    found.push(node);
    match node {
        Value::Array(items) => items.iter().for_each(|item| descend(item, found)),
        Value::Object(members) => members.values().for_each(|member| descend(member, found)),
        _ => {}
    }
}

fn length_of(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.len().into(),
        Value::Object(members) => members.len().into(),
        Value::String(text) => text.chars().count().into(),
        _ => Value::Null,
    }
}

/// A path in bracket notation, as the messages of AWS spell it.
fn canonical(steps: &[Step]) -> String {
    let spelt = steps.iter().map(|step| match step {
        Step::Member(name) => format!("['{name}']"),
        Step::Index(index) => format!("[{index}]"),
        _ => "[*]".to_owned(),
    });
    std::iter::once("$".to_owned()).chain(spelt).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "java.lang.Boolean",
        Value::Number(number) if number.is_f64() => "java.lang.Double",
        Value::Number(_) => "java.lang.Integer",
        Value::String(_) => "java.lang.String",
        Value::Array(_) => "java.util.ArrayList",
        Value::Object(_) => "java.util.LinkedHashMap",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn get(path: &str, data: &Value) -> Result<Value, String> {
        Path::parse(path).unwrap().follow(data).map(Cow::into_owned).map_err(|missing| missing.0)
    }

    #[test]
    fn definite_paths_find_one_value_or_say_why_not() {
        let data = json!({ "seats": [{ "row": "A" }, { "row": "B" }], "name": "x", "none": null });
        assert_eq!(get("$.seats[1].row", &data), Ok(json!("B")));
        assert_eq!(get("$.seats[-1].row", &data), Ok(json!("B")));
        assert_eq!(get("$.seats[(@.length-2)].row", &data), Ok(json!("A")));
        assert_eq!(get("$.seats.length()", &data), Ok(json!(2)));
        assert_eq!(get("$.none", &data), Ok(json!(null)));
        assert_eq!(get("$.price", &data), Err("No results for path: $['price']".into()));
        assert_eq!(get("$.price.amount", &data), Err("Missing property in path $['price']".into()));
        assert_eq!(get("$.seats[7]", &data), Err("No results for path: $['seats'][7]".into()));
        assert!(
            get("$.name.first", &data).unwrap_err().starts_with("Expected to find an object with property ['first']")
        );
    }

    #[test]
    fn indefinite_paths_give_arrays() {
        let data = json!({ "a": [{ "n": 1, "t": "x" }, { "n": 2, "t": "y" }, { "n": 3 }], "b": { "n": 4 } });
        assert_eq!(get("$.a[*].n", &data), Ok(json!([1, 2, 3])));
        assert_eq!(get("$.a[1:].n", &data), Ok(json!([2, 3])));
        assert_eq!(get("$.a[-2:].n", &data), Ok(json!([2, 3])));
        assert_eq!(get("$.a[0:3:2].n", &data), Ok(json!([1, 3])));
        assert_eq!(get("$.a[0,2].n", &data), Ok(json!([1, 3])));
        assert_eq!(get("$..n", &data), Ok(json!([1, 2, 3, 4])));
        assert_eq!(get("$.a[?(@.n >= 2 && @.t)].n", &data), Ok(json!([2])));
        assert_eq!(get("$.a[?(@.t == 'x' || !(@.t))].n", &data), Ok(json!([1, 3])));
        assert_eq!(get("$.a[?(@.n in [1, 3])].n", &data), Ok(json!([1, 3])));
        assert_eq!(get("$.a[?(@.n == $.none)].n", &data), Ok(json!([])));
        assert_eq!(get("$['a','b'].n", &data), Ok(json!([4])));
        assert_eq!(get("$.a[7:]", &data), Ok(json!([])));
        assert_eq!(get("$.a[*].length()", &data), Ok(json!(3)));
    }

    #[test]
    fn an_indefinite_path_that_leads_nowhere_gives_an_empty_array() {
        assert_eq!(get("$.item.items[1:]", &json!({})), Ok(json!([])));
        assert_eq!(get("$.items[:1].itemValue", &json!({})), Ok(json!([])));
    }
}
