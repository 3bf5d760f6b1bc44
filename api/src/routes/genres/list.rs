//! `GET /api/genres`: all genres.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{pagination::Page, problem::Problem, state::AppState};

/// A kind of film.
#[derive(Serialize, ToSchema)]
pub(crate) struct Genre {
    /// As `genre` takes it.
    #[schema(example = "science-fiction")]
    slug: String,
    #[schema(example = "Science fiction")]
    name: String,
}

/// Genres
#[utoipa::path(get, path = "/api/genres", tag = "catalog", responses(
    (status = 200, description = "All genres, in the order of their names.", body = Page<Genre>),
))]
pub(crate) async fn list(State(state): State<AppState>) -> Result<Json<Page<Genre>>, Problem> {
    let genres = state.catalog.genres().await?;
    let shown = |genre: &usher_catalog::Genre| Genre { slug: genre.slug.clone(), name: genre.name.clone() };
    Ok(Json(Page::whole(genres.iter().map(shown).collect())))
}
