//! `DELETE /api/holds/{id}`: gives seats back before their time. Giving back what is gone is fine.

use axum::{extract::State, http::StatusCode};
use usher_core::ids::HoldId;

use crate::{auth::Caller, extract::Id, problem::Problem, state::AppState};

/// Give seats back
#[utoipa::path(delete, path = "/api/holds/{id}", tag = "holds", security(("bearer" = [])),
    params(("id" = String, Path, description = "`hld_...`")), responses(
    (status = 204, description = "The seats are free."),
    (status = 404, description = "`not-found`: no such hold of yours."),
    (status = 409, description = "`conflict`: it belongs to a booking now; cancel that."),
))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<HoldId>,
) -> Result<StatusCode, Problem> {
    state.seating.give_back(caller.user, id).await??;
    Ok(StatusCode::NO_CONTENT)
}
