//! What a step says that it would find: how it is put together. The probes themselves stand with their steps.

use std::fmt::Display;

use usher_workflows::business::{Done, Finding};

/// What the step is there for is so.
pub(crate) fn done(step: &str, says: impl Display) -> Finding {
    finding(step, Done::Yes, says)
}

/// It is not so.
pub(crate) fn not_done(step: &str, says: impl Display) -> Finding {
    finding(step, Done::No, says)
}

/// Nobody can tell at the moment.
pub(crate) fn unknown(step: &str, says: impl Display) -> Finding {
    finding(step, Done::Unknown, says)
}

/// The one or the other.
pub(crate) fn whether(is_done: bool, step: &str, says: impl Display) -> Finding {
    finding(step, if is_done { Done::Yes } else { Done::No }, says)
}

fn finding(step: &str, done: Done, says: impl Display) -> Finding {
    Finding { step: step.to_owned(), done, says: says.to_string(), obstacles: Vec::new(), output: None }
}

/// Things one after the other, for a sentence.
pub(crate) fn listed<T: Display>(things: &[T]) -> String {
    things.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
