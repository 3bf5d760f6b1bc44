//! The earliest timer that this process knows of, so that the timers need not ask for what was just written.

use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use tokio::sync::Notify;

/// Set by every batch that is durable, read by the timers' loop.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    earliest: Mutex<Option<OffsetDateTime>>,
    changed: Notify,
    seen: Mutex<Option<OffsetDateTime>>,
}

impl Alarm {
    /// A timer was written that is due at this moment.
    pub fn set(&self, due_at: OffsetDateTime) {
        let mut earliest = self.earliest.lock().unwrap_or_else(PoisonError::into_inner);
        if earliest.is_none_or(|earliest| due_at < earliest) {
            *earliest = Some(due_at);
            self.changed.notify_one();
        }
    }

    /// The earliest timer that was set, which stays until [`Self::clear`].
    pub fn earliest(&self) -> Option<OffsetDateTime> {
        *self.earliest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was set: the database is about to be asked.
    pub fn clear(&self) {
        *self.earliest.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// When the timers were last looked at, by the clock of then.
    pub fn seen(&self) -> Option<OffsetDateTime> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The timers are looked at now, and what the clock did before is dealt with.
    pub fn looked(&self, now: OffsetDateTime) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Waits until an earlier timer is set.
    pub async fn earlier(&self) {
        self.changed.notified().await;
    }
}
