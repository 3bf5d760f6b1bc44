//! `GET /api/refunds/{id}`: one refund, for the customer whose money it is and for those who run the house.

use axum::{Json, extract::State};
use usher_core::ids::RefundId;

use super::RefundView;
use crate::{auth::Caller, extract::Id, problem::Problem, routes::bookings, state::AppState};

/// One refund
#[utoipa::path(get, path = "/api/refunds/{id}", tag = "payments", security(("bearer" = [])),
    params(("id" = String, Path, description = "`rfd_...`")),
    responses(
        (status = 200, description = "The refund.", body = RefundView),
        (status = 404, description = "`not-found`: no such refund of yours."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<RefundId>,
) -> Result<Json<RefundView>, Problem> {
    let refund = state.payments.refund_by_id(id).await?.ok_or_else(|| Problem::not_found("refund"))?;
    if !caller.sees_the_house() {
        bookings::own(&state, caller.user, refund.booking).await.map_err(|_| Problem::not_found("refund"))?;
    }
    Ok(Json(RefundView::from(&refund)))
}
