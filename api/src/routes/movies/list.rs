//! `GET /api/movies`: what is shown, in the order of titles.

use axum::{Json, extract::State};
use serde::Deserialize;
use usher_catalog::movie;

use super::Movie;
use crate::{
    extract::Search,
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which films.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The slug of a genre.
    genre: Option<String>,
    /// Words of the title or the synopsis.
    q: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u16>,
}

/// Films
#[utoipa::path(get, path = "/api/movies", tag = "catalog", params(Wanted), responses(
    (status = 200, description = "Films in the order of their titles.", body = Page<Movie>),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<Movie>>, Problem> {
    let limit = limit(wanted.limit)?;
    let after = parameter("cursor", wanted.cursor.as_deref())?;
    let search = movie::Search { genre: wanted.genre, text: wanted.q, after, limit };
    let movies = state.catalog.movies(&search).await?;
    let items = movies.iter().map(|movie| Movie::from(&**movie)).collect();
    Ok(Json(Page::of(items, limit, |movie: &Movie| movie.id.to_string())))
}
