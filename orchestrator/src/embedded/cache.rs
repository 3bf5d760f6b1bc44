//! Snapshots that this process wrote last, so that the next transition need not read them.
//!
//! Another process may have moved the execution since; the version decides at the write, and the batch is read anew.

use std::sync::Arc;

use time::OffsetDateTime;
use usher_asl::Execution;

use super::pace::Pace;

/// An execution as of a version.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub version: i64,
    /// The hash of its definition.
    pub definition: Arc<str>,
    pub execution: Execution,
    /// The timer that the row carries: not later than the execution's own.
    pub due_at: Option<OffsetDateTime>,
    pub pace: Pace,
}

/// The executions that moved lately, bounded: about a kilobyte each.
#[derive(Debug, Clone)]
pub(super) struct Cache(moka::sync::Cache<String, Arc<Snapshot>>);

impl Cache {
    pub fn new() -> Self {
        Self(moka::sync::Cache::new(16_384))
    }

    /// Takes a snapshot out, so that it can be changed without a copy. A batch that fails has it read anew.
    pub fn take(&self, id: &str) -> Option<Snapshot> {
        self.0.remove(id).map(Arc::unwrap_or_clone)
    }

    pub fn put(&self, id: String, snapshot: Snapshot) {
        self.0.insert(id, Arc::new(snapshot));
    }
}
