//! `GET /api/sagas/{id}/export`: one saga to take home, without what is about a person.

use axum::{
    Json,
    extract::{Path, State},
};
use usher_core::problem::Kind;
use usher_inspection::bundle::{Bundle, FORMAT};
use usher_workflows::definitions::SAGAS;

use super::{facts, get::Seen};
use crate::{auth::Operator, problem::Problem, state::AppState};

/// Export a saga
///
/// Its definition, input, history, attempts and timeline; people, means of payment, traces and task tokens are taken out.
/// `usher saga replay` runs it again.
#[utoipa::path(get, path = "/api/sagas/{id}/export", tag = "operators", security(("bearer" = [])),
    params(("id" = String, Path, description = "The execution's name, `bkg_...`")),
    responses(
        (status = 200, description = "The bundle.", body = Object),
        (status = 403, description = "`forbidden`: for people who run the house."),
        (status = 404, description = "`not-found`: no such saga."),
    ))]
pub(crate) async fn export(
    State(state): State<AppState>,
    _: Operator,
    Path(name): Path<String>,
) -> Result<Json<Bundle>, Problem> {
    let (execution, line) = facts::of(&state, &name).await?;
    let seen = Seen::of(&state, &execution).await?;
    // An engine that keeps no definitions runs the ones that are deployed.
    let deployed = || SAGAS.iter().find(|saga| saga.name == execution.saga).map(|saga| saga.with_queues(str::to_owned));
    let definition = seen.definition.or_else(deployed);
    let definition = definition.ok_or_else(|| Problem::new(Kind::Internal, "The saga's definition is not known."))?;
    let bundle = Bundle {
        format: FORMAT,
        exported_at: state.ambient.now(),
        saga: execution.saga,
        name: execution.name,
        status: execution.status.as_str().to_owned(),
        version: line.version,
        definition,
        input: execution.input,
        history: seen.history,
        attempts: seen.attempts,
        timeline: seen.timeline,
    };
    Ok(Json(bundle.redacted()))
}
