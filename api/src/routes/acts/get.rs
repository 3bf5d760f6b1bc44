//! `GET /api/acts/{id}`: one act and what came of it.

use axum::{Json, extract::State};
use usher_core::ids::ActId;

use crate::{auth::Operator, extract::Id, problem::Problem, routes::sagas::act::ActView, state::AppState};

/// One act
#[utoipa::path(get, path = "/api/acts/{id}", tag = "operation", security(("bearer" = [])),
    params(("id" = String, Path, description = "`act_...`")),
    responses(
        (status = 200, description = "The act.", body = ActView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such act."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: Operator,
    Id(id): Id<ActId>,
) -> Result<Json<ActView>, Problem> {
    let story = state.operations.act(id).await?.ok_or_else(|| Problem::not_found("act"))?;
    Ok(Json(story.into()))
}
