//! The claim check: what is too large to travel waits in the database, and a reference travels in its place.
//!
//! [`ClaimCheck`] stores and finds bodies. [`ClaimCheck::bus`] and [`ClaimCheck::queue`] put it around the two ports, so
//! that neither who sends nor who receives knows of it. A body is stored before its reference is sent: a crash in between
//! leaves a row that nobody asks for, and pruning removes it with the others. Bodies are kept under their SHA-256, so a
//! relay that repeats itself stores nothing twice.
//!
//! Not deleted on acknowledgement, because an event goes to many consumers and none of them is the last.

mod bus;
mod queue;
mod reference;
mod store;

pub use bus::CheckedBus;
pub use queue::CheckedQueue;
pub use store::ClaimCheck;
