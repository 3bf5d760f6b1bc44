//! What is shown.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod poster;

use serde::Serialize;
use usher_core::ids::MovieId;
use utoipa::ToSchema;

/// A film.
#[derive(Serialize, ToSchema)]
pub(crate) struct Movie {
    #[schema(value_type = String, example = "mov_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: MovieId,
    title: String,
    synopsis: String,
    runtime_minutes: i32,
    /// From which age.
    rating: String,
    /// Slugs, as `genre` takes them.
    genres: Vec<String>,
    #[schema(format = Date, example = "2026-11-20")]
    released: String,
}

impl From<&usher_catalog::Movie> for Movie {
    fn from(movie: &usher_catalog::Movie) -> Self {
        Self {
            id: movie.id,
            title: movie.title.clone(),
            synopsis: movie.synopsis.clone(),
            runtime_minutes: movie.runtime_minutes,
            rating: movie.rating.clone(),
            genres: movie.genres.clone(),
            released: movie.released.to_string(), // A date prints as ISO 8601.
        }
    }
}
