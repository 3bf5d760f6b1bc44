//! Which trace an event belongs to.
//!
//! Commands of many callers are applied together, by a lane in a task of its own, so no caller's trace is the current one
//! where an event is built. What is known there is whom the event is about. So whoever works on something says so for as
//! long as it works, and the event asks.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use usher_core::trace::TraceContext;

/// What is being worked on in this process: by subject, the latest trace and how many work on it.
static WORKING: OnceLock<Mutex<HashMap<String, (TraceContext, usize)>>> = OnceLock::new();

/// Somebody works on a subject as long as this lives.
#[derive(Debug)]
pub struct Working(String);

/// From now on events about the subject belong to this trace.
#[must_use = "the trace is forgotten when the value is dropped"]
pub fn enter(subject: &str, context: TraceContext) -> Working {
    let mut working = WORKING.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let entry = working.entry(subject.to_owned()).or_insert((context, 0));
    *entry = (context, entry.1 + 1);
    Working(subject.to_owned())
}

/// The trace of whoever works on the subject.
pub(super) fn of(subject: &str) -> Option<TraceContext> {
    let working = WORKING.get()?.lock().unwrap_or_else(PoisonError::into_inner);
    working.get(subject).map(|(context, _)| *context)
}

impl Drop for Working {
    fn drop(&mut self) {
        let Some(working) = WORKING.get() else { return };
        let mut working = working.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = working.get_mut(&self.0) {
            entry.1 -= 1;
            if entry.1 == 0 {
                working.remove(&self.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_known_as_long_as_somebody_works_in_it() {
        let (first, second) = (TraceContext::beginning(1), TraceContext::beginning(2));
        assert_eq!(of("bkg_traced"), None);
        let one = enter("bkg_traced", first);
        let two = enter("bkg_traced", second);
        assert_eq!((of("bkg_traced"), of("bkg_other")), (Some(second), None));
        drop(one);
        assert_eq!(of("bkg_traced"), Some(second));
        drop(two);
        assert_eq!(of("bkg_traced"), None);
    }
}
