//! The embedded engine over a real PostgreSQL, with a clock that moves when it is told to.

#![expect(clippy::unwrap_used, reason = "tests may")]

mod clock;
mod engine;
mod executions;
mod finding;
mod retention;
