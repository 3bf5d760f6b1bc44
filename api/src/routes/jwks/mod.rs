//! `GET /.well-known/jwks.json`: the public keys of access tokens (RFC 7517).

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
};
use serde_json::Value;

use crate::{problem::Problem, state::AppState};

/// The keys of access tokens
///
/// Retired keys stay as long as tokens that they signed.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "accounts", responses(
    (status = 200, description = "A JSON Web Key Set.", body = Value),
))]
pub(crate) async fn jwks(
    State(state): State<AppState>,
) -> Result<([(HeaderName, &'static str); 1], Json<Value>), Problem> {
    Ok(([(header::CACHE_CONTROL, "public, max-age=60")], Json(state.accounts.jwks().await?)))
}
