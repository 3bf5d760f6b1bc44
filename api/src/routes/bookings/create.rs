//! `POST /api/bookings`: asks for seats and a payment.
//!
//! Checks the order, then writes the claim of the idempotency key, the booking and the start of its saga in one
//! transaction. After it the customer has an answer that survives anything; before it nothing has happened. The saga is
//! handed over at once and not waited for, unless the client prefers to.

use std::time::Duration;

use axum::{
    extract::{FromRequestParts, State},
    response::Response,
};
use usher_bookings::request::{Request, Requested};
use usher_core::{
    ids::{BookingId, UserId},
    problem::Kind,
};
use usher_database::idempotency::{self, Claim, Claimed};
use usher_workflows::definitions::BOOKING;

use super::{
    conclude::{Conclusion, conclude},
    order::{NewBooking, Order},
    own, saga_input,
    view::BookingView,
};
use crate::{
    auth::Caller,
    extract::Body,
    idempotency::{IdempotencyKey, in_use, replay, reused},
    prefer::Prefer,
    problem::{Occurrence, Problem},
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/bookings";

/// How long the start of a saga may be put off by the limits of whoever runs it: the customer waits for it.
const LONGEST_START: Duration = Duration::from_secs(2);

/// Who asks, and in what manner.
#[derive(FromRequestParts)]
#[from_request(state(AppState))]
pub(crate) struct Manner {
    caller: Caller,
    key: IdempotencyKey,
    prefer: Prefer,
    occurrence: Occurrence,
}

/// Book seats
///
/// Answers `202` at once; follow `Location` to see how it goes. With `Prefer: wait=10` (20 at most) the answer is how it
/// ended, or `202` if it took longer. Money moves once, however often the request is repeated under its key.
#[utoipa::path(post, path = "/api/bookings", tag = "bookings", security(("bearer" = [])), request_body = NewBooking,
    params(
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request; 1 to 255 printable ASCII characters."),
        ("Prefer" = Option<String>, Header, description = "`wait=10`: wait so many seconds for the end."),
    ),
    responses(
        (status = 201, description = "Confirmed, with tickets.", body = BookingView),
        (status = 202, description = "On its way.", body = BookingView),
        (status = 402, description = "`payment-declined`: the provider refused; nothing was charged, the seats are free again."),
        (status = 404, description = "`not-found`: no such showtime."),
        (status = 409, description = "`seats-taken` (see `seats`), `hold-expired`, `showtime-closed`, `conflict`, or `idempotency-key-in-use`."),
        (status = 422, description = "`unprocessable` (see `errors`) or `idempotency-key-reused`."),
        (status = 503, description = "`unavailable`: too many at once; nothing was booked. Come back after `Retry-After`."),
    ))]
pub(crate) async fn create(
    State(state): State<AppState>,
    manner: Manner,
    Body(body): Body<NewBooking>,
) -> Result<Response, Problem> {
    let Manner { caller, key, prefer, occurrence } = manner;
    let id = BookingId::new(&*state.ambient);
    let claim = Claim { resource: Some(id.to_string()), ..key.claim(caller.user, ROUTE, &body) };
    let (requested, input) = match Order::check(&state, caller.user, &body).await {
        Ok(order) => {
            not_overrun(&state)?;
            let input = order.saga_input(id, caller.user)?;
            let request = request(id, caller.user, &claim, order, input.clone());
            (state.bookings.request(request).await?, Some(input))
        }
        Err(refusal) => (earlier(&state, &claim, refusal).await?, None),
    };
    let (id, input) = match (requested, input) {
        (Requested::Written, Some(input)) => (id, input),
        (Requested::TakenOver(Some(id)), _) => (id, saga_input(&own(&state, caller.user, id).await?)?),
        (Requested::Done(answer), _) => return Ok(replay(answer)),
        (Requested::Running, _) => return Err(in_use()),
        (Requested::Mismatch, _) => return Err(reused()),
        (Requested::Written | Requested::TakenOver(None), _) => {
            return Err(Problem::new(Kind::Internal, "The key was claimed without a booking."));
        }
    };
    conclude(&state, Conclusion { id, input, claim, prefer, occurrence }).await
}

/// Refuses an order while its saga could not be started soon: a promise that is kept in an hour is none.
fn not_overrun(state: &AppState) -> Result<(), Problem> {
    let delay = state.orchestrator.start_delay();
    if delay <= LONGEST_START {
        return Ok(());
    }
    let busy = "More bookings are being asked for than can be begun at the moment; nothing was booked.";
    Err(Problem::new(Kind::Unavailable, busy).retry_after(delay.as_secs().max(1)))
}

fn request(id: BookingId, user_id: UserId, claim: &Claim, order: Order, input: serde_json::Value) -> Request {
    Request {
        claim: claim.clone(),
        id,
        user_id,
        showtime_id: order.showtime_id,
        seats: order.seats,
        total: order.total,
        payment_method: order.payment_method,
        hold_id: order.hold_id,
        saga: BOOKING.name,
        input,
    }
}

/// What cannot be ordered now may have been ordered under this key before: a repetition that comes when the show has begun
/// or the hold is used up still gets its answer. A key that is new leaves no trace, and the refusal stands.
async fn earlier(state: &AppState, claim: &Claim, refusal: Problem) -> Result<Requested, Problem> {
    let mut transaction = state.pool.begin().await?;
    let claimed = idempotency::claim(&mut transaction, &[claim], state.ambient.now()).await?.pop();
    match claimed {
        Some(Claimed::TakenOver(resource)) => {
            transaction.commit().await?;
            Ok(Requested::TakenOver(resource.and_then(|id| id.parse().ok())))
        }
        Some(Claimed::Done(answer)) => Ok(Requested::Done(answer)),
        Some(Claimed::Running) => Ok(Requested::Running),
        Some(Claimed::Mismatch) => Ok(Requested::Mismatch),
        Some(Claimed::Fresh) | None => {
            transaction.rollback().await?;
            Err(refusal)
        }
    }
}
