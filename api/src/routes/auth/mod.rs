//! Accounts and tokens.

pub(crate) mod logout;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod session;
pub(crate) mod token;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use usher_accounts::Tokens;
use utoipa::ToSchema;

/// What a client needs to act for somebody (RFC 6749, 5.1).
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenPair {
    /// A JWT for the `Authorization: Bearer` header.
    access_token: String,
    /// Exchange it once, at `/api/auth/refresh`, for the next pair.
    refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds that the access token lives.
    #[schema(example = 900)]
    expires_in: i64,
}

impl From<Tokens> for TokenPair {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token.expose_secret().to_owned(),
            refresh_token: tokens.refresh_token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: tokens.expires_in.whole_seconds(),
        }
    }
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RefreshToken {
    /// As `/api/auth/token` or `/api/auth/refresh` gave it.
    #[schema(value_type = String)]
    refresh_token: SecretString,
}
