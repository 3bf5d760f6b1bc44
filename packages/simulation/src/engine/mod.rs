//! An engine process: batches of commands, a cache, timers, a clock of its own. It follows `orchestrator/src/embedded`
//! file by file - `decide` its `step.rs`, `batches` its `batch.rs` over a lane of `usher_database`, `timers` its
//! `timers.rs` - with the database and the waiting taken out.

mod batches;
mod decide;
mod timers;

use std::collections::{BTreeMap, VecDeque};

pub(crate) use batches::Batch;
use decide::Decider;
pub(crate) use decide::identity;
use time::{Duration, OffsetDateTime};
use usher_asl::{Execution, HistoryEvent};

use crate::{database::Told, simulation::Call};

/// An execution as of a version.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub version: i64,
    pub saga: String,
    pub execution: Execution,
    /// The timer that the row carries: not later than the execution's own.
    pub due_at: Option<OffsetDateTime>,
}

/// An execution that moved, or began.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    pub id: String,
    pub snapshot: Snapshot,
    pub history: Vec<HistoryEvent>,
    /// Queues and bodies.
    pub messages: Vec<(String, String)>,
    pub told: Vec<Told>,
}

/// A process.
#[derive(Debug)]
pub(crate) struct Engine {
    /// Counts its lives: what an earlier one had in hand is nobody's.
    pub life: u32,
    pub is_up: bool,
    /// By how much its clock is ahead.
    pub ahead: Duration,
    pub asleep_until: Option<OffsetDateTime>,
    pub cache: BTreeMap<String, Snapshot>,
    pub backlog: VecDeque<Call>,
    pub batch: Option<Batch>,
    /// Executions before their last time-out; kept only for a planted bug.
    pub before_timeout: BTreeMap<String, Execution>,
}

impl Engine {
    pub fn new(ahead: Duration) -> Self {
        Self {
            life: 0,
            is_up: true,
            ahead,
            asleep_until: None,
            cache: BTreeMap::new(),
            backlog: VecDeque::new(),
            batch: None,
            before_timeout: BTreeMap::new(),
        }
    }

    /// What a process that dies takes with it.
    pub fn die(&mut self) {
        *self = Self { life: self.life + 1, is_up: false, ..Self::new(self.ahead) };
    }
}
