//! `GET /api/showtimes/{id}`: one showtime.

use axum::{Json, extract::State};
use usher_core::ids::ShowtimeId;

use super::Showtime;
use crate::{extract::Id, problem::Problem, state::AppState};

/// One showtime
#[utoipa::path(get, path = "/api/showtimes/{id}", tag = "catalog", params(("id" = String, Path, description = "`sho_...`")), responses(
    (status = 200, description = "The showtime.", body = Showtime),
    (status = 404, description = "`not-found`"),
))]
pub(crate) async fn get(State(state): State<AppState>, Id(id): Id<ShowtimeId>) -> Result<Json<Showtime>, Problem> {
    let showtime = state.catalog.showtime(id).await?.ok_or_else(|| Problem::not_found("showtime"))?;
    let occupied = state.seating.occupied_counts(&[id]).await?.get(&id).copied().unwrap_or_default();
    Ok(Json(Showtime::new(&showtime, occupied)))
}
