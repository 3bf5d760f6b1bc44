//! `GET /api/sagas/errors`: what goes wrong how often, where, and since which definition.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use usher_workflows::orchestrator::ErrorGroup;
use utoipa::ToSchema;

use super::engine_problem;
use crate::{auth::Operator, extract::Search, pagination::Page, problem::Problem, state::AppState};

/// How far back.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Since {
    /// Sagas that began in the last so many hours; 24 if left out.
    hours: Option<u16>,
}

/// Sagas that met the same error in the same state of the same definition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorGroup)]
pub(crate) struct GroupView {
    saga: String,
    /// The state that met it.
    state: Option<String>,
    #[schema(example = "Usher.Transient")]
    error: String,
    /// The hash of the definition, and when that was first deployed.
    version: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    deployed_at: Option<OffsetDateTime>,
    /// How many sagas.
    count: i64,
    /// How many of them wait for a person.
    unhappy: i64,
    /// When the first and the last of them began.
    #[serde(with = "time::serde::rfc3339")]
    first_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    last_at: OffsetDateTime,
    /// One of them.
    example: String,
    /// Finds all of them.
    query: String,
}

impl From<ErrorGroup> for GroupView {
    fn from(group: ErrorGroup) -> Self {
        let version =
            group.version.as_ref().map(|version| format!(" version:{}", version.get(..12).unwrap_or(version)));
        let query = format!("saga:{} error:\"{}\"{}", group.saga, group.error, version.unwrap_or_default());
        let ErrorGroup { saga, state, error, version, deployed_at, count, unhappy, first_at, last_at, example } = group;
        Self { saga, state, error, version, deployed_at, count, unhappy, first_at, last_at, example, query }
    }
}

/// Errors
///
/// The last error of each saga, also where it went on, by state and definition; the most frequent first.
#[utoipa::path(get, path = "/api/sagas/errors", tag = "operators", security(("bearer" = [])), params(Since), responses(
    (status = 200, description = "Every group.", body = Page<GroupView>),
    (status = 403, description = "`forbidden`: for people who run the house."),
))]
pub(crate) async fn errors(
    State(state): State<AppState>,
    _: Operator,
    Search(since): Search<Since>,
) -> Result<Json<Page<GroupView>>, Problem> {
    let since = state.ambient.now() - Duration::hours(since.hours.unwrap_or(24).into());
    let groups = state.orchestrator.errors(since).await.map_err(engine_problem)?;
    Ok(Json(Page::whole(groups.into_iter().map(GroupView::from).collect())))
}
