//! `GET /api/disputes/{id}`: one dispute.

use axum::{Json, extract::State};
use usher_core::ids::DisputeId;

use super::DisputeView;
use crate::{auth::Operator, extract::Id, problem::Problem, state::AppState};

/// One dispute
#[utoipa::path(get, path = "/api/disputes/{id}", tag = "payments", security(("bearer" = [])),
    params(("id" = String, Path, description = "`dsp_...`")),
    responses(
        (status = 200, description = "The dispute.", body = DisputeView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such dispute."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: Operator,
    Id(id): Id<DisputeId>,
) -> Result<Json<DisputeView>, Problem> {
    let dispute = state.payments.dispute(id).await?.ok_or_else(|| Problem::not_found("dispute"))?;
    Ok(Json(dispute.into()))
}
