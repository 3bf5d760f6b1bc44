//! `POST /api/refunds/{id}/payout`: writes down that a customer was paid another way, because the refund failed.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_core::{ids::RefundId, problem::Kind};
use usher_database::idempotency::Answer;
use usher_payments::{PaidOut, Payout};
use utoipa::ToSchema;

use super::{RefundView, answer};
use crate::{
    auth::{Approver, Caller},
    extract::{Body, Id},
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    selection::{Wrong, unprocessable},
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/refunds/{id}/payout";

/// How a customer was paid.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"method": "bank transfer", "evidence": "2026-11-20/17"}))]
pub(crate) struct NewPayout {
    /// Bank transfer, voucher, cash.
    method: String,
    /// Where the proof is: the number of the transfer or of the receipt. Never the customer's account.
    evidence: String,
}

/// Record a payout
///
/// Of the whole amount of a refund that failed or came back. It moves no money: it is the record of money that was moved, and
/// closes the incident.
#[utoipa::path(post, path = "/api/refunds/{id}/payout", tag = "payments", security(("bearer" = [])), request_body = NewPayout,
    params(
        ("id" = String, Path, description = "`rfd_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "It is on record.", body = RefundView),
        (status = 403, description = "`forbidden`: for refund approvers."),
        (status = 404, description = "`not-found`: no such refund."),
        (status = 409, description = "`conflict`: the refund did not fail, or the customer has the money."),
    ))]
pub(crate) async fn payout(
    State(state): State<AppState>,
    Approver(caller): Approver,
    key: IdempotencyKey,
    Id(id): Id<RefundId>,
    Body(body): Body<NewPayout>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(id, &body));
    once(&state, claim, work(&state, caller, id, &body)).await
}

async fn work(state: &AppState, caller: Caller, id: RefundId, body: &NewPayout) -> Result<Answer, Problem> {
    let mut wrongs = Vec::new();
    for (pointer, text) in [("#/method", &body.method), ("#/evidence", &body.evidence)] {
        if text.trim().is_empty() {
            wrongs.push(Wrong::at(pointer, "Say how, and where the proof is."));
        }
    }
    if !wrongs.is_empty() {
        return Err(unprocessable(&wrongs));
    }
    let payout = Payout { refund: id, method: body.method.clone(), evidence: body.evidence.clone(), by: caller.user };
    match state.payments.record_payout(&payout).await? {
        PaidOut::Recorded(refund) => answer(200, &refund),
        PaidOut::NotOwed(_) => {
            Err(Problem::new(Kind::Conflict, "The refund did not fail, or the customer has the money by another way."))
        }
        PaidOut::NotFound => Err(Problem::not_found("refund")),
    }
}
