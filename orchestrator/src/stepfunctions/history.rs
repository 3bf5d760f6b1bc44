//! The history of an execution, read page by page and put into the shape that every adapter gives: id, previous event, time,
//! type and details, with documents as values.
//!
//! The details are taken from the answer as it came and not from the SDK's types: there are forty of those, each with its
//! own fields, and an event that AWS adds tomorrow is then shown whole instead of being dropped.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sfn::{
    Client,
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::AfterDeserializationInterceptorContextRef},
    error::BoxError,
    operation::get_execution_history::GetExecutionHistoryOutput,
    primitives::DateTime,
    types::HistoryEvent,
};
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::fault::Fault;

/// The most that one call gives.
const PAGE: i32 = 1_000;

/// How far back the states are looked for: the events of one state and its retries are a few dozen at most.
const TAIL: i32 = 200;

/// Members of details that hold a document as text.
const DOCUMENTS: [&str; 3] = ["input", "output", "parameters"];

/// Every event, oldest first.
pub(super) async fn all(client: &Client, execution: &str) -> Result<Vec<Value>, Fault> {
    let (mut events, mut token) = (Vec::new(), None);
    loop {
        let asking = client.get_execution_history().execution_arn(execution).max_results(PAGE).set_next_token(token);
        let whole = Whole::default();
        let page = asking.customize().interceptor(whole.clone()).send().await;
        let page = page.map_err(|error| Fault::of("GetExecutionHistory", &error))?;
        events.extend(told(&page, &whole));
        token = page.next_token;
        if token.is_none() {
            return Ok(events);
        }
    }
}

/// The states that an execution is in, or that it ended in: entered and not left.
pub(super) async fn states(client: &Client, execution: &str) -> Result<Vec<String>, Fault> {
    let asking = client.get_execution_history().execution_arn(execution).max_results(TAIL).reverse_order(true);
    let tail = asking.include_execution_data(false).send().await;
    let tail = tail.map_err(|error| Fault::of("GetExecutionHistory", &error))?;
    Ok(entered(tail.events()))
}

/// From the newest event back: what was left is skipped once for each time.
fn entered(newest_first: &[HistoryEvent]) -> Vec<String> {
    let (mut left, mut states) = (Vec::new(), Vec::new());
    for event in newest_first {
        if let Some(exited) = event.state_exited_event_details() {
            left.push(exited.name());
        } else if let Some(entered) = event.state_entered_event_details() {
            match left.iter().rposition(|name| *name == entered.name()) {
                Some(at) => drop(left.remove(at)),
                // Retries stay in their state; a state that a Catch left has no exit, but what follows it has an entry.
                None if states.is_empty() => states.push(entered.name().to_owned()),
                None => {}
            }
        }
    }
    states
}

/// The body of an answer, kept beside what the SDK makes of it.
#[derive(Debug, Clone, Default)]
struct Whole(Arc<Mutex<Vec<u8>>>);

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "Whole"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default().to_vec();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body;
        Ok(())
    }
}

fn told(page: &GetExecutionHistoryOutput, whole: &Whole) -> Vec<Value> {
    let body = std::mem::take(&mut *whole.0.lock().unwrap_or_else(PoisonError::into_inner));
    let mut body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut raw =
        body.get_mut("events").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default().into_iter();
    page.events().iter().map(|event| shape(event, raw.next().unwrap_or_default())).collect()
}

fn shape(event: &HistoryEvent, raw: Value) -> Value {
    let mut details = details(raw);
    for (name, value) in &mut details {
        if DOCUMENTS.contains(&name.as_str()) {
            *value = document(value);
        } else if name == "assignedVariables"
            && let Some(variables) = value.as_object_mut()
        {
            variables.values_mut().for_each(|value| *value = document(value));
        }
    }
    details.retain(|name, _| name != "inputDetails" && name != "outputDetails");
    json!({
        "id": event.id(),
        "previousEventId": event.previous_event_id(),
        "timestamp": moment(event.timestamp()).format(&Rfc3339).unwrap_or_default(),
        "type": event.r#type().as_str(),
        "details": details,
    })
}

/// The one member of the event that ends in `EventDetails`.
fn details(raw: Value) -> Map<String, Value> {
    let Value::Object(members) = raw else { return Map::new() };
    let details = members.into_iter().find(|(name, value)| name.ends_with("EventDetails") && value.is_object());
    match details {
        Some((_, Value::Object(details))) => details,
        _ => Map::new(),
    }
}

/// A document that came as text; what is no JSON stays text.
fn document(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), parsed)
}

/// JSON, or the text itself.
pub(super) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// A moment of AWS as ours. What no calendar has becomes the epoch.
pub(super) fn moment(at: &DateTime) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(at.as_nanos()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
