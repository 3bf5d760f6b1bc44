//! `GET /api/showtimes/{id}/seats`: the room, and which of its seats are free.

use axum::{Json, extract::State};
use serde::Serialize;
use usher_catalog::SeatType;
use usher_core::{ids::ShowtimeId, seat::SeatName};
use usher_seating::read::Occupancy;
use utoipa::ToSchema;

use crate::{extract::Id, money::Money, problem::Problem, state::AppState};

/// The seats of a showtime.
#[derive(Serialize, ToSchema)]
pub(crate) struct Seats {
    #[schema(value_type = String)]
    showtime_id: ShowtimeId,
    /// Row by row, from the front.
    seats: Vec<Seat>,
}

/// One seat.
#[derive(Serialize, ToSchema)]
pub(crate) struct Seat {
    #[schema(value_type = String, example = "A1")]
    #[serde(rename = "seat")]
    name: SeatName,
    #[schema(example = "A")]
    row: String,
    #[schema(example = 1)]
    number: u16,
    /// Place from the left; one that no seat has is an aisle.
    x: u16,
    /// Place from the front.
    y: u16,
    #[schema(value_type = String, pattern = "^(standard|premium|accessible|companion)$", example = "standard")]
    r#type: SeatType,
    #[schema(pattern = "^(free|held|sold)$", example = "free")]
    state: &'static str,
    price: Money,
}

/// The seats of a showtime
#[utoipa::path(get, path = "/api/showtimes/{id}/seats", tag = "catalog", params(("id" = String, Path, description = "`sho_...`")), responses(
    (status = 200, description = "Every seat with its price and whether it is free.", body = Seats),
    (status = 404, description = "`not-found`"),
))]
pub(crate) async fn seats(State(state): State<AppState>, Id(id): Id<ShowtimeId>) -> Result<Json<Seats>, Problem> {
    let showtime = state.catalog.showtime(id).await?.ok_or_else(|| Problem::not_found("showtime"))?;
    let occupied = state.seating.occupied(id).await?;
    let seats = showtime.seat_map.seats().map(|seat| Seat {
        name: seat.name.clone(),
        row: seat.row.as_ref().to_owned(),
        number: seat.number,
        x: seat.x,
        y: seat.y,
        r#type: seat.kind,
        state: state_of(occupied.get(&seat.name).copied()),
        price: showtime.prices.of(seat.kind).into(),
    });
    Ok(Json(Seats { showtime_id: id, seats: seats.collect() }))
}

/// A seat's state in one word.
pub(super) const fn state_of(occupancy: Option<Occupancy>) -> &'static str {
    match occupancy {
        None => "free",
        Some(Occupancy::Held) => "held",
        Some(Occupancy::Sold) => "sold",
    }
}
