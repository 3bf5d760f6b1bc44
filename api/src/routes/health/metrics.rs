//! `GET /metrics`: all metrics of the process, for Prometheus.

use axum::{
    extract::State,
    http::{HeaderName, header},
};

use crate::state::AppState;

/// Metrics
#[utoipa::path(get, path = "/metrics", tag = "operation", responses(
    (status = 200, description = "The text format of Prometheus.", content_type = "text/plain", body = String),
))]
pub(crate) async fn metrics(State(state): State<AppState>) -> ([(HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (state.metrics)())
}
