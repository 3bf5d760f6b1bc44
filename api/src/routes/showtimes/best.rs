//! `GET /api/showtimes/{id}/seats/best`: the best seats that are left for so many people.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use usher_catalog::{SeatType, best};
use usher_core::{ids::ShowtimeId, money, problem::Kind, seat::SeatName};
use utoipa::ToSchema;

use crate::{
    extract::{Id, Search},
    money::Money,
    problem::Problem,
    state::AppState,
};

/// For how many.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Party {
    /// 1 to as many as one booking takes.
    count: usize,
    /// `standard`, `premium`, `accessible` or `companion`; any when left out, and then places for wheelchairs last.
    r#type: Option<String>,
}

/// Seats for a party.
#[derive(Serialize, ToSchema)]
pub(crate) struct BestSeats {
    #[schema(value_type = Vec<String>, example = json!(["F7", "F8"]))]
    seats: Vec<SeatName>,
    /// Whether all of them are side by side.
    together: bool,
    total: Money,
}

/// The best seats that are left
///
/// Side by side wherever a row allows it, and so that no single seat is left alone. They are not kept: a hold does that.
#[utoipa::path(get, path = "/api/showtimes/{id}/seats/best", tag = "catalog",
    params(("id" = String, Path, description = "`sho_...`"), Party), responses(
    (status = 200, description = "The best seats as of now.", body = BestSeats),
    (status = 404, description = "`not-found`: no such showtime."),
    (status = 409, description = "`conflict`: not so many seats are left."),
))]
pub(crate) async fn best(
    State(state): State<AppState>,
    Id(id): Id<ShowtimeId>,
    Search(party): Search<Party>,
) -> Result<Json<BestSeats>, Problem> {
    let most = state.settings.max_seats;
    if !(1..=most).contains(&party.count) {
        return Err(Problem::new(Kind::InvalidRequest, format!("`count` takes a number from 1 to {most}.")));
    }
    let kind = party.r#type.as_deref().filter(|kind| !kind.is_empty()).map(seat_type).transpose()?;
    let showtime = state.catalog.showtime(id).await?.ok_or_else(|| Problem::not_found("showtime"))?;
    let occupied = state.seating.occupied(id).await?;
    let found = best::best(&showtime.seat_map, |seat| occupied.contains_key(seat), party.count, kind);
    let found = found.ok_or_else(|| Problem::new(Kind::Conflict, "Not so many seats are left."))?;
    let quotes = showtime.quote(&found.seats).unwrap_or_default(); // They are seats of this map.
    let total = money::Money::sum(showtime.prices.currency, quotes.into_iter().map(|(.., price)| price))
        .map_err(|error| Problem::new(Kind::Internal, "The prices do not add up.").because(error))?;
    Ok(Json(BestSeats { seats: found.seats, together: found.together, total: total.into() }))
}

fn seat_type(text: &str) -> Result<SeatType, Problem> {
    let refused = || Problem::new(Kind::InvalidRequest, "`type` is standard, premium, accessible or companion.");
    serde_json::from_value(text.into()).map_err(|_| refused())
}
