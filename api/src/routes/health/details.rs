//! `GET /health`: what `/readyz` looked at, for people. Always 200; the answer says what is wrong.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::AppState;

/// How the process is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ready`, `draining` or `failing`.
    #[schema(pattern = "^(ready|draining|failing)$", example = "ready")]
    status: &'static str,
    /// Of the program.
    version: &'static str,
    /// What the process needs.
    checks: Vec<CheckView>,
}

/// Something that the process needs.
#[derive(Serialize, ToSchema)]
#[schema(as = Check)]
pub(crate) struct CheckView {
    /// Such as `database`.
    name: &'static str,
    /// Whether it works.
    works: bool,
}

/// How the process is
#[utoipa::path(get, path = "/health", tag = "operation", responses((status = 200, description = "Each check and its outcome.", body = Health)))]
pub(crate) async fn details(State(state): State<AppState>) -> Json<Health> {
    let ready = &state.settings.ready;
    let checks = ready.look().await;
    let status = match (ready.is_draining(), checks.iter().all(|(_, works)| *works)) {
        (true, _) => "draining",
        (false, true) => "ready",
        (false, false) => "failing",
    };
    let checks = checks.into_iter().map(|(name, works)| CheckView { name, works }).collect();
    Json(Health { status, version: env!("CARGO_PKG_VERSION"), checks })
}
