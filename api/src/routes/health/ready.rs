//! `GET /readyz`: whether traffic should be sent here.

use axum::extract::State;
use usher_core::problem::Kind;

use crate::{problem::Problem, state::AppState};

/// Ready for traffic
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "Send traffic.", body = String),
    (status = 503, description = "`unavailable`: what is needed is away (see `failing`), or the process is draining."),
))]
pub(crate) async fn ready(State(state): State<AppState>) -> Result<&'static str, Problem> {
    let ready = &state.settings.ready;
    if ready.is_draining() {
        return Err(Problem::new(Kind::Unavailable, "This process is on its way out."));
    }
    let failing: Vec<_> = ready.look().await.into_iter().filter(|(_, works)| !works).map(|(name, _)| name).collect();
    if failing.is_empty() {
        return Ok("ready\n");
    }
    Err(Problem::new(Kind::Unavailable, "Something that is needed does not answer.").with("failing", failing))
}
