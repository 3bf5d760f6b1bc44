//! `POST /api/showtimes/{id}/cancel`: the house calls a showtime off.
//!
//! From the answer on nobody gets a seat of it any more. The sweep over its bookings is a saga of its own, named after the
//! showtime, and its command is written with the closure.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_core::{
    ids::{ShowtimeId, UserId},
    problem::Kind,
};
use usher_database::idempotency::Answer;
use usher_seating::closure::Close;
use usher_telemetry::trace;
use usher_workflows::{definitions::SHOWTIME_CANCELLATION, showtime::SweepData};
use utoipa::ToSchema;

use super::cancellation::{ShowtimeCancellation, progress};
use crate::{
    auth::Operator,
    extract::{Body, Id},
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    selection::{Wrong, unprocessable},
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/showtimes/{id}/cancel";

/// Bookings that are cancelled at a time, and the seconds between: 50 a second leave room for those who book other shows.
const PAGE: (u32, u32) = (50, 1);

/// Why a showtime is called off.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The projector is broken."}))]
pub(crate) struct CallOff {
    /// For the books and for support.
    reason: String,
}

/// Call a showtime off
///
/// Every booking of it is cancelled, and everything that was paid is given back whatever the refund policy says. Follow
/// `GET /api/showtimes/{id}/cancellation`.
#[utoipa::path(post, path = "/api/showtimes/{id}/cancel", tag = "catalog", security(("bearer" = [])), request_body = CallOff,
    params(
        ("id" = String, Path, description = "`sho_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 202, description = "It is called off; its bookings are being cancelled.", body = ShowtimeCancellation),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such showtime."),
        (status = 409, description = "`showtime-closed`: the show has begun."),
        (status = 422, description = "`unprocessable`: say why."),
    ))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Id(id): Id<ShowtimeId>,
    Body(body): Body<CallOff>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(id, &body));
    once(&state, claim, work(&state, caller.user, id, &body)).await
}

async fn work(state: &AppState, by: UserId, id: ShowtimeId, body: &CallOff) -> Result<Answer, Problem> {
    if body.reason.trim().is_empty() {
        return Err(unprocessable(&[Wrong::at("#/reason", "Say why.")]));
    }
    let showtime = state.catalog.showtime(id).await?;
    let showtime = showtime.ok_or_else(|| Problem::new(Kind::NotFound, "There is no such showtime."))?;
    if showtime.has_begun(state.ambient.now()) {
        return Err(Problem::new(Kind::ShowtimeClosed, "The show has begun."));
    }
    let (page, pause_seconds) = PAGE;
    let data = SweepData {
        showtime_id: id,
        requested_by: by,
        page,
        pause_seconds,
        traceparent: trace::current().map(|context| context.to_string()),
        sweep: None,
    };
    let unwritable = |error| Problem::new(Kind::Internal, "The cancellation could not be written.").because(error);
    let input = serde_json::to_value(data).map_err(unwritable)?;
    let saga = SHOWTIME_CANCELLATION.name;
    state.seating.close(Close { showtime: id, by, reason: &body.reason, saga, input: &input }).await?;
    let body = serde_json::to_value(progress(state, id).await?).map_err(unwritable)?;
    Ok(Answer { status: 202, body })
}
