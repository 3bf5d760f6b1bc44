//! `GET /api/movies/{id}/poster`: the film's poster, drawn.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use usher_catalog::poster;
use usher_core::ids::MovieId;

use crate::{extract::Id, problem::Problem, state::AppState};

/// A poster
///
/// A picture two wide and three high, without words.
#[utoipa::path(get, path = "/api/movies/{id}/poster", tag = "catalog", params(("id" = String, Path, description = "`mov_...`")), responses(
    (status = 200, description = "The picture.", body = String, content_type = "image/svg+xml"),
    (status = 404, description = "`not-found`"),
))]
pub(crate) async fn poster(State(state): State<AppState>, Id(id): Id<MovieId>) -> Result<Response, Problem> {
    let movie = state.catalog.movie(id).await?.ok_or_else(|| Problem::not_found("movie"))?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    Ok((headers, poster::svg(&movie)).into_response())
}
