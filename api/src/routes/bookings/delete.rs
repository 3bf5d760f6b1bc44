//! `DELETE /api/bookings/{id}`: the customer wants out, wherever the booking stands.
//!
//! While its saga runs, that saga turns round; a confirmed booking gets a saga of its own. Either way the end is seen on
//! the booking: `cancelled`, with the seats free and the money back.

use axum::{extract::State, response::Response};
use usher_bookings::{
    Booking, Status,
    cancel::{Cancel, CancelOutcome},
};
use usher_core::{ids::BookingId, problem::Kind};
use usher_database::idempotency::Answer;
use usher_workflows::definitions::CANCELLATION;

use super::{own, saga_input, view::BookingView};
use crate::{
    auth::Caller,
    extract::Id,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "DELETE /api/bookings/{id}";

/// Cancel a booking
///
/// Possible at any moment until the show begins. What was paid is given back.
#[utoipa::path(delete, path = "/api/bookings/{id}", tag = "bookings", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "`bkg_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "It was cancelled before.", body = BookingView),
        (status = 202, description = "Seats and money are on their way back.", body = BookingView),
        (status = 404, description = "`not-found`: no such booking of yours."),
        (status = 409, description = "`conflict`: it was rejected, there is nothing to cancel; or `showtime-closed`."),
    ))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Id(id): Id<BookingId>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &id);
    once(&state, claim, cancel(&state, caller, id)).await
}

async fn cancel(state: &AppState, caller: Caller, id: BookingId) -> Result<Answer, Problem> {
    let booking = own(state, caller.user, id).await?;
    refuse_after_the_show(state, &booking).await?;
    let input = saga_input(&booking)?;
    let command = Cancel { id, user_id: caller.user, saga: CANCELLATION.name, input: input.clone() };
    match state.bookings.cancel(command).await? {
        CancelOutcome::NotFound => Err(Problem::not_found("booking")),
        CancelOutcome::Rejected => Err(Problem::new(Kind::Conflict, "It was rejected; there is nothing to cancel.")),
        CancelOutcome::Start { name, row } => {
            state.handover.cancellation(name, row, input);
            shown(state, caller, id).await
        }
        CancelOutcome::TurnsRound | CancelOutcome::Already(_) => shown(state, caller, id).await,
    }
}

/// Nobody gives back a seat that they sat on. A booking on its way is let go at any time.
async fn refuse_after_the_show(state: &AppState, booking: &Booking) -> Result<(), Problem> {
    let showtime = state.catalog.showtime(booking.showtime_id).await?;
    let begun = showtime.is_some_and(|showtime| showtime.has_begun(state.ambient.now()));
    if begun && booking.status == Status::Confirmed {
        return Err(Problem::new(Kind::ShowtimeClosed, "The show has begun; the booking can no longer be cancelled."));
    }
    Ok(())
}

async fn shown(state: &AppState, caller: Caller, id: BookingId) -> Result<Answer, Problem> {
    let booking = own(state, caller.user, id).await?;
    let status = if booking.status == Status::Cancelled { 200 } else { 202 };
    let body = serde_json::to_value(BookingView::new(&booking, &[]))
        .map_err(|error| Problem::new(Kind::Internal, "The booking could not be shown.").because(error))?;
    Ok(Answer { status, body })
}
