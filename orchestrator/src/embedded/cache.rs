//! Snapshots that this process wrote last, so that the next transition need not read them.
//!
//! Another process may have moved the execution since; the version decides at the write, and the batch is read anew.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;
use time::OffsetDateTime;
use usher_asl::Execution;

use super::pace::Pace;

/// How many executions are kept: about a kilobyte each.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();

/// An execution as of a version.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub version: i64,
    /// The hash of its definition.
    pub definition: Arc<str>,
    pub execution: Execution,
    /// The timer that the row carries: not later than the execution's own.
    pub due_at: Option<OffsetDateTime>,
    pub pace: Pace,
}

/// The executions that moved lately.
#[derive(Debug)]
pub(super) struct Cache(Mutex<LruCache<String, Snapshot>>);

impl Cache {
    pub fn new() -> Self {
        Self(Mutex::new(LruCache::new(CAPACITY)))
    }

    /// Takes a snapshot out, so that it can be changed without a copy. A batch that fails has it read anew.
    pub fn take(&self, id: &str) -> Option<Snapshot> {
        self.lock().pop(id)
    }

    pub fn put(&self, id: String, snapshot: Snapshot) {
        self.lock().put(id, snapshot);
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, Snapshot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
