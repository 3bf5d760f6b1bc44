//! `POST /api/auth/token`: from mail address and password to tokens.

use axum::{Json, extract::State};
use secrecy::SecretString;
use serde::Deserialize;
use usher_accounts::Tokens;
use usher_core::problem::Kind;
use utoipa::ToSchema;

use super::TokenPair;
use crate::{extract::Body, problem::Problem, state::AppState};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"email": "customer@usher.test", "password": "usher-demo"}))]
pub(crate) struct Credentials {
    /// As it was registered, in any case.
    email: String,
    /// As it was registered.
    #[schema(value_type = String)]
    password: SecretString,
}

/// Sign in
///
/// A wrong address and a wrong password look the same and take the same time.
#[utoipa::path(post, path = "/api/auth/token", tag = "accounts", request_body = Credentials, responses(
    (status = 200, description = "Signed in.", body = TokenPair),
    (status = 401, description = "`wrong-credentials`: the mail address or the password is wrong."),
))]
pub(crate) async fn token(
    State(state): State<AppState>,
    Body(credentials): Body<Credentials>,
) -> Result<Json<TokenPair>, Problem> {
    Ok(Json(credentials.sign_in(&state).await?.into()))
}

impl Credentials {
    /// The tokens of whoever this is.
    pub(super) async fn sign_in(&self, state: &AppState) -> Result<Tokens, Problem> {
        let tokens = state.accounts.sign_in(&self.email, &self.password).await?;
        tokens.ok_or_else(|| Problem::new(Kind::WrongCredentials, "Which of both is not told."))
    }
}
