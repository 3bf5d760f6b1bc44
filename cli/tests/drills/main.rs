//! Drills, as engineers run them: the program as a child process, on a product of its own, judged by its report.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod http;
mod kept;
mod planted;
mod runner;
mod shipped;
