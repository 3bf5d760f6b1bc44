//! A saga to take home: everything that is needed to look at it again, and to run it again, without a server.
//!
//! Nothing in it says who the customer is. Whoever holds a bundle can neither answer a task nor charge a card with it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::{attempts::Attempt, timeline::Entry};

/// The version of the shape that is written and read here.
pub const FORMAT: u32 = 1;

/// What stands for a person.
const SOMEBODY: &str = "usr_00000000000000000000000000";

/// One saga, redacted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// The version of this shape.
    pub format: u32,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub exported_at: OffsetDateTime,
    /// Which saga.
    pub saga: String,
    /// The execution's name.
    pub name: String,
    /// How it stands, in the words of Step Functions.
    pub status: String,
    /// The hash of its definition, where the engine tells.
    pub version: Option<String>,
    /// Its definition, as it was deployed.
    pub definition: String,
    /// What it began with.
    pub input: Value,
    /// What happened, as AWS names the events.
    pub history: Vec<Value>,
    /// Its attempts, with what each step was given and answered.
    pub attempts: Vec<Attempt>,
    /// Everything that happened around it.
    pub timeline: Vec<Entry>,
}

impl Bundle {
    /// The same without what is about a person, and without tokens.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.input = redacted(self.input);
        self.history = self.history.into_iter().map(redacted).collect();
        for attempt in &mut self.attempts {
            attempt.input = redacted(attempt.input.take());
            attempt.output = attempt.output.take().map(redacted);
        }
        for entry in &mut self.timeline {
            entry.trace_id = None;
        }
        self
    }
}

/// A value without tokens, people, means of payment and traces.
pub fn redacted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (String, Value)| {
                let value = match name.as_str() {
                    "task_token" | "taskToken" | "token" => Value::from("redacted"),
                    "payment_method" => Value::from("pm_redacted"),
                    "traceparent" => return None,
                    _ => redacted(value),
                };
                Some((name, value))
            };
            Value::Object(members.into_iter().filter_map(member).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        Value::String(text) if text.starts_with("usr_") => Value::from(SOMEBODY),
        // A request's body travels as a text that is JSON itself.
        Value::String(text) if text.starts_with('{') => match serde_json::from_str(&text) {
            Ok(inner @ Value::Object(_)) => Value::from(redacted(inner).to_string()),
            _ => Value::String(text),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_in_a_bundle_says_who_it_is_or_answers_a_task() {
        let value = json!({
            "user_id": "usr_01KAG3V0Q8Z6X4N2M7R5T9W1YC", "payment_method": "pm_card_4242", "traceparent": "00-ab-cd-01", "booking_id": "bkg_1",
            "parameters": { "MessageBody": { "task_token": "secret" } }, "text": "{\"task_token\": \"secret\", \"n\": 1}", "list": ["usr_1"],
        });
        let text = redacted(value).to_string();
        for gone in ["01KAG3V0", "4242", "00-ab", "secret", "usr_1\""] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        assert!(text.contains("bkg_1"), "{text}");
    }
}
