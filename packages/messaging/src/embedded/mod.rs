//! Queues and topics over PostgreSQL: what runs on a laptop, and wherever one database is enough.
//!
//! [`queue`] has the rows and the leases; [`enlist`] writes messages with the change that sends them; [`handover`] saves
//! receiving most of its work when sender and consumer are in one process; [`bus`] fans events out to queues.

pub mod bus;
pub mod enlist;
pub mod handover;
mod lease;
pub mod queue;

pub use bus::EmbeddedBus;
pub use queue::{EmbeddedQueue, schema};
