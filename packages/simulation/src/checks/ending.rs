//! Every execution ends, and then asks for nothing any more.

use usher_asl::Execution;

pub(super) fn check(execution: &Execution) -> Vec<String> {
    let mut found = Vec::new();
    if execution.status().is_running() {
        found.push(format!("it stands still in {}", execution.current_states().join(", ")));
    } else if execution.open_tasks().next().is_some() {
        found.push("it has ended, but a task is open".to_owned());
    }
    found
}
