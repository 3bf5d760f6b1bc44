//! What would break a consumer that was written for an earlier schema of the same version.
//!
//! Consumers ignore members that they do not know, so a member that may be absent can be added. Everything else that they
//! could have relied on has to stay: a member that was there, its type, its pattern, that it is always there. A member that
//! is always there from now on was not there in the events that are still in queues, so it cannot be added either. To
//! change any of these, raise the version: the schema of the version before stays, and consumers choose when to follow.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What in `new` would break a consumer of `old`, one sentence each; nothing when all is well.
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(old, new, "", &mut found);
    found
}

fn compare(old: &Value, new: &Value, at: &str, found: &mut Vec<String>) {
    let here = if at.is_empty() { "the event" } else { at };
    let (before, after) = (types(old), types(new));
    if let Some(added) = after.iter().find(|kind| !before.is_empty() && !before.contains(kind)) {
        found.push(format!("{here} can be {added}, and was {}", before.join(" or ")));
    }
    for rule in ["pattern", "const", "format"] {
        if !old[rule].is_null() && old[rule] != new[rule] {
            found.push(format!("{here} has another {rule}: {} instead of {}", new[rule], old[rule]));
        }
    }
    let (old_members, new_members) = (members(old), members(new));
    for (name, member) in &old_members {
        let at = if at.is_empty() { (*name).to_owned() } else { format!("{at}.{name}") };
        match new_members.get(name) {
            Some(changed) => compare(member, changed, &at, found),
            None => found.push(format!("{at} is gone")),
        }
    }
    let (before, after) = (required(old), required(new));
    for name in before.iter().filter(|name| !after.contains(name) && new_members.contains_key(*name)) {
        found.push(format!("{name} of {here} was always there, and may be absent now"));
    }
    for name in after.iter().filter(|name| !before.contains(name)) {
        found.push(format!("{name} of {here} is always there now, and is not in events that were sent before"));
    }
    if !old["items"].is_null() {
        compare(&old["items"], &new["items"], &format!("{at}[]"), found);
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn members(schema: &Value) -> BTreeMap<&str, &Value> {
    schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::iter)
        .map(|(name, member)| (name.as_str(), member))
        .collect()
}

fn required(schema: &Value) -> Vec<&str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventType, Field, Shape, field, optional};

    const fn of(data: &'static [Field]) -> EventType {
        EventType { name: "booking.created", version: 1, about: "Somebody asked for a booking.", data }
    }

    const BEFORE: EventType = of(&[
        field("booking_id", Shape::Id("bkg")),
        field("code", Shape::Nullable(&Shape::Text)),
        field("tickets", Shape::List(&Shape::Object(&[field("seat", Shape::Seat)]))),
        optional("note", Shape::Text),
    ]);

    fn breaks_to(after: &EventType) -> Vec<String> {
        breaks(&BEFORE.schema(), &after.schema())
    }

    #[test]
    fn what_may_be_absent_can_be_added_and_what_may_be_null_can_stop_to_be() {
        const AFTER: EventType = of(&[
            field("booking_id", Shape::Id("bkg")),
            field("code", Shape::Text),
            field("tickets", Shape::List(&Shape::Object(&[field("seat", Shape::Seat), optional("gate", Shape::Text)]))),
            optional("note", Shape::Text),
            optional("total", Shape::Money),
        ]);
        assert_eq!(breaks_to(&BEFORE), Vec::<String>::new());
        assert_eq!(breaks_to(&AFTER), Vec::<String>::new());
    }

    #[test]
    fn every_break_is_named() {
        const AFTER: EventType = of(&[
            field("booking_id", Shape::Nullable(&Shape::Id("pay"))),
            optional("code", Shape::Nullable(&Shape::Text)),
            field("tickets", Shape::List(&Shape::Object(&[field("id", Shape::Id("tkt"))]))),
            field("note", Shape::Nullable(&Shape::Text)),
        ]);
        let found = breaks_to(&AFTER);
        for expected in [
            "data.booking_id can be null, and was string",
            "data.booking_id has another pattern",
            "code of data was always there, and may be absent now",
            "data.tickets[].seat is gone",
            "id of data.tickets[] is always there now",
            "data.note can be null, and was string",
            "note of data is always there now",
        ] {
            assert!(found.iter().any(|found| found.starts_with(expected)), "{expected}: {found:#?}");
        }
        assert_eq!(found.len(), 7, "{found:#?}");
    }

    #[test]
    fn a_new_name_or_version_is_another_event() {
        let renamed = EventType { name: "booking.made", ..BEFORE };
        assert_eq!(breaks_to(&renamed).len(), 1);
        assert!(breaks_to(&EventType { version: 2, ..BEFORE })[0].contains("version has another const"));
    }
}
