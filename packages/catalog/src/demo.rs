//! The catalogue that a fresh Usher opens with: a dozen movies that nobody made, three theaters, eight screens, and
//! showtimes for two weeks.
//!
//! Ids are made of numbers and dates instead of chance, so that loading twice adds nothing, and loading on a later day adds
//! the days that are missing. What is there is never changed. To add a movie, add it to [`movies`]; a screen, to
//! [`theaters`] with a drawing in `halls/`.

pub mod hall;
pub mod movies;
pub mod schedule;
pub mod theaters;

mod write;

use sqlx::PgPool;
use time::{Date, Duration};
use usher_core::ambient::Ambient;
use usher_database::Failure;
use uuid::Uuid;

use crate::InvalidSeatMap;

/// How many days of showtimes there are: two weeks and today, because somewhere today has begun already and elsewhere
/// the last day has not ended.
pub const DAYS: i64 = 15;

/// What was added; all zero when there was nothing to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Movies.
    pub movies: u64,
    /// Theaters.
    pub theaters: u64,
    /// Screens.
    pub screens: u64,
    /// Showtimes.
    pub showtimes: u64,
}

/// Why the catalogue could not be loaded. Nothing was added.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// The database did not take it.
    #[error(transparent)]
    Database(#[from] Failure),
    /// A drawing is not the drawing of a hall.
    #[error("the drawing of a hall is wrong")]
    Hall(#[from] InvalidSeatMap),
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Adds what is missing of the catalogue and of the showtimes from today on. Several processes may do so at once.
pub async fn load(pool: &PgPool, ambient: &dyn Ambient) -> Result<Loaded, LoadError> {
    let today = ambient.now().date();
    let mut transaction = pool.begin().await?;
    write::lock(&mut transaction).await?;
    write::genres(&mut transaction).await?;
    let movies = write::movies(&mut transaction).await?;
    let theaters = write::theaters(&mut transaction).await?;
    let screens = write::screens(&mut transaction).await?;
    let days = (0..DAYS).map(|day| today.saturating_add(Duration::days(day)));
    let shows: Vec<_> = days.flat_map(schedule::of).collect();
    let showtimes = write::showtimes(&mut transaction, &shows).await?;
    transaction.commit().await?;
    Ok(Loaded { movies, theaters, screens, showtimes })
}

/// An id made of a day and a number. Read as a ULID it is of that day, so it sorts among the others.
fn id(day: Date, number: u64) -> Uuid {
    let milliseconds = day.midnight().assume_utc().unix_timestamp() * 1000;
    Uuid::from_u128(u128::from(milliseconds.unsigned_abs()) << 80 | u128::from(number))
}
