//! `GET /api/showtimes/{id}/cancellation`: how far the sweep over a showtime that was called off has come.
//!
//! Everything is counted when it is asked for: the bookings that had seats at the closure, and those that have some now.

use axum::{Json, extract::State};
use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{ids::ShowtimeId, problem::Kind};
use usher_workflows::{definitions::SHOWTIME_CANCELLATION, orchestrator::OrchestratorError};
use utoipa::ToSchema;

use crate::{auth::Operator, extract::Id, problem::Problem, state::AppState};

/// A showtime that was called off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShowtimeCancellation {
    #[schema(value_type = String)]
    showtime_id: ShowtimeId,
    reason: String,
    #[serde(with = "time::serde::rfc3339")]
    closed_at: OffsetDateTime,
    /// Bookings that had seats when it was called off.
    bookings: i64,
    /// Those that gave their seats back.
    cancelled: i64,
    /// Those that still have seats.
    left: i64,
    /// `STARTING`, or where the sweep's execution stands: `RUNNING`, `SUCCEEDED`; anything else waits for a person.
    #[schema(example = "RUNNING")]
    status: String,
}

/// How far a cancellation has come
#[utoipa::path(get, path = "/api/showtimes/{id}/cancellation", tag = "catalog", security(("bearer" = [])),
    params(("id" = String, Path, description = "`sho_...`")),
    responses(
        (status = 200, description = "How far it has come.", body = ShowtimeCancellation),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: the showtime was not called off."),
    ))]
pub(crate) async fn cancellation(
    State(state): State<AppState>,
    _: Operator,
    Id(id): Id<ShowtimeId>,
) -> Result<Json<ShowtimeCancellation>, Problem> {
    Ok(Json(progress(&state, id).await?))
}

/// How far it has come now.
pub(super) async fn progress(state: &AppState, id: ShowtimeId) -> Result<ShowtimeCancellation, Problem> {
    let closure = state.seating.closure(id).await?;
    let closure = closure.ok_or_else(|| Problem::new(Kind::NotFound, "This showtime was not called off."))?;
    let left = state.seating.count_bookings_with_seats(id).await?;
    let execution = match state.orchestrator.describe(SHOWTIME_CANCELLATION.name, &id.to_string()).await {
        Ok(execution) => execution,
        Err(OrchestratorError::NotFound) => None,
        Err(error) => {
            let detail = "The sweep cannot be looked up at the moment.";
            return Err(Problem::new(Kind::Unavailable, detail).retry_after(2).because(error));
        }
    };
    let status = execution.map_or_else(|| "STARTING".to_owned(), |execution| execution.status.as_str().to_owned());
    let bookings = i64::from(closure.bookings);
    Ok(ShowtimeCancellation {
        showtime_id: id,
        reason: closure.reason,
        closed_at: closure.at,
        bookings,
        cancelled: (bookings - left).max(0),
        left,
        status,
    })
}
