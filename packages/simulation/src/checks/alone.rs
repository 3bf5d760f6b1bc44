//! Where faults decided nothing, the outcome is that of an execution alone.
//!
//! A fault can make an attempt time out, and can change which of two things that race comes first; it can do nothing
//! else. So whoever has the same time-outs, and cut nothing off, must have the same status, output, error and cause,
//! and the same events up to their order. Event numbers inside causes depend on that order and are not compared.

use std::collections::BTreeMap;

use usher_asl::{EventType, Execution, HistoryEvent};

use super::Subject;
use crate::reference::Reference;

/// What comparing led to.
pub(super) enum Verdict {
    Same,
    NotComparable,
    Differs(String),
}

pub(super) fn check(subject: &Subject<'_>, execution: &Execution, history: &[HistoryEvent]) -> Verdict {
    if raced(history) {
        return Verdict::NotComparable;
    }
    let alone = Reference::alone(subject.given(), &subject.run.script);
    if raced(&alone.history) || time_outs(history) != time_outs(&alone.history) {
        return Verdict::NotComparable;
    }
    let (here, there) = (outcome(execution), outcome(&alone.execution));
    if here != there {
        return Verdict::Differs(format!("it came to {here}, but alone it comes to {there}"));
    }
    let (here, there) = (kinds(history), kinds(&alone.history));
    if here != there {
        return Verdict::Differs(format!("its events are {here:?}, but alone they are {there:?}"));
    }
    Verdict::Same
}

/// Whether something was cut off - which thing that is depends on which came first - or somebody intervened.
fn raced(history: &[HistoryEvent]) -> bool {
    let decides = |event: &HistoryEvent| match event.kind {
        EventType::ExecutionRedriven | EventType::ExecutionTimedOut => true,
        kind => kind.to_string().ends_with("Aborted"),
    };
    history.iter().any(decides)
}

fn outcome(execution: &Execution) -> String {
    without_numbers(&serde_json::to_string(execution.status()).unwrap_or_default())
}

fn kinds(history: &[HistoryEvent]) -> BTreeMap<String, usize> {
    counted(history.iter().map(|event| event.kind.to_string()))
}

/// Which attempts timed out: each as what its worker was sent, but for what is new with every attempt.
fn time_outs(history: &[HistoryEvent]) -> BTreeMap<String, usize> {
    counted(history.iter().filter(|event| event.kind == EventType::TaskTimedOut).map(|event| asked(history, event)))
}

fn asked(history: &[HistoryEvent], event: &HistoryEvent) -> String {
    let mut event = event;
    while event.kind != EventType::TaskScheduled {
        let previous = usize::try_from(event.previous_event_id).ok().and_then(|id| history.get(id.checked_sub(1)?));
        let Some(previous) = previous else { return String::new() };
        event = previous;
    }
    let mut message = event.details.value()["parameters"]["MessageBody"].clone();
    message["task_token"] = "".into();
    message["entered_at"] = "".into();
    without_numbers(&message.to_string())
}

fn counted(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

/// Leaves out the digits after each `#`, the sign before the number of an event.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split('#');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}
