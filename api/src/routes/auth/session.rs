//! `/api/auth/session`: signing in, for browsers.
//!
//! What keeps a person signed in is a cookie that no script can read, sent to these routes alone and never from another
//! site; the page itself has only the access token, in its memory, and asks for the next one here. The tokens are the same as those of
//! `/api/auth/token`, with the same rotation. A request that another origin makes is refused before the cookie is read.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use usher_accounts::{Tokens, refresh::LIFE};
use usher_core::problem::Kind;
use utoipa::ToSchema;

use super::token::Credentials;
use crate::{extract::Body, problem::Problem, state::AppState};

/// The cookie.
const COOKIE: &str = "usher_session";

/// What a page needs to act for somebody. The rest is in the cookie.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// A JWT for the `Authorization: Bearer` header.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds that the access token lives.
    #[schema(example = 900)]
    expires_in: i64,
}

/// Sign in, for browsers
///
/// As `/api/auth/token`, but what is exchanged for the next access token is a cookie that scripts cannot read.
#[utoipa::path(post, path = "/api/auth/session", tag = "accounts", request_body = Credentials, responses(
    (status = 200, description = "Signed in.", body = Session),
    (status = 401, description = "`wrong-credentials`: the mail address or the password is wrong."),
    (status = 403, description = "`forbidden`: the request comes from another site."),
))]
pub(crate) async fn begin(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(credentials): Body<Credentials>,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let tokens = credentials.sign_in(&state).await?;
    Ok(session(&headers, &tokens))
}

/// Stay signed in, for browsers
///
/// Exchanges the cookie for the next one, and answers the next access token.
#[utoipa::path(post, path = "/api/auth/session/renew", tag = "accounts", responses(
    (status = 200, description = "The next access token.", body = Session),
    (status = 401, description = "`unauthenticated`: nobody is signed in here any more."),
    (status = 403, description = "`forbidden`: the request comes from another site."),
))]
pub(crate) async fn renew(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let token = kept(&headers).ok_or_else(|| Problem::new(Kind::Unauthenticated, "Nobody is signed in here."))?;
    let tokens = state.accounts.refresh(&token).await?;
    Ok(session(&headers, &tokens))
}

/// Sign out, for browsers
///
/// Ends the sign-in and takes the cookie back.
#[utoipa::path(delete, path = "/api/auth/session", tag = "accounts", responses(
    (status = 204, description = "Signed out."),
    (status = 403, description = "`forbidden`: the request comes from another site."),
))]
pub(crate) async fn end(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    same_origin(&headers)?;
    if let Some(token) = kept(&headers) {
        state.accounts.sign_out(&token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set(&mut response, &cookie(&headers, "", 0));
    Ok(response)
}

/// Browsers say where a request comes from; whatever says nothing is no browser, and has no cookie that it did not mean to send.
fn same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let origin = text("origin").is_none_or(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_some() && [text("host"), text("x-forwarded-host")].contains(&host)
    });
    if site && origin { Ok(()) } else { Err(Problem::new(Kind::Forbidden, "The request comes from another site.")) }
}

fn session(headers: &HeaderMap, tokens: &Tokens) -> Response {
    let body = Session {
        access_token: tokens.access_token.expose_secret().to_owned(),
        token_type: "Bearer",
        expires_in: tokens.expires_in.whole_seconds(),
    };
    let mut response = Json(body).into_response();
    set(&mut response, &cookie(headers, tokens.refresh_token.expose_secret(), LIFE.whole_seconds()));
    response
}

/// Only over TLS wherever the page itself came that way; a laptop has none.
fn cookie(headers: &HeaderMap, value: &str, seconds: i64) -> String {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let secure = if origin.starts_with("https://") { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/api/auth/session; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

fn set(response: &mut Response, cookie: &str) {
    if let Ok(mut value) = HeaderValue::from_str(cookie) {
        value.set_sensitive(true);
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

fn kept(headers: &HeaderMap) -> Option<SecretString> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, token)| *name == COOKIE && !token.is_empty())?;
    Some(token.to_owned().into())
}
