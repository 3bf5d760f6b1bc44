//! Every execution ends, in time, and then asks for nothing any more.

use time::Duration;
use usher_asl::{Execution, HistoryEvent};

use crate::clockwork::NOON;

/// No definition allows itself three days, and people redrive three times at most. What takes longer was forgotten.
const LONGEST: Duration = Duration::days(12);

pub(super) fn check(execution: &Execution, history: &[HistoryEvent]) -> Vec<String> {
    let mut found = Vec::new();
    if execution.status().is_running() {
        found.push(format!("it stands still in {}", execution.current_states().join(", ")));
    } else if execution.open_tasks().next().is_some() {
        found.push("it has ended, but a task is open".to_owned());
    }
    if let Some(took) = history.last().map(|last| last.at - NOON).filter(|took| *took > LONGEST) {
        found.push(format!("it was forgotten, and ended after {} days", took.whole_days()));
    }
    found
}
