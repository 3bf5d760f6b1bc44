//! Engine processes that die, sleep and lose their database in the middle of their work.
//!
//! Whatever happens: every execution ends as it should, its history has no gap and nothing twice, every task has one
//! effect, and no message is left. `machines` are the sagas, one for each state type; `engine` is the process that is
//! killed, `world` asks for executions and audits them.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod engine;
mod fencing;
mod machines;
mod points;
mod process;
mod restart;
mod world;
