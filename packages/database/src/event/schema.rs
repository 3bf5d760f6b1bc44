//! The declaration of an event as JSON Schema (2020-12), for consumers in any language.

use serde_json::{Map, Value, json};

use super::{EventType, Field, Shape};

/// 26 digits of Crockford's base 32.
const ULID: &str = "[0-9A-HJKMNP-TV-Z]{26}";

/// The schema of the event in its envelope. Consumers ignore members that they do not know.
pub(super) fn of(event: &EventType) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.name,
        "description": event.about,
        "type": "object",
        "required": ["id", "type", "version", "subject", "time", "data"],
        "properties": {
            "id": { "type": "string", "pattern": id("evt"), "description": "The same in every repetition." },
            "type": { "type": "string", "const": event.name },
            "version": { "type": "integer", "const": event.version },
            "subject": { "type": "string", "pattern": id("bkg"), "description": "The booking it is about." },
            "time": { "type": "string", "format": "date-time", "description": "When it was written." },
            "traceparent": {
                "type": "string",
                "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
                "description": "The trace that it belongs to (W3C Trace Context), where there is one.",
            },
            "data": object(event.data),
        },
    })
}

fn id(prefix: &str) -> String {
    format!("^{prefix}_{ULID}$")
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_owned(), of_shape(&field.shape))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Id(prefix) => json!({ "type": "string", "pattern": id(prefix) }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Seat => json!({ "type": "string", "pattern": "^[A-Z]{1,2}[1-9][0-9]{0,2}$" }),
        Shape::Money => json!({
            "type": "object",
            "description": "Whole minor units of a currency (ISO 4217).",
            "required": ["amount", "currency"],
            "properties": {
                "amount": { "type": "integer" },
                "currency": { "type": "string", "pattern": "^[A-Z]{3}$" },
            },
        }),
        Shape::Nullable(shape) => {
            let mut schema = of_shape(shape);
            let or_null = json!([schema["type"].take(), "null"]);
            schema["type"] = or_null;
            schema
        }
        Shape::List(shape) => json!({ "type": "array", "items": of_shape(shape) }),
        Shape::Object(fields) => object(fields),
    }
}
