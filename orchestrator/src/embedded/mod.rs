//! The embedded engine: the pure interpreter made durable, many executions at a time.
//!
//! Everything that happens to an execution - a start, an answer, a heartbeat, a timer - is a command. Commands that arrive
//! while the last batch is being committed form the next one: their executions are stepped in memory, and all new
//! snapshots, history rows and outgoing messages are written in one transaction with one statement per table. Nothing
//! leaves before it is durable.
//!
//! Any number of processes may do this at once. A snapshot carries a version, and a batch that finds another version than
//! the one it read is undone and read anew, so no transition happens twice; timers are shared by leases with
//! `FOR UPDATE SKIP LOCKED`. An engine that was suspended in the middle of a transaction is cut off by the server's
//! `idle_in_transaction_session_timeout`, and one that slept outside of it writes nothing that is old.
//!
//! Reading order: [`command`], `batch` (what is written together), `step` (what happens in memory), `store` (the SQL),
//! `cache`, [`engine`] (the port), [`timers`], `pace` (what a jump of the clock does), [`retention`].

mod alarm;
mod batch;
mod cache;
pub mod command;
pub mod definitions;
pub mod engine;
mod pace;
mod read;
pub mod retention;
mod send;
mod step;
mod store;
pub mod timers;
mod token;

pub use engine::{EmbeddedOrchestrator, schema};
pub use read::Version;
pub(crate) use store::status;
