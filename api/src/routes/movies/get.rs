//! `GET /api/movies/{id}`: one film.

use axum::{Json, extract::State};
use usher_core::ids::MovieId;

use super::Movie;
use crate::{extract::Id, problem::Problem, state::AppState};

/// One film
#[utoipa::path(get, path = "/api/movies/{id}", tag = "catalog", params(("id" = String, Path, description = "`mov_...`")), responses(
    (status = 200, description = "The film.", body = Movie),
    (status = 404, description = "`not-found`"),
))]
pub(crate) async fn get(State(state): State<AppState>, Id(id): Id<MovieId>) -> Result<Json<Movie>, Problem> {
    let movie = state.catalog.movie(id).await?.ok_or_else(|| Problem::not_found("movie"))?;
    Ok(Json(Movie::from(&*movie)))
}
