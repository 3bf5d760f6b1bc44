//! `GET /api/batches`: the latest batches.

use axum::{Json, extract::State};

use super::BatchView;
use crate::{auth::Operator, pagination::Page, problem::Problem, state::AppState};

/// How many are shown.
const LATEST: i64 = 50;

/// The latest batches
///
/// Newest first, 50 at most.
#[utoipa::path(get, path = "/api/batches", tag = "operation", security(("bearer" = [])), responses(
    (status = 200, description = "Batches.", body = Page<BatchView>),
    (status = 403, description = "`forbidden`: for operators."),
))]
pub(crate) async fn list(State(state): State<AppState>, _: Operator) -> Result<Json<Page<BatchView>>, Problem> {
    let batches = state.operations.batches(LATEST).await?;
    Ok(Json(Page::whole(batches.into_iter().map(BatchView::from).collect())))
}
