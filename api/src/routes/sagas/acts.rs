//! `GET /api/sagas/{id}/acts`: what people did to a saga.

use axum::{Json, extract::State};
use usher_workflows::definitions;

use super::act::ActView;
use crate::{auth::Operator, extract::Id, pagination::Page, problem::Problem, state::AppState};

/// What people did to a saga
///
/// Oldest first, with who, why, what they saw, and what came of it.
#[utoipa::path(get, path = "/api/sagas/{id}/acts", tag = "operation", security(("bearer" = [])),
    params(("id" = String, Path, description = "The execution's name: `bkg_...`, `can_...`, `pcn_...`, `rfd_...` or `sho_...`.")),
    responses(
        (status = 200, description = "All of them.", body = Page<ActView>),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no name of a saga."),
    ))]
pub(crate) async fn acts(
    State(state): State<AppState>,
    _: Operator,
    Id(name): Id<String>,
) -> Result<Json<Page<ActView>>, Problem> {
    let saga = definitions::saga_of(&name).ok_or_else(|| Problem::not_found("saga"))?;
    let acts = state.operations.acts_of(saga.name, &name).await?;
    Ok(Json(Page::whole(acts.into_iter().map(ActView::from).collect())))
}
