//! `POST /api/holds`: keeps seats while the customer decides.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::to_value;
use usher_core::{
    ids::{ShowtimeId, UserId},
    problem::Kind,
    seat::SeatName,
};
use usher_database::idempotency::Answer;
use usher_seating::{Hold, claim::Claimed};
use utoipa::ToSchema;

use super::HoldView;
use crate::{
    auth::Caller,
    extract::Body,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    selection::Selection,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/holds";

/// Which seats to keep.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"showtime_id": "sho_01KAG3V0Q8Z6X4N2M7R5T9W1YC", "seats": ["A1", "A2"]}))]
pub(crate) struct NewHold {
    #[schema(value_type = String)]
    showtime_id: ShowtimeId,
    seats: Vec<String>,
}

/// Keep seats
///
/// For five minutes; one extension, fifteen minutes at most. All seats or none. Book them by naming the hold.
#[utoipa::path(post, path = "/api/holds", tag = "holds", security(("bearer" = [])), request_body = NewHold,
    params(("Idempotency-Key" = String, Header, description = "The same for every try of one request.")),
    responses(
        (status = 201, description = "The seats are kept.", body = HoldView),
        (status = 404, description = "`not-found`: no such showtime."),
        (status = 409, description = "`seats-taken` (see `seats`), `showtime-closed`, or `conflict`: too many open holds."),
        (status = 422, description = "`unprocessable` (see `errors`) or `idempotency-key-reused`."),
    ))]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    key: IdempotencyKey,
    Body(body): Body<NewHold>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &body);
    once(&state, claim, hold(&state, caller.user, &body)).await
}

async fn hold(state: &AppState, user_id: UserId, body: &NewHold) -> Result<Answer, Problem> {
    let selection = Selection::check(state, body.showtime_id, &body.seats, Vec::new()).await?;
    let seats: Vec<SeatName> = selection.seats.into_iter().map(|(seat, _)| seat).collect();
    let claimed = state.seating.hold(user_id, body.showtime_id, seats.clone()).await?;
    let claimed = claimed.map_err(|too_many| {
        let detail = "Book what you hold, give it back, or wait until it is free again.";
        Problem::new(Kind::Conflict, detail).with("open_holds", too_many.allowed)
    })?;
    match claimed {
        Claimed::All { hold_id, epoch, expires_at } => {
            let showtime_id = body.showtime_id;
            let hold =
                Hold { id: hold_id, epoch, showtime_id, user_id, booking_id: None, seats, expires_at, extended: false };
            let body = to_value(HoldView::from(hold))
                .map_err(|error| Problem::new(Kind::Internal, "The hold could not be shown.").because(error))?;
            Ok(Answer { status: 201, body })
        }
        Claimed::Taken { seats } => Err(Problem::new(Kind::SeatsTaken, "Somebody was faster.").with("seats", seats)),
        Claimed::Closed => Err(Problem::new(Kind::ShowtimeClosed, "The theater has called this showtime off.")),
        Claimed::HoldUnusable => Err(Problem::new(Kind::Conflict, "The seats could not be kept.")),
    }
}
