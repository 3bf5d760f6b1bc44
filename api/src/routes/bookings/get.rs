//! `GET /api/bookings/{id}`: where a booking stands.

use axum::{Json, extract::State};
use usher_core::ids::BookingId;

use super::{own, view::BookingView};
use crate::{auth::Caller, extract::Id, problem::Problem, state::AppState};

/// One booking
///
/// While it is on its way, `step` says what is being done and `poll_after_ms` when to ask again; `/events` saves asking.
#[utoipa::path(get, path = "/api/bookings/{id}", tag = "bookings", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bkg_...`")), responses(
    (status = 200, description = "Your booking.", body = BookingView),
    (status = 404, description = "`not-found`: no such booking of yours."),
))]
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<BookingId>,
) -> Result<Json<BookingView>, Problem> {
    let booking = own(&state, caller.user, id).await?;
    Ok(Json(BookingView::with_tickets(&state, &booking).await?.with_hold(&state).await?.with_showtime(&state).await?))
}
