//! `GET /api/incidents/{id}`: one incident, with what people wrote about it.

use axum::{Json, extract::State};
use usher_core::ids::IncidentId;

use super::{IncidentView, NoteView};
use crate::{auth::Operator, extract::Id, problem::Problem, state::AppState};

/// One incident
#[utoipa::path(get, path = "/api/incidents/{id}", tag = "operators", security(("bearer" = [])),
    params(("id" = String, Path, description = "`inc_...`")),
    responses(
        (status = 200, description = "The incident.", body = IncidentView),
        (status = 403, description = "`forbidden`: for people who run the house."),
        (status = 404, description = "`not-found`: no such incident."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: Operator,
    Id(id): Id<IncidentId>,
) -> Result<Json<IncidentView>, Problem> {
    let incident = state.incidents.get(id).await?.ok_or_else(|| Problem::not_found("incident"))?;
    let notes = state.incidents.notes(id).await?.into_iter().map(NoteView::from).collect();
    Ok(Json(IncidentView { notes: Some(notes), ..incident.into() }))
}
