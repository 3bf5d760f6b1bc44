//! `POST /api/acts/{id}/decline`: the second person says no.

use axum::{extract::State, response::Response};
use usher_core::ids::ActId;

use crate::{
    auth::Operator,
    extract::Id,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    routes::sagas::act::{ActView, answer, person, problem},
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/acts/{id}/decline";

/// Decline an act
///
/// It will not be done. Also for the one who asked and thought again.
#[utoipa::path(post, path = "/api/acts/{id}/decline", tag = "operation", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "`act_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "It is so.", body = ActView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such act."),
        (status = 409, description = "`conflict`: it does not wait for a decision."),
    ))]
pub(crate) async fn decline(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Id(id): Id<ActId>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &id);
    once(&state, claim, async { answer(200, state.operations.decline(id, person(caller)).await.map_err(problem)?) })
        .await
}
