//! `GET /api/drills/{id}`: one run and its report.

use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::Value;
use usher_core::ids::DrillId;
use utoipa::ToSchema;

use super::{DrillView, desk, refused};
use crate::{auth::Operator, extract::Id, problem::Problem, state::AppState};

/// One run and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DrillDetails {
    #[serde(flatten)]
    run: DrillView,
    /// What `usher drill run --out` writes as JSON; null until it is over.
    report: Option<Value>,
}

/// One run of a drill
#[utoipa::path(get, path = "/api/drills/{id}", tag = "operation", security(("bearer" = [])),
    params(("id" = String, Path, description = "`drl_...`")),
    responses(
        (status = 200, description = "The run, with its report once it is over.", body = DrillDetails),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such run."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: Operator,
    Id(id): Id<DrillId>,
) -> Result<Json<DrillDetails>, Problem> {
    let found = desk(&state)?.get(id).await.map_err(refused)?;
    let (run, report) = found.ok_or_else(|| Problem::not_found("drill"))?;
    Ok(Json(DrillDetails { run: run.into(), report }))
}
