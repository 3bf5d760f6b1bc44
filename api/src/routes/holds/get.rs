//! `GET /api/holds/{id}`: a hold that can still be used.

use axum::{Json, extract::State};
use usher_core::ids::HoldId;

use super::HoldView;
use crate::{auth::Caller, extract::Id, problem::Problem, state::AppState};

/// One hold
///
/// While it can be used. Expired, given back or gone over to a booking, it is not found.
#[utoipa::path(get, path = "/api/holds/{id}", tag = "holds", security(("bearer" = [])),
    params(("id" = String, Path, description = "`hld_...`")), responses(
    (status = 200, description = "The hold.", body = HoldView),
    (status = 404, description = "`not-found`: no such hold of yours that is open."),
))]
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<HoldId>,
) -> Result<Json<HoldView>, Problem> {
    let hold = state.seating.open_hold(caller.user, id).await?.ok_or_else(|| Problem::not_found("hold"))?;
    Ok(Json(hold.into()))
}
