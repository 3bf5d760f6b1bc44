//! `POST /api/refunds/{id}/approve`: the second person says yes.

use axum::{extract::State, response::Response};
use usher_core::ids::RefundId;
use usher_database::idempotency::Answer;
use usher_workflows::definitions::REFUND;

use super::{RefundView, decided};
use crate::{
    auth::{Approver, Caller},
    extract::Id,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/refunds/{id}/approve";

/// Approve a refund
///
/// The provider is asked from now on. Never by the one who asked for the refund.
#[utoipa::path(post, path = "/api/refunds/{id}/approve", tag = "payments", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "`rfd_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "It is so.", body = RefundView),
        (status = 403, description = "`forbidden`: for refund approvers, and never for the one who asked."),
        (status = 404, description = "`not-found`: no such refund."),
        (status = 409, description = "`conflict`: it does not wait for a decision."),
    ))]
pub(crate) async fn approve(
    State(state): State<AppState>,
    Approver(caller): Approver,
    key: IdempotencyKey,
    Id(id): Id<RefundId>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &id);
    once(&state, claim, work(&state, caller, id)).await
}

async fn work(state: &AppState, caller: Caller, id: RefundId) -> Result<Answer, Problem> {
    let approved = state.payments.approve_refund(id, caller.user, REFUND.name).await?;
    let (refund, answer) = decided(approved, "It does not wait for approval.")?;
    state.handover.refund(&state.payments, &refund);
    Ok(answer)
}
