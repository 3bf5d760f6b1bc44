//! `POST /api/holds/{id}/extend`: a little more time, once. The second try of a request changes nothing and says so.

use axum::{Json, extract::State};
use usher_core::ids::HoldId;

use super::HoldView;
use crate::{auth::Caller, extract::Id, problem::Problem, state::AppState};

/// Extend a hold
///
/// By five minutes, once, up to fifteen in all.
#[utoipa::path(post, path = "/api/holds/{id}/extend", tag = "holds", security(("bearer" = [])),
    params(("id" = String, Path, description = "`hld_...`")), responses(
    (status = 200, description = "The hold with its new end.", body = HoldView),
    (status = 404, description = "`not-found`: no such hold of yours."),
    (status = 409, description = "`hold-expired`, or `conflict`: it was extended before, or belongs to a booking now."),
))]
pub(crate) async fn extend(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<HoldId>,
) -> Result<Json<HoldView>, Problem> {
    Ok(Json(state.seating.extend(caller.user, id).await??.into()))
}
