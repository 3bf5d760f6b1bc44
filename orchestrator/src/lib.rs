//! Starts, watches and redrives sagas.
//!
//! The port is `usher_workflows::orchestrator`; [`embedded`] is the engine that runs the States Language over PostgreSQL,
//! [`stepfunctions`] has it run by AWS. Both know a definition by its [`hash`]; [`projected`] keeps the lists that AWS has not.
//! [`relay`] sends what the outbox holds: commands to start sagas that nobody handed over, and domain events.

#[cfg(feature = "crash-points")]
pub mod crash_point;
pub mod embedded;
pub mod hash;
pub mod projected;
pub mod relay;
pub mod stepfunctions;
