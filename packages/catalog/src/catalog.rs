//! The catalogue of one process: the connections, the ambient, and what it remembers.

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use time::OffsetDateTime;
use usher_core::{
    ambient::SharedAmbient,
    ids::{MovieId, ScreenId, ShowtimeId, TheaterId},
};

use crate::{Genre, Movie, Screen, Showtime, Theater, memory::Memory, movie, showtime};

/// How long movies, theaters and screens are remembered: they change a few times a week.
const SLOW: Duration = Duration::from_mins(5);

/// How long showtimes are remembered: a new one is on sale within a minute.
const QUICK: Duration = Duration::from_mins(1);

/// The most single things remembered of each kind: some ten times what a chain of theaters shows in two weeks.
const THINGS: u64 = 50_000;

/// The most lists remembered of each kind. Searches are as many as people's ideas; the common ones stay.
const LISTS: u64 = 1_000;

/// The catalog context. Cheap to clone; clones share what they remember.
#[derive(Debug, Clone)]
pub struct Catalog {
    pub(crate) pool: PgPool,
    pub(crate) ambient: SharedAmbient,
    pub(crate) genres: Memory<(), Arc<[Genre]>>,
    pub(crate) movies: Memory<MovieId, Arc<Movie>>,
    pub(crate) movie_lists: Memory<movie::Search, Arc<[Arc<Movie>]>>,
    pub(crate) theaters: Memory<(), Arc<[Arc<Theater>]>>,
    pub(crate) screens: Memory<ScreenId, Arc<Screen>>,
    pub(crate) screen_lists: Memory<TheaterId, Arc<[Arc<Screen>]>>,
    pub(crate) showtimes: Memory<ShowtimeId, Arc<Showtime>>,
    pub(crate) showtime_lists: Memory<showtime::Search, Arc<[Arc<Showtime>]>>,
}

impl Catalog {
    /// Remembers nothing yet, and talks to nobody.
    pub fn new(pool: PgPool, ambient: SharedAmbient) -> Self {
        Self {
            pool,
            ambient,
            genres: Memory::new(1, SLOW),
            movies: Memory::new(THINGS, SLOW),
            movie_lists: Memory::new(LISTS, SLOW),
            theaters: Memory::new(1, SLOW),
            screens: Memory::new(THINGS, SLOW),
            screen_lists: Memory::new(LISTS, SLOW),
            showtimes: Memory::new(THINGS, QUICK),
            showtime_lists: Memory::new(LISTS, QUICK),
        }
    }

    /// The moment that counts here, for whoever asks whether a show has begun.
    pub fn now(&self) -> OffsetDateTime {
        self.ambient.now()
    }
}
