//! `GET /docs`: the contract as a page. One file without anything from elsewhere, so it works offline and tells nobody who
//! reads it.

use axum::{http::header, response::IntoResponse};

/// Only what the page itself brings may run, and it may only ask where it came from.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    (headers, include_str!("page.html"))
}
