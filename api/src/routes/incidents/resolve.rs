//! `POST /api/incidents/{id}/resolve`: ends what no machine can see the end of.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_core::{ids::IncidentId, problem::Kind};
use usher_database::idempotency::Answer;
use usher_inspection::{Class, incidents::Resolved};
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
const ROUTE: &str = "POST /api/incidents/{id}/resolve";

/// How it ended.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"resolution": "The bank has paid; statement 17."}))]
pub(crate) struct Resolution {
    /// What was found and done.
    resolution: String,
}

/// Resolve an incident
///
/// One about money ends in the payments, too. One whose trouble is still there is opened again by the next look.
#[utoipa::path(post, path = "/api/incidents/{id}/resolve", tag = "operators", security(("bearer" = [])), request_body = Resolution,
    params(
        ("id" = String, Path, description = "`inc_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "It has ended.", body = IncidentView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such incident."),
        (status = 409, description = "`conflict`: it has ended before; `resolution` says how."),
    ))]
pub(crate) async fn resolve(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Id(id): Id<IncidentId>,
    Body(body): Body<Resolution>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(id, &body));
    once(&state, claim, work(&state, caller, id, &body)).await
}

async fn work(state: &AppState, caller: Caller, id: IncidentId, body: &Resolution) -> Result<Answer, Problem> {
    let (by, how) = (author(caller), said("#/resolution", &body.resolution)?);
    let resolved = state.incidents.resolve(id, &by, how).await?.ok_or_else(|| Problem::not_found("incident"))?;
    match resolved {
        Resolved::Now(incident) => {
            if incident.class == Class::Money {
                state.payments.resolve_incident_named(&incident.reference, &format!("{how} ({by})")).await?;
            }
            answer(incident)
        }
        Resolved::Before(before) => Err(Problem::new(Kind::Conflict, "The incident has ended before.")
            .with("resolution", before.resolution.unwrap_or_default())),
    }
}
