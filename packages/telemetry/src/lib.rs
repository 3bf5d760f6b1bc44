//! What a process knows of itself and of its machine: traces, metrics, the clock, entropy.
//!
//! Everything else in Usher writes with `tracing` and `metrics` and knows nothing of where it goes; the binary decides
//! that, once, by [`logs::init`] and [`metrics::install`]. To read in order: [`ambient`] is time and randomness, [`logs`]
//! what is written for people, [`metrics`] what is counted, [`process`] what the operating system knows of us, [`trace`] what belongs together across processes. With the
//! feature `testing` there is `testing`, which lets a test read what was logged.

pub mod ambient;
pub mod logs;
pub mod metrics;
pub mod process;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
