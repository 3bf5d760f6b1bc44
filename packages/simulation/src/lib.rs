//! The embedded engine in a world of its own: engines, queue, workers and payment provider in one thread, with a clock
//! that jumps and a single seed.
//!
//! The interpreter and what turns its effects into messages are the real ones. The database is a model that keeps the
//! promises PostgreSQL makes (all of a batch or nothing, versions compared as rows are written, unique names), the wire
//! and the processes are models that break theirs: messages are lost, doubled and late, processes die and sleep, clocks
//! are wrong. Whatever happens, `checks` must find nothing. Equal seeds give equal logs, to the byte.
//!
//! Suggested reading order: [`case`] (what a seed becomes), `workflow` (random definitions), [`fault`] (what can go
//! wrong), `simulation` (who does what when), `engine`, `database`, `worker`, `provider`, then `reference` and `checks`
//! (what must hold), and [`search`] (from seeds to the smallest case that fails). A new fault is a variant of
//! [`fault::Kind`] and a line where it strikes; a new check a file in `checks`.

pub mod case;
mod checks;
mod clockwork;
mod database;
mod engine;
pub mod fault;
mod log;
pub mod planted;
mod provider;
mod reference;
pub mod script;
pub mod search;
mod shrink;
pub mod simulation;
mod tape;
mod worker;
pub mod workflow;

// Not copies: the engine's own files, compiled a second time. What is pure about the engine is shared as it is.
#[expect(dead_code, reason = "what people amend is left to the tests of the engine itself")]
#[path = "../../../orchestrator/src/embedded/command.rs"]
mod command;
#[path = "../../../orchestrator/src/embedded/send.rs"]
mod send;
#[path = "../../../orchestrator/src/embedded/token.rs"]
mod token;
