//! `GET /api/batches/{id}`: how far a batch is.

use axum::{Json, extract::State};
use usher_core::ids::BatchId;

use super::BatchView;
use crate::{auth::Operator, extract::Id, problem::Problem, state::AppState};

/// One batch
#[utoipa::path(get, path = "/api/batches/{id}", tag = "operation", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bat_...`")),
    responses(
        (status = 200, description = "The batch.", body = BatchView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such batch."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: Operator,
    Id(id): Id<BatchId>,
) -> Result<Json<BatchView>, Problem> {
    let batch = state.operations.batch(id).await?.ok_or_else(|| Problem::not_found("batch"))?;
    Ok(Json(batch.into()))
}
