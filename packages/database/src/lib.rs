//! What every context needs of PostgreSQL.
//!
//! A context owns a schema and its SQL. What is the same for all of them lives here, in the schema `usher` of whatever
//! database the context is in: the [`inbox`] (and [`once`], its usual face) that makes a repeated message harmless, the [`outbox`] that makes a message
//! part of the change it tells of, the declarations of every [`event`], and the [`idempotency`] of HTTP requests. [`group_commit`] turns many small
//! transactions into few large ones without anybody writing code for batches but the one who writes the SQL.

mod apply;
pub mod event;
pub mod failure;
pub mod group_commit;
pub mod idempotency;
pub mod inbox;
mod lane;
pub mod migrate;
pub mod once;
pub mod outbox;
pub mod pool;
pub mod signals;

pub use failure::Failure;
pub use group_commit::GroupCommit;
pub use once::Once;
