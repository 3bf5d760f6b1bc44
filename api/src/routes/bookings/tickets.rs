//! `GET /api/bookings/{id}/tickets`: the tickets of a booking.

use axum::{Json, extract::State};
use usher_core::ids::BookingId;

use super::own;
use crate::{
    auth::Caller, extract::Id, pagination::Page, problem::Problem, routes::tickets::TicketView, state::AppState,
};

/// The tickets of a booking
///
/// Revoked ones too, marked as such.
#[utoipa::path(get, path = "/api/bookings/{id}/tickets", tag = "tickets", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bkg_...`")), responses(
    (status = 200, description = "In the order of the seats; none before the booking is confirmed.", body = Page<TicketView>),
    (status = 404, description = "`not-found`: no such booking of yours."),
))]
pub(crate) async fn tickets(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<BookingId>,
) -> Result<Json<Page<TicketView>>, Problem> {
    let booking = own(&state, caller.user, id).await?;
    let tickets = state.tickets.of_booking(booking.id).await?;
    Ok(Json(Page::whole(tickets.iter().map(TicketView::from).collect())))
}
