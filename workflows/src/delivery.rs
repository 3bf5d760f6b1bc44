//! What became of a request that a worker was given: who had it, how often it had been delivered, how long it took.
//!
//! The engine's history says when a task was asked for and answered, and not by whom. Workers note that, in memory and for
//! nothing; it is written down later, together with what others note. So it costs a booking no round trip, and a process that
//! dies takes what it has not written yet with it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::envelope::Envelope;

/// What a worker notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// Which saga.
    pub saga: String,
    /// The execution's name.
    pub name: String,
    /// Which step.
    pub step: String,
    /// How many attempts there were before this one.
    pub attempt: u32,
    /// Who worked on it.
    pub worker: String,
    /// How often the message was delivered, this time included.
    pub receives: i32,
    /// How long it took.
    pub took: Duration,
    /// What came of it.
    pub outcome: String,
}

impl Delivered {
    /// Of a request, by a worker.
    pub fn of(envelope: &Envelope, worker: &str, receives: i32, took: Duration, outcome: &str) -> Self {
        Self {
            saga: envelope.saga.clone(),
            name: envelope.name.clone(),
            step: envelope.step.clone(),
            attempt: envelope.attempt,
            worker: worker.to_owned(),
            receives,
            took,
            outcome: outcome.to_owned(),
        }
    }
}

/// The same as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which step.
    pub step: String,
    /// How many attempts there were before this one.
    pub attempt: u32,
    /// Who worked on it.
    pub worker: String,
    /// How often the message was delivered, this time included.
    pub receives: i32,
    /// When the worker was given it.
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    /// When the worker was done with it.
    #[serde(with = "time::serde::rfc3339")]
    pub ended_at: OffsetDateTime,
    /// What came of it: `done`, `parked`, the name of an error, or `late` when nobody waited for it any more.
    pub outcome: String,
}
