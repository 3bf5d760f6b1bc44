//! The words every part of Usher shares, and nothing else: no async, no clock, no input or output.
//!
//! A type belongs here only when two contexts have to agree on it; everything else lives with the one that owns it.

pub mod ambient;
pub mod faults;
pub mod ids;
pub mod money;
pub mod problem;
pub mod seat;
pub mod size;
pub mod trace;
