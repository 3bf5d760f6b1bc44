//! `GET /api/incidents`: what is wrong, the newest first.

use axum::{Json, extract::State};
use serde::Deserialize;
use usher_inspection::incidents::Which;

use super::IncidentView;
use crate::{
    auth::Operator,
    extract::Search,
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which incidents.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Of this class, such as `no_worker`.
    class: Option<String>,
    /// That this person looks after.
    owner: Option<String>,
    /// About this: a saga, a step, a queue.
    reference: Option<String>,
    /// Also those that have ended.
    #[serde(default)]
    all: bool,
    /// 1 to 200; 50 if left out.
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Incidents
///
/// The open ones, unless `all` are asked for.
#[utoipa::path(get, path = "/api/incidents", tag = "operators", security(("bearer" = [])), params(Wanted), responses(
    (status = 200, description = "A page of incidents.", body = Page<IncidentView>),
    (status = 403, description = "`forbidden`: for people who run the house."),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Operator,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<IncidentView>>, Problem> {
    let limit = limit(wanted.limit)?;
    let which = Which {
        ended: wanted.all,
        class: parameter("class", wanted.class.as_deref())?,
        owner: wanted.owner,
        reference: wanted.reference,
        before: parameter("cursor", wanted.cursor.as_deref())?,
        limit: limit.into(),
    };
    let incidents = state.incidents.list(&which).await?.into_iter().map(IncidentView::from).collect();
    Ok(Json(Page::of(incidents, limit, |incident: &IncidentView| incident.id.to_string())))
}
