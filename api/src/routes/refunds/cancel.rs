//! `POST /api/refunds/{id}/cancel`: a refund that waits for approval is not made.

use axum::{extract::State, response::Response};
use usher_core::{ids::RefundId, problem::Kind};
use usher_database::idempotency::Answer;
use usher_payments::refund::Decided;

use axum::{extract::State, response::Response};
use usher_core::{ids::RefundId, problem::Kind};
use usher_database::idempotency::Answer;
use usher_payments::refund::Decided;

use super::{RefundView, answer};
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
    match state.payments.cancel_refund(id, caller.user).await? {
        Decided::Done(refund) => answer(200, &refund),
        Decided::SamePerson => {
            Err(Problem::new(Kind::Forbidden, "You asked for this refund; somebody else has to approve it."))
        }
        Decided::NotWaiting(refund) => {
            let standing = refund.status.standing().as_str();
            Err(Problem::new(Kind::Conflict, "It is too late: the provider was asked, or it has ended.")
                .with("refund_status", standing))
        }
        Decided::NotFound => Err(Problem::not_found("refund")),
    }
}
