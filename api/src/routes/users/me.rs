//! `GET /api/users/me`: who the caller is.

use axum::{Json, extract::State};
use usher_core::problem::Kind;

use super::User;
use crate::{auth::Caller, problem::Problem, state::AppState};

/// Who you are
#[utoipa::path(get, path = "/api/users/me", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "Your account.", body = User),
))]
pub(crate) async fn me(State(state): State<AppState>, caller: Caller) -> Result<Json<User>, Problem> {
    let user = state.accounts.user(caller.user).await?;
    // A token outlives its account by some minutes at most.
    let user = user.ok_or_else(|| Problem::new(Kind::Unauthenticated, "The account of this token is gone."))?;
    Ok(Json(user.into()))
}
