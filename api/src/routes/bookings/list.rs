//! `GET /api/bookings`: everything that the caller ever asked for.

use axum::{Json, extract::State};
use futures::future::try_join_all;
use serde::Deserialize;
use usher_bookings::{Booking, Status};
use usher_core::ids::BookingId;

use super::view::BookingView;
use crate::{
    auth::Caller,
    extract::Search,
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which part of the list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u16>,
}

/// Your bookings
#[utoipa::path(get, path = "/api/bookings", tag = "bookings", security(("bearer" = [])), params(Wanted), responses(
    (status = 200, description = "Newest first; rejected and cancelled ones too.", body = Page<BookingView>),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<BookingView>>, Problem> {
    let limit = limit(wanted.limit)?;
    let cursor = parameter::<BookingId>("cursor", wanted.cursor.as_deref())?;
    let bookings = state.bookings.of_user(caller.user, cursor, limit.into()).await?;
    let next = Page::of(bookings.iter().collect(), limit, |booking: &&Booking| booking.id.to_string()).next;
    let confirmed = bookings.iter().filter(|booking| booking.status == Status::Confirmed);
    let tickets = state.tickets.of_bookings(&confirmed.map(|booking| booking.id).collect::<Vec<_>>()).await?;
    let items = bookings.iter().map(|booking| BookingView::new(booking, &tickets).with_showtime(&state));
    let items = try_join_all(items).await?;
    Ok(Json(Page { items, next }))
}
