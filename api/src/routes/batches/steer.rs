//! `POST /api/batches/{id}/{verb}`: starts, pauses, resumes or cancels a batch. Doing it again is harmless, so it needs no key.

use axum::{
    Json,
    extract::{Path, State},
};
use usher_core::{ids::BatchId, problem::Kind};
use usher_operations::batch::run::Steer;

use super::BatchView;
use crate::{auth::Operator, problem::Problem, routes::sagas::act::problem, state::AppState};

/// Steer a batch
///
/// `start`: its items begin, one after the other, at its rate. `pause`: no further item begins; those that have go on. `resume`:
/// items begin again. `cancel`: what has not begun never will.
#[utoipa::path(post, path = "/api/batches/{id}/{verb}", tag = "operation", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "`bat_...`"),
        ("verb" = String, Path, description = "`start`, `pause`, `resume` or `cancel`."),
    ),
    responses(
        (status = 200, description = "It is so.", body = BatchView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such batch, or nothing that is done with one."),
        (status = 409, description = "`conflict`: the batch does not stand so that this makes sense."),
    ))]
pub(crate) async fn steer(
    State(state): State<AppState>,
    _: Operator,
    Path((id, verb)): Path<(String, String)>,
) -> Result<Json<BatchView>, Problem> {
    let id: BatchId = id.parse().map_err(|error| Problem::new(Kind::InvalidRequest, format!("{error}")))?;
    let steer = match verb.as_str() {
        "start" => Steer::Start,
        "pause" => Steer::Pause,
        "resume" => Steer::Resume,
        "cancel" => Steer::Cancel,
        _ => return Err(Problem::new(Kind::NotFound, "Batches are started, paused, resumed and cancelled.")),
    };
    Ok(Json(state.operations.steer_batch(id, steer).await.map_err(problem)?.into()))
}
