//! The log of a run: one line for each thing that happens, with the virtual time in front. Equal cases give equal logs.

use std::fmt::Write as _;

use time::OffsetDateTime;

use crate::clockwork::NOON;

/// What happened, line by line.
#[derive(Debug, Default)]
pub(crate) struct Log(String);

impl Log {
    pub fn line(&mut self, now: OffsetDateTime, text: &str) {
        let passed = now - NOON;
        let (seconds, micros) = (passed.whole_seconds(), passed.subsec_microseconds());
        let _ = writeln!(self.0, "{seconds:>7}.{micros:06} {text}"); // Writing to a string does not fail.
    }

    pub fn into_text(self) -> String {
        self.0
    }
}
