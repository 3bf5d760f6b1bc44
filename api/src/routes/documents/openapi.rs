//! `GET /openapi.json`: the contract, made of the handlers themselves.

use std::sync::LazyLock;

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};

/// Written once; it does not change while the process runs.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| crate::openapi::document().to_json().unwrap_or_default()); // A test reads it.

pub(crate) async fn openapi() -> impl IntoResponse {
    let headers: [(HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")];
    (headers, DOCUMENT.as_str())
}
