//! `POST /api/incidents/{id}/notes`: writes something about an incident.

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
const ROUTE: &str = "POST /api/incidents/{id}/notes";

/// What is to be written down.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "The provider says that they restart at ten."}))]
pub(crate) struct NewNote {
    /// For colleagues. Nothing about customers.
    note: String,
}

/// Write about an incident
#[utoipa::path(post, path = "/api/incidents/{id}/notes", tag = "operators", security(("bearer" = [])), request_body = NewNote,
    params(
        ("id" = String, Path, description = "`inc_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "The incident.", body = IncidentView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such incident."),
    ))]
pub(crate) async fn note(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Id(id): Id<IncidentId>,
    Body(body): Body<NewNote>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(id, &body));
    once(&state, claim, work(&state, caller, id, &body)).await
}

async fn work(state: &AppState, caller: Caller, id: IncidentId, body: &NewNote) -> Result<Answer, Problem> {
    let written = state.incidents.note(id, &author(caller), said("#/note", &body.note)?).await?;
    answer(written.ok_or_else(|| Problem::not_found("incident"))?)
}
