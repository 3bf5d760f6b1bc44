//! Domain events: what there is, what each says, and the envelope that all of them travel in.
//!
//! A context declares its events as [`EventType`]s, in a file `events.rs`, and builds them with [`EventType::message`] in
//! the transaction of their change. From the declarations come the schemas in `docs/events`, and a schema that consumers
//! were given is not broken: [`compatibility`] says what would, and the way out is the next `version`.

pub mod compatibility;
mod schema;
mod shape;
pub mod trace;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use usher_core::{ambient::Ambient, ids::EventId};

pub use shape::{Field, Shape, field, optional};

use crate::outbox::{Kind, Message};

/// One kind of event.
#[derive(Debug, Clone, Copy)]
pub struct EventType {
    /// Its name, which is also the topic.
    pub name: &'static str,
    /// The version of its data, from 1. Raised when a consumer would have to change.
    pub version: u32,
    /// What has happened when it is published, in a sentence.
    pub about: &'static str,
    /// What it says.
    pub data: &'static [Field],
}

impl EventType {
    /// The event about `subject`, to be written to the outbox with its change.
    pub fn message(&self, ambient: &dyn Ambient, subject: &str, data: Value) -> Message {
        debug_assert_eq!(self.check(&data), Ok(()), "{} says what it declares", self.name);
        envelope(ambient, (self.name, self.version), subject, data)
    }

    /// Whether the data is what consumers were promised; else what is wrong with it, and where.
    pub fn check(&self, data: &Value) -> Result<(), String> {
        shape::check_fields(self.data, data, "data")
    }

    /// The JSON schema of the event in its envelope.
    pub fn schema(&self) -> Value {
        schema::of(self)
    }
}

/// An event of this name and version in its envelope: id, type, version, subject, time, data, and the [`trace`] where there is one.
#[expect(clippy::needless_pass_by_value, reason = "callers build the data for it with `json!`")]
pub fn envelope(ambient: &dyn Ambient, (name, version): (&str, u32), subject: &str, data: Value) -> Message {
    let id = EventId::new(ambient);
    let time = ambient.now().format(&Rfc3339).unwrap_or_default(); // Only years beyond 9999 cannot be written.
    let mut payload =
        json!({ "id": id, "type": name, "version": version, "subject": subject, "time": time, "data": data });
    if let Some(context) = trace::of(subject) {
        payload["traceparent"] = Value::String(context.to_string());
    }
    Message { id: id.uuid(), kind: Kind::Event, topic: name.to_owned(), payload }
}
