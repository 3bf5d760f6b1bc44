//! `DELETE /api/bookings/{id}`: the customer wants out, wherever the booking stands.
//!
//! While its saga runs, that saga turns round; a confirmed booking gets a saga of its own. Either way the end is seen on
//! the booking: `cancelled`, with the seats free and the money back.

use axum::{extract::State, response::Response};
use usher_bookings::{
    Booking, Status,
    cancel::{Cancel, CancelOutcome, Terms as Record},
};
use usher_core::{ids::BookingId, money::Money, problem::Kind, seat::SeatName};
use usher_database::idempotency::Answer;
use usher_workflows::{booking::Terms, definitions::CANCELLATION};

use super::{
    cancel::{Choice, busy, overruled},
    cancellation_input, own,
    quote::Quote,
    view::BookingView,
};
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
/// Possible at any moment until the show begins. What was paid is given back by the refund policy of the showtime; `refund` in
/// the answer says how much, and `GET /api/bookings/{id}/refund-quote` says it before.
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
    whole(state, caller, &booking, Choice::Policy, "").await
}

/// Cancels all of a booking. One that is confirmed is given back by the policy of its showtime, unless the house chose.
pub(super) async fn whole(
    state: &AppState,
    caller: Caller,
    booking: &Booking,
    choice: Choice,
    reason: &str,
) -> Result<Answer, Problem> {
    if booking.status == Status::Rejected {
        return Err(Problem::new(Kind::Conflict, "It was rejected; there is nothing to cancel."));
    }
    if matches!(booking.status, Status::Cancelling | Status::Cancelled) {
        return shown(booking, None);
    }
    let quote = overruled(Quote::of(state, booking, None).await?, choice);
    let seats: Vec<SeatName> = booking.seats.iter().map(|(seat, _)| seat.clone()).collect();
    let terms = Terms { part: None, refund: quote.refund, by_house: false };
    let input = cancellation_input(booking, &seats, &terms)?;
    let terms = Record {
        refund: quote.refund.amount,
        kept: quote.kept.amount,
        reason: reason.to_owned(),
        by_house: caller.runs_the_house(),
    };
    let command = Cancel { id: booking.id, user_id: caller.user, terms, saga: CANCELLATION.name, input: input.clone() };
    match state.bookings.cancel(command).await? {
        CancelOutcome::NotFound => return Err(Problem::not_found("booking")),
        CancelOutcome::Rejected => {
            return Err(Problem::new(Kind::Conflict, "It was rejected; there is nothing to cancel."));
        }
        CancelOutcome::Parting => return Err(busy()),
        CancelOutcome::Start { name, row } => state.handover.cancellation(name, row, input),
        CancelOutcome::TurnsRound | CancelOutcome::Already(_) => {}
    }
    let booking = state.bookings.get(booking.id).await?.ok_or_else(|| Problem::not_found("booking"))?;
    shown(&booking, Some(quote.refund))
}

fn shown(booking: &Booking, refund: Option<Money>) -> Result<Answer, Problem> {
    let status = if booking.status == Status::Cancelled { 200 } else { 202 };
    let view = BookingView::new(booking, &[]);
    let view = match refund {
        Some(refund) => view.with_refund(refund),
        None => view,
    };
    let body = serde_json::to_value(view)
        .map_err(|error| Problem::new(Kind::Internal, "The booking could not be shown.").because(error))?;
    Ok(Answer { status, body })
}
