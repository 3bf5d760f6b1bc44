//! For probes and people: is the process alive, should traffic be sent to it, and what is the matter.

pub(crate) mod details;
pub(crate) mod live;
pub(crate) mod metrics;
pub(crate) mod ready;
