//! `POST /api/auth/logout`: ends a sign-in.

use axum::{extract::State, http::StatusCode};

use super::RefreshToken;
use crate::{extract::Body, problem::Problem, state::AppState};

/// Sign out
///
/// No token of this sign-in can be refreshed any more. An access token lives on to its end, 15 minutes at most. A token
/// that nobody knows is as good as signed out.
#[utoipa::path(post, path = "/api/auth/logout", tag = "accounts", request_body = RefreshToken, responses(
    (status = 204, description = "Signed out."),
))]
pub(crate) async fn logout(
    State(state): State<AppState>,
    Body(token): Body<RefreshToken>,
) -> Result<StatusCode, Problem> {
    state.accounts.sign_out(&token.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}
