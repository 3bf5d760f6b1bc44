//! `GET /api/sagas`: sagas, found by whatever they are about.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use usher_core::problem::Kind;
use usher_workflows::query::{Query, QueryError, Search, Sort};
use utoipa::ToSchema;

use super::{engine_problem, view::SagaLine};
use crate::{auth::Operator, extract::Search as Parameters, pagination::limit, problem::Problem, state::AppState};

/// What is looked for, and which part of it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Terms with blanks between them: `status:running step:ChargePayment age>10m`. Fields: status, saga, step, age, attempt,
    /// error, booking, user, seat, showtime, payment, version, name. Commas are alternatives, a minus in front is the opposite.
    q: Option<String>,
    /// `newest`, `oldest`, or `waiting`: those first that have stood longest in their state.
    sort: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A part of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SagaPage {
    items: Vec<SagaLine>,
    /// Pass it as `cursor` to get the next part; null at the end.
    next: Option<String>,
    /// By how many seconds this may be behind the engine.
    behind_seconds: u64,
}

/// Sagas
///
/// From the list beside the engine, so also while the engine is away.
#[utoipa::path(get, path = "/api/sagas", tag = "operators", security(("bearer" = [])), params(Wanted), responses(
    (status = 200, description = "A page of sagas.", body = SagaPage),
    (status = 400, description = "`invalid-request`: `at` says which characters of `q` are wrong."),
    (status = 403, description = "`forbidden`: for people who run the house."),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Operator,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<SagaPage>, Problem> {
    let query: Query = wanted.q.as_deref().unwrap_or_default().parse().map_err(|error| wrong(&error))?;
    let sort: Option<Sort> =
        wanted.sort.as_deref().map(str::parse).transpose().map_err(|error: String| refused(&error))?;
    let limit = u32::from(limit(wanted.limit)?);
    let search = Search { query, sort: sort.unwrap_or_default(), cursor: wanted.cursor, limit };
    let found = state.orchestrator.find(&search).await.map_err(engine_problem)?;
    Ok(Json(SagaPage {
        items: found.items.into_iter().map(SagaLine::from).collect(),
        next: found.next,
        behind_seconds: found.behind_seconds,
    }))
}

fn refused(error: &str) -> Problem {
    Problem::new(Kind::InvalidRequest, format!("`sort`: {error}."))
}

/// What is wrong with a query, also as the place of it.
fn wrong(error: &QueryError) -> Problem {
    Problem::new(Kind::InvalidRequest, error.to_string())
        .with("at", serde_json::json!({ "start": error.at.start, "end": error.at.end }))
}
