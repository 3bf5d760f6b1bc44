//! `POST /api/auth/refresh`: the next pair of tokens for the last one.

use axum::{Json, extract::State};
use usher_accounts::RefreshRefused;
use usher_core::problem::Kind;

use super::{RefreshToken, TokenPair};
use crate::{extract::Body, problem::Problem, state::AppState};

impl From<RefreshRefused> for Problem {
    fn from(refused: RefreshRefused) -> Self {
        match refused {
            RefreshRefused::Failed(error) => error.into(),
            refused => Self::new(Kind::Unauthenticated, format!("Sign in again: {refused}.")),
        }
    }
}

/// Stay signed in
///
/// Each refresh token works once. Using one again ends the sign-in for everybody who holds a token of it, because one of
/// them is not who they say they are. For ten seconds a lost answer may be asked for once more.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "accounts", request_body = RefreshToken, responses(
    (status = 200, description = "The next pair.", body = TokenPair),
    (status = 401, description = "`unauthenticated`: the token is unknown, expired, revoked or was used before."),
))]
pub(crate) async fn refresh(
    State(state): State<AppState>,
    Body(token): Body<RefreshToken>,
) -> Result<Json<TokenPair>, Problem> {
    Ok(Json(state.accounts.refresh(&token.refresh_token).await?.into()))
}
