//! `GET /api/sagas/{id}/explanation`: what one saga waits for, whether that is normal, and what to do.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use time::OffsetDateTime;
use usher_inspection::{Class, verdict};
use utoipa::ToSchema;

use super::facts;
use crate::{auth::Operator, problem::Problem, state::AppState};

/// What is to be said of a saga.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Explanation {
    id: String,
    #[schema(example = "RUNNING")]
    status: &'static str,
    states: Vec<String>,
    /// Whether nobody has to do anything.
    normal: bool,
    /// The kind of trouble, if it is one.
    #[schema(example = "no_worker")]
    class: Option<&'static str>,
    /// What it waits for, in a sentence.
    #[schema(example = "It waits for a worker of ReserveSeats (queue reserve-seats); there seems to be none.")]
    says: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
    /// What was seen that says so.
    evidence: Vec<String>,
    /// The command to give next.
    #[schema(example = "usher worker --step reserve-seats")]
    suggestion: Option<String>,
    /// Where to read on.
    runbook: Option<String>,
}

/// What a saga waits for
#[utoipa::path(get, path = "/api/sagas/{id}/explanation", tag = "operators", security(("bearer" = [])),
    params(("id" = String, Path, description = "The execution's name, `bkg_...`")),
    responses(
        (status = 200, description = "What it waits for, whether that is normal, and the command to give next.", body = Explanation),
        (status = 403, description = "`forbidden`: for people who run the house."),
        (status = 404, description = "`not-found`: no such saga."),
    ))]
pub(crate) async fn explanation(
    State(state): State<AppState>,
    _: Operator,
    Path(name): Path<String>,
) -> Result<Json<Explanation>, Problem> {
    let (_, line) = facts::of(&state, &name).await?;
    let around = facts::around(&state, &line).await?;
    let verdict = verdict::of(&line, &around, state.ambient.now());
    Ok(Json(Explanation {
        id: line.name,
        status: line.status.as_str(),
        states: line.states,
        normal: verdict.normal,
        class: verdict.class.map(Class::as_str),
        says: verdict.says,
        since: verdict.since,
        evidence: verdict.evidence,
        suggestion: verdict.suggestion,
        runbook: verdict.runbook,
    }))
}
