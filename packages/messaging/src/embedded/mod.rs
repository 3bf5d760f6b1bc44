//! Queues and topics over PostgreSQL: what runs on a laptop, and wherever one database is enough.
//!
//! [`queue`] has the rows and the leases; [`handover`] saves them most of their work when sender and consumer are in one
//! process; [`bus`] fans events out to queues.

pub mod bus;
pub mod handover;
pub mod queue;

pub use bus::EmbeddedBus;
pub use queue::{EmbeddedQueue, schema};
