//! `GET /api/drills`: the latest runs.

use axum::{Json, extract::State};

use super::{DrillView, desk, refused};
use crate::{auth::Operator, pagination::Page, problem::Problem, state::AppState};

/// How many runs are shown: more than anybody looks at.
const SHOWN: i64 = 100;

/// Runs of drills
///
/// The latest hundred, newest first.
#[utoipa::path(get, path = "/api/drills", tag = "operation", security(("bearer" = [])), responses(
    (status = 200, description = "The runs.", body = Page<DrillView>),
    (status = 403, description = "`forbidden`: for operators."),
    (status = 409, description = "`conflict`: no drills are run here."),
))]
pub(crate) async fn list(State(state): State<AppState>, _: Operator) -> Result<Json<Page<DrillView>>, Problem> {
    let runs = desk(&state)?.latest(SHOWN).await.map_err(refused)?;
    Ok(Json(Page { items: runs.into_iter().map(DrillView::from).collect(), next: None }))
}
