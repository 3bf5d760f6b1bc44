//! A private PostgreSQL: whoever starts Usher on a laptop, and every test, gets a real server without installing one.
//!
//! [`binaries`] finds the programs, [`cluster`] keeps one server over one data folder, [`testing`] hands out a fresh
//! database per test. The server listens on a private socket and on the loopback address only. Nothing here knows
//! what the databases hold; a new place to look for programs is one line in `binaries/places.rs`, a new server
//! setting one line in `cluster/settings.rs`.

pub mod binaries;
pub mod cluster;
#[cfg(feature = "testing")]
pub mod testing;

mod process;
mod secret;

pub use binaries::{Binaries, BinariesError};
pub use cluster::{Cluster, ClusterError, ClusterOptions, Durability};
