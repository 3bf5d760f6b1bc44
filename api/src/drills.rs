//! The port to whoever runs drills: where the front runs on a database that may be drilled, somebody stands behind it.

use async_trait::async_trait;
use serde_json::Value;
use time::OffsetDateTime;
use usher_core::{ids::DrillId, problem::Kind};

/// Runs drills, one at a time.
#[async_trait]
pub trait DrillDesk: Send + Sync {
    /// Begins a drill and answers at once. Nobody waits for its end; [`get`](Self::get) tells of it.
    async fn begin(&self, name: &str, seed: Option<u64>) -> Result<DrillRun, DrillRefused>;

    /// The latest runs, newest first.
    async fn latest(&self, limit: i64) -> Result<Vec<DrillRun>, DrillRefused>;

    /// One run, with its report if it has come to one.
    async fn get(&self, id: DrillId) -> Result<Option<(DrillRun, Option<Value>)>, DrillRefused>;
}

/// One run of a drill.
#[derive(Debug, Clone, PartialEq)]
pub struct DrillRun {
    /// Its id.
    pub id: DrillId,
    /// Of which drill.
    pub name: String,
    /// With which seed: the same one plans the same customers and faults.
    pub seed: u64,
    /// How it ended.
    pub verdict: Option<String>,
    /// When it began.
    pub began_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Why there is no report.
    pub failure: Option<String>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum DrillRefused {
    /// No such drill.
    #[error("there is no drill `{0}`; `usher drill list` has all of them")]
    Unknown(String),
    /// Not here, or not now.
    #[error("{0}")]
    NotPossible(String),
    /// Something needed for it is away.
    #[error("{0}")]
    Away(String),
}

impl DrillRefused {
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Unknown(_) => Kind::Unprocessable,
            Self::NotPossible(_) => Kind::Conflict,
            Self::Away(_) => Kind::Unavailable,
        }
    }
}
