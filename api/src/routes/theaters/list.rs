//! `GET /api/theaters`: all houses.

use axum::{Json, extract::State};

use super::Theater;
use crate::{pagination::Page, problem::Problem, state::AppState};

/// Theaters
#[utoipa::path(get, path = "/api/theaters", tag = "catalog", responses(
    (status = 200, description = "All theaters, by city and name.", body = Page<Theater>),
))]
pub(crate) async fn list(State(state): State<AppState>) -> Result<Json<Page<Theater>>, Problem> {
    let theaters = state.catalog.theaters().await?;
    Ok(Json(Page::whole(theaters.iter().map(|theater| Theater::from(&**theater)).collect())))
}
