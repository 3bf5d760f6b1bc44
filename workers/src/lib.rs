//! Takes step requests from queues and performs them.
//!
//! [`step`] is what a step is; [`steps`] has one file for each, its do and its undo side by side; [`request`] reads what was asked for; [`runner`] receives,
//! keeps leases and heartbeats alive, reports and acknowledges - the same for every step.

mod faults;
pub mod request;
pub mod runner;
pub mod step;
pub mod steps;
