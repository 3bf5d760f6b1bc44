//! Drills: failures on purpose, on a database that may be drilled, and nowhere else.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;

use std::sync::Arc;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{ids::DrillId, problem::Kind};
use utoipa::ToSchema;

use crate::{
    drills::{DrillDesk, DrillRefused, DrillRun},
    problem::Problem,
    state::AppState,
};

/// One run of a drill.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "drl_01KAGXZ5Y8QW3R6T9V2B4N7M1D", "name": "payment-answer-lost", "seed": 7, "state": "passed",
    "began_at": "2026-11-20T10:00:00Z", "ended_at": "2026-11-20T10:00:21Z", "failure": null,
}))]
pub(crate) struct DrillView {
    /// `drl_...`.
    #[schema(value_type = String)]
    id: DrillId,
    /// Which drill.
    name: String,
    /// The same one plans the same customers and faults.
    seed: u64,
    /// `running`, `passed`, `failed`, `inconclusive`, `aborted`, or `broken` when it came to no report.
    state: String,
    #[serde(with = "time::serde::rfc3339")]
    began_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    ended_at: Option<OffsetDateTime>,
    /// Why it came to no report.
    failure: Option<String>,
}

impl From<DrillRun> for DrillView {
    fn from(run: DrillRun) -> Self {
        let state = match (&run.verdict, &run.failure) {
            (Some(verdict), _) => verdict.clone(),
            (None, Some(_)) => "broken".to_owned(),
            (None, None) => "running".to_owned(),
        };
        let DrillRun { id, name, seed, began_at, ended_at, failure, .. } = run;
        Self { id, name, seed, state, began_at, ended_at, failure }
    }
}

fn desk(state: &AppState) -> Result<Arc<dyn DrillDesk>, Problem> {
    let nowhere = "This front runs no drills: its database is not marked for them, or it runs beside others.";
    state.drills.clone().ok_or_else(|| Problem::new(Kind::Conflict, nowhere))
}

fn refused(refused: DrillRefused) -> Problem {
    Problem::new(refused.kind(), refused.to_string()).because(refused)
}
