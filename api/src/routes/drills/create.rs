//! `POST /api/drills`: makes something fail on purpose.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_core::problem::Kind;
use usher_database::idempotency::Answer;
use utoipa::ToSchema;

use super::{DrillView, desk, refused};
use crate::{
    auth::Admin,
    extract::Body,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/drills";

/// Which drill.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "payment-answer-lost", "seed": 7}))]
pub(crate) struct NewDrill {
    /// As `usher drill list` names it.
    name: String,
    /// Decides who buys what, and whom a fault hits. Made up when left out.
    seed: Option<u64>,
}

/// Begin a drill
///
/// Only on a database that is marked for drills, and only drills that need no hand on processes; `usher drill run` has all of
/// them. One at a time. It ends by itself, and every fault with it, also when this process dies.
#[utoipa::path(post, path = "/api/drills", tag = "operation", security(("bearer" = [])), request_body = NewDrill,
    params(("Idempotency-Key" = String, Header, description = "The same for every try of one request.")),
    responses(
        (status = 202, description = "It has begun.", body = DrillView),
        (status = 403, description = "`forbidden`: for administrators."),
        (status = 409, description = "`conflict`: not on this database, not over HTTP, or another one is on."),
        (status = 422, description = "`unprocessable`: no such drill."),
    ))]
pub(crate) async fn create(
    State(state): State<AppState>,
    Admin(caller): Admin,
    key: IdempotencyKey,
    Body(body): Body<NewDrill>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &body);
    once(&state, claim, async {
        let run = desk(&state)?.begin(&body.name, body.seed).await.map_err(refused)?;
        let unwritable = |error| Problem::new(Kind::Internal, "The drill could not be shown.").because(error);
        Ok(Answer { status: 202, body: serde_json::to_value(DrillView::from(run)).map_err(unwritable)? })
    })
    .await
}
