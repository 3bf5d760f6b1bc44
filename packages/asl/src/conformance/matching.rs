//! Compares what happened with what was recorded: by subset, with `*` and `<*>` as wildcards.

use super::case::Order;
use crate::HistoryEvent;
use serde_json::Value;

/// Whether `actual` has everything that `expected` asks for.
pub fn fits(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::String(pattern), _) if pattern == "*" => true,
        (Value::Object(_), Value::String(text)) => {
            serde_json::from_str::<Value>(text).is_ok_and(|parsed| fits(expected, &parsed))
        }
        (Value::Object(expected), Value::Object(actual)) => expected
            .iter()
            .filter(|(key, _)| !key.contains("<*>"))
            .all(|(key, value)| actual.get(key).is_some_and(|found| fits(value, found))),
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len() && expected.iter().zip(actual).all(|(e, a)| fits(e, a))
        }
        (Value::Number(expected), Value::Number(actual)) => expected.as_f64() == actual.as_f64(),
        (Value::String(expected), Value::String(actual)) => text_fits(expected, actual),
        (expected, actual) => expected == actual,
    }
}

/// Says how the histories differ, or nothing when they agree under the given ordering rule.
pub(super) fn history_difference(
    expected: &[Value],
    lost: &[String],
    order: Order,
    actual: &[HistoryEvent],
) -> Option<String> {
    let is_lost = |kind: &str| lost.iter().any(|one| one == kind);
    match order {
        Order::Partial => {
            let (expected, actual) = (expected_tree(expected, 0), actual_tree(actual, 0));
            (!forests_fit(&expected, &actual)).then(|| "the trees differ".to_owned())
        }
        Order::Masked => {
            let mut open: Vec<&HistoryEvent> =
                actual.iter().filter(|event| !is_lost(&event.kind.to_string())).collect();
            for event in expected.iter().filter(|event| !is_lost(text(event, "type"))) {
                match open.iter().position(|candidate| event_fits(event, candidate)) {
                    Some(position) => drop(open.remove(position)),
                    None => return Some(format!("missing: {event}")),
                }
            }
            open.first().map(|event| format!("too much: {event:?}"))
        }
        Order::Total => {
            for (event, found) in expected.iter().zip(actual) {
                if !event_fits(event, found) {
                    return Some(format!("expected {event}\n     found {found:?}"));
                }
            }
            (expected.len() != actual.len())
                .then(|| format!("expected {} events, found {}: {actual:?}", expected.len(), actual.len()))
        }
    }
}

fn event_fits(expected: &Value, actual: &HistoryEvent) -> bool {
    let number_fits = |name, found| number(expected, name).is_none_or(|wanted| wanted == found);
    text(expected, "type") == actual.kind.to_string()
        && number_fits("id", actual.id)
        && number_fits("prev", actual.previous_event_id)
        && expected.get("detail").is_none_or(|detail| fits(detail, &actual.details))
}

/// An event and those that name it as their predecessor.
struct Tree {
    kind: String,
    detail: Value,
    children: Vec<Tree>,
}

fn expected_tree(events: &[Value], parent: u64) -> Vec<Tree> {
    let children = events.iter().filter(|event| number(event, "prev") == Some(parent));
    children
        .map(|event| Tree {
            kind: text(event, "type").to_owned(),
            detail: event.get("detail").cloned().unwrap_or_default(),
            children: expected_tree(events, number(event, "id").unwrap_or(u64::MAX)),
        })
        .collect()
}

fn actual_tree(events: &[HistoryEvent], parent: u64) -> Vec<Tree> {
    let children = events.iter().filter(|event| event.previous_event_id == parent && event.id != parent);
    children
        .map(|event| Tree {
            kind: event.kind.to_string(),
            detail: event.details.clone(),
            children: actual_tree(events, event.id),
        })
        .collect()
}

fn forests_fit(expected: &[Tree], actual: &[Tree]) -> bool {
    let mut open: Vec<&Tree> = actual.iter().collect();
    expected.len() == actual.len()
        && expected.iter().all(|tree| {
            let fitting = open.iter().position(|candidate| {
                tree.kind == candidate.kind
                    && fits(&tree.detail, &candidate.detail)
                    && forests_fit(&tree.children, &candidate.children)
            });
            fitting.map(|position| open.remove(position)).is_some()
        })
}

fn text<'v>(event: &'v Value, name: &str) -> &'v str {
    event.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(event: &Value, name: &str) -> Option<u64> {
    event.get(name)?.as_u64()
}

fn text_fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split("<*>");
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}
