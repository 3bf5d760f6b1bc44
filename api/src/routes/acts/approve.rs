//! `POST /api/acts/{id}/approve`: the second person says yes.

use axum::{extract::State, response::Response};
use usher_core::ids::ActId;

use crate::{
    auth::Approver,
    extract::Id,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    routes::sagas::act::{ActView, answer, person, problem},
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/acts/{id}/approve";

/// Approve an act
///
/// It is carried out from now on, if its saga is still as it was seen. Never by the one who asked for it.
#[utoipa::path(post, path = "/api/acts/{id}/approve", tag = "operation", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "`act_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "It is so.", body = ActView),
        (status = 403, description = "`forbidden`: for refund approvers, and never for the one who asked."),
        (status = 404, description = "`not-found`: no such act."),
        (status = 409, description = "`conflict`: it does not wait for a decision."),
    ))]
pub(crate) async fn approve(
    State(state): State<AppState>,
    Approver(caller): Approver,
    key: IdempotencyKey,
    Id(id): Id<ActId>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &id);
    let approve = Box::pin(state.operations.approve(id, person(caller)));
    once(&state, claim, async { answer(200, approve.await.map_err(problem)?) }).await
}
