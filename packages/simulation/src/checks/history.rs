//! The history is numbered without a gap, each event follows an earlier one, and nothing comes after the end.

use usher_asl::{Execution, HistoryEvent};

pub(super) fn check(execution: &Execution, history: &[HistoryEvent]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, event) in (1..).zip(history) {
        if event.id != number {
            found.push(format!("event {} stands where {number} belongs", event.id));
            break;
        }
        if event.previous_event_id >= event.id {
            found.push(format!("event {} follows {}", event.id, event.previous_event_id));
        }
    }
    let last = history.last().map_or(0, |event| event.id);
    if execution.next_event_id() != last + 1 {
        found.push(format!("the history ends with {last}, but the next event would be {}", execution.next_event_id()));
    }
    found
}
