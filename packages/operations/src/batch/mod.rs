//! One act on many sagas.
//!
//! [`freeze`](mod@freeze) looks at each of them and fixes the names and versions, [`run`] begins one after the other at the
//! batch's rate and watches them, [`read`] tells how far it is. Every item is an act of its own, with its own story in the
//! chain; the batch is the list of them. Whatever happens to the process, each item is in exactly one outcome.

pub mod freeze;
pub mod read;
pub mod run;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::{ids::BatchId, money::Money};

use crate::act::{Act, Person};

/// The most items of one batch. More are several batches, which can be stopped between.
pub const MOST: usize = 1_000;

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looked at; nothing begins until somebody says so.
    Previewed,
    /// Items begin at its rate.
    Running,
    /// None begins; those that have go on.
    Paused,
    /// None will begin.
    Cancelled,
    /// All are over.
    Done,
}

impl Stage {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Previewed => "previewed",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
        }
    }

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Previewed, Self::Running, Self::Paused, Self::Cancelled, Self::Done];
}

/// What the previews of all items come to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stakes {
    /// Seats that would become free or be left.
    pub seats: usize,
    /// Money that would go back or be left, each currency by itself.
    pub money: Vec<Money>,
    /// Tickets that would become invalid or be left.
    pub tickets: usize,
    /// Messages that would be sent.
    pub mails: usize,
    /// Items that need a second person.
    pub need_approval: usize,
}

/// How many items have which outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// All of them: the sum of the others.
    pub total: i64,
    /// Not begun.
    pub pending: i64,
    /// Begun and not over.
    pub begun: i64,
    /// Over, and the saga has passed the step.
    pub worked: i64,
    /// Over, and the saga has failed again.
    pub failed_again: i64,
    /// The engine or the business said no.
    pub refused: i64,
    /// The second person said no.
    pub declined: i64,
    /// Not possible, or not as it was looked at.
    pub skipped: i64,
    /// The batch was cancelled before.
    pub cancelled: i64,
}

/// A batch and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// What is done to each.
    #[serde(flatten)]
    pub act: Act,
    /// Why.
    pub reason: String,
    /// Where the matter is followed.
    pub ticket: Option<String>,
    /// Who asked.
    pub by: Person,
    /// Where it stands.
    pub stage: Stage,
    /// Items a minute at most.
    pub rate: i32,
    /// What was at stake when it was looked at.
    pub stake: Stakes,
    /// How its items stand.
    pub counts: Counts,
    /// When it was looked at.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its place in the batch, from 0.
    pub place: i32,
    /// The execution.
    pub name: String,
    /// The version that was looked at.
    pub version: Option<i64>,
    /// What became of it.
    pub outcome: String,
    /// Its act, once it has begun.
    pub act: Option<String>,
    /// Why it was skipped or refused.
    pub note: Option<String>,
}
