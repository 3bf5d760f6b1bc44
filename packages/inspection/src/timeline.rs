//! One list of everything that happened around a saga, in whatever part of the product, in the order of its time.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use usher_workflows::{delivery::Delivery, step::STEPS};

use crate::attempts::moment;

/// Where something was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The request that began it.
    Request,
    /// What waits to be sent.
    Outbox,
    /// The engine.
    Engine,
    /// A queue and a worker.
    Queue,
    /// An effect in the database, by the row that makes it happen once.
    Effect,
    /// A call to the payment provider.
    Provider,
    /// What the provider told by itself.
    Webhook,
    /// A posting.
    Ledger,
    /// Tickets.
    Tickets,
    /// A message to the customer.
    Message,
    /// Something that a person did.
    Operator,
    /// An incident.
    Incident,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Where that is recorded.
    pub layer: Layer,
    /// What, in a few words.
    pub what: String,
    /// The particulars, in a line.
    pub detail: String,
    /// The trace that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

impl Entry {
    /// Something that happened.
    pub fn new(at: OffsetDateTime, layer: Layer, what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { at, layer, what: what.into(), detail: detail.into(), trace_id: None }
    }

    /// As a part of a trace.
    #[must_use]
    pub fn of_trace(self, trace_id: Option<String>) -> Self {
        Self { trace_id, ..self }
    }
}

/// Entries in the order of their time; at the same moment, in the order of the layers.
pub fn ordered(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| (entry.at, entry.layer));
    entries
}

/// What the engine recorded, without what only says that a message is on its way.
pub fn of_history(history: &[Value]) -> Vec<Entry> {
    let mut states: std::collections::HashMap<u64, String> = std::collections::HashMap::new();
    let mut entries = Vec::new();
    for event in history {
        let (id, before) =
            (event["id"].as_u64().unwrap_or_default(), event["previousEventId"].as_u64().unwrap_or_default());
        let kind = event["type"].as_str().unwrap_or_default();
        let details = &event["details"];
        let text = |name: &str| details[name].as_str().unwrap_or_default();
        let state = if kind.ends_with("StateEntered") || kind.ends_with("StateExited") {
            text("name").to_owned()
        } else {
            states.get(&before).cloned().unwrap_or_default()
        };
        let error = || match text("cause") {
            "" => text("error").to_owned(),
            cause => format!("{}: {cause}", text("error")),
        };
        let told = match kind {
            "ExecutionStarted" => Some(("started".to_owned(), String::new())),
            "ExecutionSucceeded" => Some(("ended well".to_owned(), text_of(&details["output"]["outcome"]))),
            "ExecutionFailed" => Some(("failed".to_owned(), error())),
            "ExecutionTimedOut" => Some(("ran out of time".to_owned(), error())),
            "ExecutionAborted" => Some(("stopped".to_owned(), error())),
            "ExecutionRedriven" => Some(("redriven".to_owned(), String::new())),
            "TaskScheduled" => Some((format!("{state} asked for"), String::new())),
            "TaskSucceeded" => Some((format!("{state} done"), String::new())),
            "TaskFailed" => Some((format!("{state} failed"), error())),
            "TaskTimedOut" => Some((format!("{state} timed out"), error())),
            "WaitStateEntered" => Some((format!("{state} waits"), String::new())),
            _ => None,
        };
        if let (Some((what, detail)), Some(at)) = (told, moment(event)) {
            entries.push(Entry::new(at, Layer::Engine, what, detail));
        }
        states.insert(id, state);
    }
    entries
}

/// What workers noted.
pub fn of_deliveries(deliveries: &[Delivery]) -> Vec<Entry> {
    let entry = |delivery: &Delivery| {
        let Delivery { step, attempt, worker, receives, began_at, ended_at, outcome } = delivery;
        let state = STEPS.iter().find(|one| one.name == step).map_or(step.as_str(), |one| one.state);
        let took = (*ended_at - *began_at).whole_milliseconds();
        let detail = format!("{worker}, delivery {receives} of attempt {}: {outcome} after {took} ms", attempt + 1);
        Entry::new(*began_at, Layer::Queue, format!("{state} delivered"), detail)
    };
    deliveries.iter().map(entry).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_engine_s_part_is_told_in_words() {
        let event = |id: u64, kind: &str, details: &Value| json!({ "id": id, "previousEventId": id - 1, "timestamp": "2026-11-20T10:00:00Z", "type": kind, "details": details });
        let history = [
            event(1, "ExecutionStarted", &json!({})),
            event(2, "TaskStateEntered", &json!({ "name": "ChargePayment" })),
            event(3, "TaskScheduled", &json!({})),
            event(4, "TaskSubmitted", &json!({})),
            event(5, "TaskFailed", &json!({ "error": "Usher.Transient", "cause": "busy" })),
        ];
        let entries = ordered(of_history(&history));
        let told: Vec<String> = entries.iter().map(|entry| format!("{} {}", entry.what, entry.detail)).collect();
        assert_eq!(told, ["started ", "ChargePayment asked for ", "ChargePayment failed Usher.Transient: busy"]);
    }
}
