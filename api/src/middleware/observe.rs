//! Around every request: a name for it, a span, two metrics, an end to its time, and one shape for its errors.
//!
//! The span has method, route template, trace and - once known - who asks; never the address as it was sent, because that
//! holds ids and searches. Requests that end well are told of at debug level and counted; those that we failed are
//! logged by the problem, with its cause.

use std::time::{Duration, Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;
use tracing::{Instrument, field};
use usher_core::{problem::Kind, trace::TraceContext};
use usher_telemetry::trace;

use crate::{
    problem::{self, Occurrence, Problem},
    router::NOWHERE,
    site::Page,
    state::AppState,
};

/// The longest any request may take to be answered; a stream is answered once it begins. Above the longest
/// `Prefer: wait`, 20 s, and the patience for a connection, 3 s.
const LONGEST: Duration = Duration::from_secs(30);

/// What a request without a route is counted under: paths that strangers make up must not become metrics.
const NO_ROUTE: &str = "none";

pub(crate) async fn observe(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str).filter(|route| *route != NOWHERE).unwrap_or(NO_ROUTE);
    let span = tracing::info_span!(
        "request",
        http.method = %method,
        http.route = route,
        trace.id = field::Empty,
        user.id = field::Empty,
        http.status = field::Empty,
    );
    let trace = match traceparent(request.headers()) {
        Some(parent) => trace::follow(&span, parent),
        None => trace::of(&span).unwrap_or_else(|| TraceContext::beginning(state.ambient.random())),
    };
    let occurrence = Occurrence::new(request.uri(), trace);
    span.record("trace.id", occurrence.trace_id());
    request.extensions_mut().insert(occurrence.clone());
    let answered = async {
        let response = timeout(LONGEST, next.run(request)).await.unwrap_or_else(|_| too_slow());
        let response = shaped(response, &occurrence);
        let (status, elapsed) = (response.status(), started.elapsed());
        tracing::Span::current().record("http.status", status.as_u16());
        tracing::debug!(latency_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), "answered");
        count(method.as_str(), route, status, elapsed);
        response
    };
    trace::within(trace, answered.instrument(span)).await
}

/// The trace that the caller is in (W3C Trace Context), if they say so rightly.
fn traceparent(headers: &HeaderMap) -> Option<TraceContext> {
    headers.get("traceparent")?.to_str().ok()?.parse().ok()
}

fn count(method: &str, route: &str, status: StatusCode, elapsed: Duration) {
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(elapsed);
    let [method, route] = labels;
    metrics::counter!("http_requests_total", &[method, route, ("status", status.as_str().to_owned())]).increment(1);
}

fn too_slow() -> Response {
    Problem::new(Kind::Unavailable, "The answer took too long, so we stopped waiting for it.")
        .retry_after(2)
        .into_response()
}

/// Errors become problems, whoever made them, and headers that every answer should have are added.
fn shaped(mut response: Response, occurrence: &Occurrence) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let around = std::mem::take(response.headers_mut()); // Such as those of the rate limit.
        response = problem.present(occurrence);
        for (name, value) in &around {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    } else if is_bare_error(&response) && response.extensions().get::<Page>().is_none() {
        let mut framework = std::mem::take(response.headers_mut()); // Such as Allow.
        framework.remove(header::CONTENT_TYPE);
        framework.remove(header::CONTENT_LENGTH);
        response = Problem::of_status(response.status()).present(occurrence);
        response.headers_mut().extend(framework);
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Most answers are somebody's own; what may be kept says so itself.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(trace) = HeaderValue::from_str(&occurrence.trace_id()) {
        headers.insert(HeaderName::from_static("trace-id"), trace);
    }
    response
}

fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|media| media == problem::MEDIA_TYPE);
    (status.is_client_error() || status.is_server_error()) && !is_problem
}
