//! `POST /api/bookings/{id}/cancel`: some seats, or all of them; by the customer, or by the house on terms of its own.
//!
//! Some seats of a confirmed booking are cancelled by a saga of their own, which leaves the others alone. All of them is the
//! same as `DELETE /api/bookings/{id}`, and goes its way.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_bookings::{
    cancel::Terms as Record,
    part::{CancelPart, PartOutcome},
};
use usher_core::{
    ids::{BookingId, PartialCancellationId},
    problem::Kind,
    seat::SeatName,
};
use usher_database::idempotency::{Answer, Claim};
use usher_workflows::{booking::Terms, definitions::CANCELLATION};
use utoipa::ToSchema;

use super::{accessible, cancellation_input, delete, quote::Quote, view::BookingView};
use crate::{
    auth::Caller,
    extract::{Body, Id},
    idempotency::{self, IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/bookings/{id}/cancel";

/// What to cancel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"seats": ["A1"]}))]
pub(crate) struct Cancellation {
    /// Names of seats; all when left out.
    seats: Option<Vec<String>>,
    /// What is given back: by the showtime's policy, nothing, or everything. Only the house chooses.
    #[serde(default)]
    refund: Choice,
    /// Why, for support.
    #[serde(default)]
    reason: String,
}

/// Who says what is given back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Choice {
    /// The refund policy of the showtime.
    #[default]
    Policy,
    /// Nothing is given back.
    None,
    /// Everything is.
    Full,
}

/// Cancel seats of a booking
///
/// The seats become free, their tickets invalid, and their price is given back by the showtime's refund policy; what stays
/// stays valid. Without seats all of the booking is cancelled. `refund` says what is on its way back.
#[utoipa::path(post, path = "/api/bookings/{id}/cancel", tag = "bookings", security(("bearer" = [])),
    request_body = Cancellation,
    params(
        ("id" = String, Path, description = "`bkg_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "All of it was cancelled before.", body = BookingView),
        (status = 202, description = "Seats and money are on their way back.", body = BookingView),
        (status = 403, description = "`forbidden`: only the house chooses what is given back."),
        (status = 404, description = "`not-found`: no such booking of yours."),
        (status = 409, description = "`conflict`: there is nothing to cancel, or another part is being cancelled; or `showtime-closed`."),
        (status = 422, description = "`unprocessable`: the booking does not have these seats."),
    ))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Id(id): Id<BookingId>,
    Body(body): Body<Cancellation>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(id, &body));
    once(&state, claim.clone(), work(&state, caller, id, &body, &claim)).await
}

async fn work(
    state: &AppState,
    caller: Caller,
    id: BookingId,
    body: &Cancellation,
    claim: &Claim,
) -> Result<Answer, Problem> {
    let booking = accessible(state, caller, id).await?;
    if body.refund != Choice::Policy && !caller.runs_the_house() {
        return Err(Problem::new(Kind::Forbidden, "The showtime's policy says what is given back."));
    }
    let part = PartialCancellationId::from(idempotency::number(claim));
    if body.seats.is_some() && state.bookings.knows_part(part).await? {
        return shown(state, id).await; // A try before this one died after it was written.
    }
    let quote = match &body.seats {
        Some(seats) => Quote::of(state, &booking, Some(seats)).await?,
        None => return delete::whole(state, caller, &booking, body.refund, &body.reason).await,
    };
    if quote.seats.len() == booking.seats.len() {
        return delete::whole(state, caller, &booking, body.refund, &body.reason).await;
    }
    let quote = overruled(quote, body.refund);
    let seats: Vec<SeatName> = quote.seats.iter().map(|(seat, ..)| seat.clone()).collect();
    let terms = Terms { part: Some(part), refund: quote.refund, by_house: false };
    let input = cancellation_input(&booking, &seats, &terms)?;
    let command = CancelPart {
        id,
        user_id: caller.user,
        part,
        seats,
        terms: Record {
            refund: quote.refund.amount,
            kept: quote.kept.amount,
            reason: body.reason.clone(),
            by_house: caller.runs_the_house(),
        },
        saga: CANCELLATION.name,
        input: input.clone(),
    };
    match state.bookings.cancel_part(&command).await? {
        PartOutcome::Start(row) => {
            state.handover.part(part, row, input);
            let mut answer = shown(state, id).await?;
            if let Some(body) = answer.body.as_object_mut() {
                body.insert("refund".to_owned(), serde_json::json!(quote.refund));
            }
            Ok(answer)
        }
        PartOutcome::Already => shown(state, id).await,
        PartOutcome::Busy => Err(busy()),
        PartOutcome::NotConfirmed(_) => Err(Problem::new(
            Kind::Conflict,
            "Only a confirmed booking can be cancelled in part. Cancel all of it, or wait until it is confirmed.",
        )),
        PartOutcome::NotAPart => Err(Problem::new(Kind::Conflict, "The booking no longer has these seats.")),
        PartOutcome::NotFound => Err(Problem::not_found("booking")),
    }
}

/// One part at a time.
pub(super) fn busy() -> Problem {
    Problem::new(Kind::Conflict, "Some seats of this booking are being cancelled. Try again in a moment.")
        .retry_after(2)
}

pub(super) fn overruled(quote: Quote, choice: Choice) -> Quote {
    match choice {
        Choice::Policy => quote,
        Choice::None => quote.overruled(false),
        Choice::Full => quote.overruled(true),
    }
}

async fn shown(state: &AppState, id: BookingId) -> Result<Answer, Problem> {
    let booking = state.bookings.get(id).await?.ok_or_else(|| Problem::not_found("booking"))?;
    let body = serde_json::to_value(BookingView::with_tickets(state, &booking).await?)
        .map_err(|error| Problem::new(Kind::Internal, "The booking could not be shown.").because(error))?;
    Ok(Answer { status: 202, body })
}
