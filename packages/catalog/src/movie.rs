//! Movies and their genres.

use std::sync::Arc;

use time::Date;
use usher_core::ids::MovieId;
use usher_database::Failure;
use uuid::Uuid;

use crate::Catalog;

/// A film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movie {
    /// Its id.
    pub id: MovieId,
    /// What it is called.
    pub title: String,
    /// A few sentences that tell no ending.
    pub synopsis: String,
    /// How long it is, in minutes, without advertisements.
    pub runtime_minutes: i32,
    /// From which age, as it is printed on the poster.
    pub rating: String,
    /// Slugs of its genres.
    pub genres: Vec<String>,
    /// When it was first shown.
    pub released: Date,
}

/// What movies can be looked for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genre {
    /// As it stands in addresses.
    pub slug: String,
    /// As people read it.
    pub name: String,
}

/// Which movies, in the order of their titles.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Search {
    /// The slug of a genre.
    pub genre: Option<String>,
    /// Words in title or synopsis, in any case.
    pub text: Option<String>,
    /// The last one of the page before.
    pub after: Option<MovieId>,
    /// How many at most.
    pub limit: u16,
}

impl Default for Search {
    fn default() -> Self {
        Self { genre: None, text: None, after: None, limit: 50 }
    }
}

impl Catalog {
    /// The movies that the search asks for, at most five minutes old.
    pub async fn movies(&self, search: &Search) -> Result<Arc<[Arc<Movie>]>, Failure> {
        self.movie_lists.get(search.clone(), || self.read_movies(search)).await
    }

    /// One movie, at most five minutes old.
    pub async fn movie(&self, id: MovieId) -> Result<Option<Arc<Movie>>, Failure> {
        self.movies.find(id, || self.read_movie(id)).await
    }

    /// All genres in the order of their names.
    pub async fn genres(&self) -> Result<Arc<[Genre]>, Failure> {
        self.genres
            .get((), || async {
                let genres = sqlx::query_as!(Genre, "SELECT slug, name FROM catalog.genres ORDER BY name");
                Ok(genres.fetch_all(&self.pool).await?.into())
            })
            .await
    }

    async fn read_movies(&self, search: &Search) -> Result<Arc<[Arc<Movie>]>, Failure> {
        let text = search.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if [search.genre.as_deref(), text].into_iter().flatten().any(|words| words.contains('\0')) {
            return Ok(Arc::default()); // PostgreSQL has no such text, so nothing contains it.
        }
        let movies = sqlx::query_as!(
            Movie,
            "SELECT id, title, synopsis, runtime_minutes, rating, genres, released FROM catalog.movies
             WHERE ($1::text IS NULL OR $1 = ANY (genres))
               AND ($2::text IS NULL OR position(lower($2) IN lower(title)) > 0 OR position(lower($2) IN lower(synopsis)) > 0)
               AND ($3::uuid IS NULL OR (title, id) > (SELECT title, id FROM catalog.movies WHERE id = $3))
             ORDER BY title, id LIMIT $4",
            search.genre.as_deref(),
            text,
            search.after.map(MovieId::uuid) as Option<Uuid>,
            i64::from(search.limit),
        );
        Ok(movies.fetch_all(&self.pool).await?.into_iter().map(Arc::new).collect())
    }

    async fn read_movie(&self, id: MovieId) -> Result<Option<Arc<Movie>>, Failure> {
        let movie = sqlx::query_as!(
            Movie,
            "SELECT id, title, synopsis, runtime_minutes, rating, genres, released FROM catalog.movies WHERE id = $1",
            id.uuid(),
        );
        Ok(movie.fetch_optional(&self.pool).await?.map(Arc::new))
    }
}
