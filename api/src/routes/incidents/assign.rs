//! `POST /api/incidents/{id}/assign`: somebody looks after an incident.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_core::ids::IncidentId;
use usher_database::idempotency::Answer;
use utoipa::ToSchema;

use super::{IncidentView, answer, author, said};
use crate::{
    auth::{Caller, Operator},
    extract::{Body, Id},
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/incidents/{id}/assign";

/// Who is to look after it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"owner": "ada"}))]
pub(crate) struct NewOwner {
    /// A name that colleagues know; null gives it back.
    owner: Option<String>,
}

/// Assign an incident
#[utoipa::path(post, path = "/api/incidents/{id}/assign", tag = "operators", security(("bearer" = [])), request_body = NewOwner,
    params(
        ("id" = String, Path, description = "`inc_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "The incident as it is now.", body = IncidentView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such incident."),
    ))]
pub(crate) async fn assign(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Id(id): Id<IncidentId>,
    Body(body): Body<NewOwner>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(id, &body));
    once(&state, claim, work(&state, caller, id, &body)).await
}

async fn work(state: &AppState, caller: Caller, id: IncidentId, body: &NewOwner) -> Result<Answer, Problem> {
    let owner = body.owner.as_deref().map(|owner| said("#/owner", owner)).transpose()?;
    let assigned = state.incidents.assign(id, owner, &author(caller)).await?;
    answer(assigned.ok_or_else(|| Problem::not_found("incident"))?)
}
