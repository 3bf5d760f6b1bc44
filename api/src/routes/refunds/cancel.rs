//! `POST /api/refunds/{id}/cancel`: a refund that waits for approval is not made.

use axum::{extract::State, response::Response};
use usher_core::ids::RefundId;
use usher_database::idempotency::Answer;

use super::{RefundView, decided};
use crate::{
    auth::{Caller, Operator},
    extract::Id,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/refunds/{id}/cancel";

/// Call a refund off
///
/// Only while it waits for approval: what the provider was asked for cannot be called off.
#[utoipa::path(post, path = "/api/refunds/{id}/cancel", tag = "payments", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "`rfd_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "It is so.", body = RefundView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such refund."),
        (status = 409, description = "`conflict`: it does not wait for a decision."),
    ))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Id(id): Id<RefundId>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &id);
    once(&state, claim, work(&state, caller, id)).await
}

async fn work(state: &AppState, caller: Caller, id: RefundId) -> Result<Answer, Problem> {
    let cancelled = state.payments.cancel_refund(id, caller.user).await?;
    Ok(decided(cancelled, "It is too late: the provider was asked, or it has ended.")?.1)
}
