//! What is kept of an execution between two events. Names are one letter long on disk, because a busy engine writes
//! thousands of these a second; the names in Rust say what they mean.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::is_zero;
use crate::{moment, retry::Attempts};

/// One thread of control: the execution itself, a branch of a Parallel, an iteration of a Map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Branch {
    /// The predecessor of its next event.
    #[serde(rename = "l")]
    pub(crate) last_event: u64,
    /// What its states have assigned.
    #[serde(rename = "v", default, skip_serializing_if = "Map::is_empty")]
    pub(crate) variables: Map<String, Value>,
    /// Where it stands: nowhere before its first state and after its last.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
}

/// A state that was entered and not left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    #[serde(rename = "n")]
    pub(crate) name: String,
    #[serde(rename = "e")]
    pub(crate) entered_event: u64,
    #[serde(rename = "t", with = "moment")]
    pub(crate) entered_at: OffsetDateTime,
    /// The raw input.
    #[serde(rename = "i")]
    pub(crate) input: Value,
    #[serde(rename = "r", default, skip_serializing_if = "Attempts::is_none")]
    pub(crate) attempts: Attempts,
    #[serde(rename = "a", default, skip_serializing_if = "Activity::is_idle")]
    pub(crate) activity: Activity,
}

/// What a state is waiting for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) enum Activity {
    /// For nothing: it is being worked on right now, or the execution ended here.
    #[default]
    #[serde(rename = "i")]
    Idle,
    /// For a moment, in a Wait state.
    #[serde(rename = "w", with = "moment")]
    Waiting(OffsetDateTime),
    /// For the moment of the next attempt.
    #[serde(rename = "b", with = "moment")]
    Backoff(OffsetDateTime),
    /// For a task.
    #[serde(rename = "t")]
    Task(OpenTask),
    /// For branches.
    #[serde(rename = "p")]
    Parallel(Vec<Slot>),
    /// For iterations.
    #[serde(rename = "m")]
    Map(Iterations),
    /// For nothing any more: the task ran out of time within this very step.
    #[serde(skip)]
    Expired { heartbeat: bool },
}

/// A task that somebody is working on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTask {
    /// The handle by which the work is reported on.
    #[serde(rename = "k")]
    pub token: String,
    /// The state it belongs to.
    #[serde(rename = "s")]
    pub state: String,
    /// The number of the event that scheduled it.
    #[serde(rename = "e")]
    pub scheduled_event_id: u64,
    /// 0 for the first attempt, counting retries.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub attempt: u32,
    /// When its state was entered.
    #[serde(rename = "t", with = "moment")]
    pub entered_at: OffsetDateTime,
    /// When its time is up.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none", with = "moment::option")]
    pub timeout_at: Option<OffsetDateTime>,
    /// When a sign of life is due.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none", with = "moment::option")]
    pub heartbeat_at: Option<OffsetDateTime>,
    /// How many seconds a sign of life buys.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_seconds: Option<u64>,
}

/// A branch of a Parallel state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Slot {
    #[serde(rename = "r")]
    Running(Box<Branch>),
    #[serde(rename = "d")]
    Done(Value),
}

/// The iterations of a Map state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Iterations {
    #[serde(rename = "l")]
    pub(crate) length: usize,
    /// The index of the iteration that starts next.
    #[serde(rename = "n")]
    pub(crate) next: usize,
    /// How many may fail.
    #[serde(rename = "y", default, skip_serializing_if = "is_none")]
    pub(crate) tolerated: usize,
    /// How many did.
    #[serde(rename = "f", default, skip_serializing_if = "is_none")]
    pub(crate) failed: usize,
    /// The items, if they were computed. Others are looked up in the state's input when they are needed.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) items: Option<Vec<Value>>,
    #[serde(rename = "r")]
    pub(crate) running: Vec<Iteration>,
    /// By index; null where an iteration has not ended yet.
    #[serde(rename = "o")]
    pub(crate) outputs: Vec<Value>,
}

/// An iteration that has started and not ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Iteration {
    #[serde(rename = "x")]
    pub(crate) index: usize,
    /// In a distributed Map, the number of its next event, which the history does not show.
    #[serde(rename = "e", default, skip_serializing_if = "is_no_event")]
    pub(crate) next_event_id: u64,
    #[serde(rename = "b")]
    pub(crate) branch: Branch,
}

impl Branch {
    /// A branch that has not begun and whose first event follows `event`.
    pub(crate) fn after(event: u64) -> Self {
        Self { last_event: event, variables: Map::new(), place: None }
    }
}

impl Activity {
    pub(crate) fn is_idle(&self) -> bool {
        *self == Self::Idle
    }
}

impl OpenTask {
    /// The earlier of its two deadlines.
    pub fn due_at(&self) -> Option<OffsetDateTime> {
        self.timeout_at.into_iter().chain(self.heartbeat_at).min()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
fn is_no_event(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
fn is_none(number: &usize) -> bool {
    *number == 0
}
