//! `GET /api/bookings/{id}/tickets`: the tickets of a booking.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use usher_core::ids::BookingId;

use super::own;
use crate::{
    auth::Caller,
    extract::Id,
    pagination::Page,
    problem::Problem,
    routes::tickets::{
        TicketView,
        paper::{paper, wants_paper},
    },
    state::AppState,
};

/// The tickets of a booking
///
/// Revoked ones too, marked as such. With `Accept: application/pdf` the valid ones to print, a page each.
#[utoipa::path(get, path = "/api/bookings/{id}/tickets", tag = "tickets", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bkg_...`")), responses(
    (status = 200, description = "In the order of the seats; none before the booking is confirmed.", content((Page<TicketView> = "application/json"), (String = "application/pdf"))),
    (status = 404, description = "`not-found`: no such booking of yours."),
    (status = 409, description = "`conflict`: there is no valid ticket to print."),
))]
pub(crate) async fn tickets(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<BookingId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let booking = own(&state, caller.user, id).await?;
    let tickets = state.tickets.of_booking(booking.id).await?;
    if wants_paper(&headers) {
        return paper(&state, booking.showtime_id, &id.to_string(), &tickets).await;
    }
    Ok(Json(Page::whole(tickets.iter().map(TicketView::from).collect::<Vec<_>>())).into_response())
}
