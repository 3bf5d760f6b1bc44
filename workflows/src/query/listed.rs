//! What a search gives: sagas as the list knows them, which may be a moment behind the engine.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Query;
use crate::orchestrator::Status;

/// A saga in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Which saga.
    pub saga: String,
    /// The execution's name.
    pub name: String,
    /// How it stands.
    pub status: Status,
    /// The states it stands in; none once it ended well.
    pub states: Vec<String>,
    /// Since when it stands there.
    #[serde(with = "time::serde::rfc3339::option")]
    pub entered_at: Option<OffsetDateTime>,
    /// Attempts of that state before the present one.
    pub attempt: u32,
    /// What it waits for there, where the engine tells.
    pub waiting: Option<Waiting>,
    /// When that is over at the latest: a time-out, the next attempt, the end of a wait.
    #[serde(with = "time::serde::rfc3339::option")]
    pub wakes_at: Option<OffsetDateTime>,
    /// The last error that it met, also where it went on.
    pub error: Option<String>,
    /// What was said about that.
    pub cause: Option<String>,
    /// The state that met it.
    pub failed_state: Option<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub stopped_at: Option<OffsetDateTime>,
    /// The booking it is about.
    pub booking_id: Option<String>,
    /// Whose booking that is.
    pub user_id: Option<String>,
    /// Its seats.
    pub seats: Vec<String>,
    /// What they are for.
    pub showtime_id: Option<String>,
    /// The payment it takes or gives back.
    pub payment_id: Option<String>,
    /// The hash of its definition, where the engine tells.
    pub version: Option<String>,
}

/// What a running saga waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// A worker, or whoever has the task's token.
    Task,
    /// The next attempt of a step that failed.
    Retry,
    /// A moment that the definition names.
    Timer,
}

impl Waiting {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Retry => "retry",
            Self::Timer => "timer",
        }
    }
}

impl std::str::FromStr for Waiting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Task, Self::Retry, Self::Timer];
        all.into_iter().find(|waiting| waiting.as_str() == text).ok_or_else(|| format!("nothing waits for `{text}`"))
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// Those first that have stood longest in their state; those that ended well are left out, because they stand nowhere.
    Waiting,
}

impl std::str::FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "newest" => Ok(Self::Newest),
            "oldest" => Ok(Self::Oldest),
            "waiting" => Ok(Self::Waiting),
            _ => Err(format!("`{text}` is no order: newest, oldest or waiting")),
        }
    }
}

/// Which part of which list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What is looked for.
    pub query: Query,
    /// In which order.
    pub sort: Sort,
    /// Go on where the last page ended.
    pub cursor: Option<String>,
    /// At most this many; 0 means 50.
    pub limit: u32,
}

/// A part of what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The sagas.
    pub items: Vec<Listed>,
    /// Where to go on, if there is more.
    pub next: Option<String>,
    /// By how many seconds the list may be behind the engine.
    pub behind_seconds: u64,
}
