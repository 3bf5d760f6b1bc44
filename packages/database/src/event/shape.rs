//! What a member of an event's data can be.
//!
//! Few shapes, so that every consumer can read them and every change can be judged. To add one: a variant here, its lines in
//! [`Shape::check`] and in `schema.rs`.

use serde_json::Value;

/// One member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub shape: Shape,
    /// Whether it is always there.
    pub required: bool,
}

/// A member that is always there.
pub const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

/// A member that may be absent: what can be added to an event that consumers know already.
pub const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

/// A value of an event's data.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// An id with this prefix.
    Id(&'static str),
    /// A word or a code.
    Text,
    /// Minor units and a currency.
    Money,
    /// The name of a seat.
    Seat,
    /// This or null.
    Nullable(&'static Shape),
    /// Any number of these.
    List(&'static Shape),
    /// An object with these members, and maybe others.
    Object(&'static [Field]),
}

impl Shape {
    fn check(&self, value: &Value, at: &str) -> Result<(), String> {
        let fits = match self {
            Self::Id(prefix) => text(value, |text| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_'))),
            Self::Text => text(value, |_| true),
            Self::Seat => text(value, |text| text.parse::<usher_core::seat::SeatName>().is_ok()),
            Self::Money => value["amount"].is_i64() && text(&value["currency"], |text| text.len() == 3),
            Self::Nullable(shape) if !value.is_null() => return shape.check(value, at),
            Self::Nullable(_) => true,
            Self::Object(fields) => return check_fields(fields, value, at),
            Self::List(shape) => {
                let Some(items) = value.as_array() else { return Err(format!("{at} is no list")) };
                return items.iter().try_for_each(|item| shape.check(item, &format!("{at}[]")));
            }
        };
        if fits { Ok(()) } else { Err(format!("{at} is not {self:?}")) }
    }
}

fn text(value: &Value, fits: impl FnOnce(&str) -> bool) -> bool {
    value.as_str().is_some_and(fits)
}

pub(super) fn check_fields(fields: &[Field], value: &Value, at: &str) -> Result<(), String> {
    let Some(members) = value.as_object() else { return Err(format!("{at} is no object")) };
    if let Some(undeclared) = members.keys().find(|name| fields.iter().all(|field| field.name != *name)) {
        return Err(format!("{at}.{undeclared} is not declared"));
    }
    fields.iter().try_for_each(|field| match members.get(field.name) {
        Some(member) => field.shape.check(member, &format!("{at}.{}", field.name)),
        None if field.required => Err(format!("{at}.{} is missing", field.name)),
        None => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: &[Field] = &[
        field("booking_id", Shape::Id("bkg")),
        field("total", Shape::Money),
        field("code", Shape::Nullable(&Shape::Text)),
        field("seats", Shape::List(&Shape::Seat)),
        optional("ticket", Shape::Object(&[field("id", Shape::Id("tkt"))])),
    ];

    #[test]
    fn data_is_held_against_what_was_declared() {
        let right = json!({
            "booking_id": "bkg_1", "total": { "amount": -1, "currency": "EUR" }, "code": null, "seats": ["A1"],
            "ticket": { "id": "tkt_1" },
        });
        assert_eq!(check_fields(FIELDS, &right, "data"), Ok(()));
        for (member, value, said) in [
            ("booking_id", json!("pay_1"), "data.booking_id is not Id(\"bkg\")"),
            ("total", json!({ "amount": 1.5, "currency": "EUR" }), "data.total is not Money"),
            ("code", json!(3), "data.code is not Text"),
            ("seats", json!(["A1", "1A"]), "data.seats[] is not Seat"),
            ("seats", json!("A1"), "data.seats is no list"),
            ("ticket", json!({}), "data.ticket.id is missing"),
            ("note", json!(1), "data.note is not declared"),
        ] {
            let mut wrong = right.clone();
            wrong[member] = value;
            assert_eq!(check_fields(FIELDS, &wrong, "data").unwrap_err(), said);
        }
        let mut without = right;
        without.as_object_mut().unwrap().remove("ticket");
        assert_eq!(check_fields(FIELDS, &without, "data"), Ok(()));
    }
}
