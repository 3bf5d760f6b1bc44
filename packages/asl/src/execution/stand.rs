//! Where an execution stands, for whoever shows it to people.

use serde_json::Value;
use time::OffsetDateTime;

use super::{Activity, Place};

/// A state that was entered and not left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stand<'e> {
    /// The state.
    pub state: &'e str,
    /// When it was entered.
    pub entered_at: OffsetDateTime,
    /// What it was given, before any processing.
    pub input: &'e Value,
    /// How many attempts there were before the present or the next one.
    pub attempt: u32,
    /// What it waits for; nothing when the execution ended there.
    pub awaits: Option<Awaited>,
    /// When the wait is over at the latest.
    pub until: Option<OffsetDateTime>,
}

/// What a state waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// Whoever holds the token of its task.
    Answer,
    /// The moment of the next attempt.
    Retry,
    /// The moment that a Wait state names.
    Moment,
}

impl<'e> Stand<'e> {
    pub(super) fn of(place: &'e Place) -> Self {
        let (awaits, until) = match &place.activity {
            Activity::Task(task) => (Some(Awaited::Answer), task.due_at()),
            Activity::Backoff(until) => (Some(Awaited::Retry), Some(*until)),
            Activity::Waiting(until) => (Some(Awaited::Moment), Some(*until)),
            _ => (None, None),
        };
        Self {
            state: &place.name,
            entered_at: place.entered_at,
            input: &place.input,
            attempt: place.attempts.total(),
            awaits,
            until,
        }
    }
}
