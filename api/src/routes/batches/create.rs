//! `POST /api/batches`: looks at many sagas, and fixes which they are.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_core::ids::BatchId;
use usher_operations::{Act, batch::freeze::NewBatch};
use utoipa::ToSchema;

use super::{BatchView, answer};
use crate::{
    auth::Operator,
    extract::Body,
    idempotency::{self, IdempotencyKey, once},
    problem::Problem,
    routes::sagas::act::{person, problem},
    selection::{Wrong, unprocessable},
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/batches";

/// What to do to whom.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBatch, example = json!({"act": "redrive", "names": ["bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC"], "reason": "The provider is back.", "rate": 60}))]
pub(crate) struct Wanted {
    /// `redrive`, `undo`, `retry`, `skip` or `stop`. What needs evidence or an input is done one by one.
    act: String,
    /// The executions, 1,000 at most.
    names: Vec<String>,
    /// Why. It stands in each saga's history.
    reason: String,
    /// Where the matter is followed.
    #[serde(default)]
    ticket: Option<String>,
    /// Go on where something is in the way of the next steps; otherwise such items are skipped.
    #[serde(default)]
    despite_obstacles: bool,
    /// Items a minute at most.
    #[serde(default = "one_a_second")]
    rate: i32,
}

const fn one_a_second() -> i32 {
    60
}

/// Prepare a batch
///
/// Looks at each saga and keeps names and versions: nothing is done until the batch is started, and what a search finds later is
/// not in it. `stake` says what it would touch.
#[utoipa::path(post, path = "/api/batches", tag = "operation", security(("bearer" = [])), request_body = Wanted,
    params(("Idempotency-Key" = String, Header, description = "The same for every try of one request.")),
    responses(
        (status = 201, description = "It waits to be started.", body = BatchView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 422, description = "`unprocessable` (see `errors`) or `idempotency-key-reused`."),
    ))]
pub(crate) async fn create(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Body(body): Body<Wanted>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &body);
    let act = match body.act.as_str() {
        "redrive" => Act::Redrive { input: None },
        "undo" => Act::Undo,
        "retry" => Act::Retry,
        "skip" => Act::Skip,
        "stop" => Act::Stop,
        _ => return Err(unprocessable(&[Wrong::at("#/act", "One of redrive, undo, retry, skip and stop.")])),
    };
    let new = NewBatch {
        id: BatchId::from(idempotency::number(&claim)),
        act,
        names: body.names,
        reason: body.reason,
        ticket: body.ticket,
        by: person(caller),
        despite_obstacles: body.despite_obstacles,
        rate: body.rate,
    };
    once(&state, claim, async { answer(201, state.operations.freeze(new).await.map_err(problem)?) }).await
}
