//! A hall that exists for one drill: a house, a room, a film and a show that begins tomorrow, all named after the drill, so
//! that whatever the drill's customers do is told from everybody else's by where they sit.

use sqlx::{PgPool, types::Json};
use time::Duration;
use usher_core::{
    ambient::Ambient,
    ids::{MovieId, ScreenId, ShowtimeId, TheaterId},
    money::Currency,
};

use crate::{SeatMap, demo::LoadError, demo::hall, prices::Amounts};

/// Seats of a row.
const ROW: usize = 25;

/// What a seat costs, in cents: an uneven amount, so that sums which only look right do not.
const PRICE: i64 = 1_137;

/// Makes a hall of so many seats for the drill of this name, and its show.
pub async fn hall(pool: &PgPool, ambient: &dyn Ambient, name: &str, seats: usize) -> Result<ShowtimeId, LoadError> {
    let rows = (0..seats).step_by(ROW).map(|first| "s".repeat(ROW.min(seats - first)));
    let map: SeatMap = hall::read(&rows.collect::<Vec<_>>().join("\n"))?;
    let (movie, theater, screen) = (MovieId::new(ambient), TheaterId::new(ambient), ScreenId::new(ambient));
    let showtime = ShowtimeId::new(ambient);
    let starts_at = ambient.now() + Duration::days(1);
    let prices = Amounts { standard: PRICE, premium: PRICE, accessible: PRICE, companion: PRICE };
    let mut transaction = pool.begin().await?;
    sqlx::query!(
        "INSERT INTO catalog.movies (id, title, synopsis, runtime_minutes, rating, genres, released)
         VALUES ($1, $2, 'Nobody sees it.', 90, 'All', '{}', $3)",
        movie.uuid(),
        name,
        starts_at.date(),
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "INSERT INTO catalog.theaters (id, name, city, time_zone) VALUES ($1, $2, 'Nowhere', 'UTC')",
        theater.uuid(),
        name
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "INSERT INTO catalog.screens (id, theater_id, name, seat_map) VALUES ($1, $2, $3, $4)",
        screen.uuid(),
        theater.uuid(),
        name,
        Json(map) as Json<SeatMap>,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "INSERT INTO catalog.showtimes (id, movie_id, screen_id, theater_id, starts_at, ends_at, prices, currency)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        showtime.uuid(),
        movie.uuid(),
        screen.uuid(),
        theater.uuid(),
        starts_at,
        starts_at + Duration::hours(2),
        Json(prices) as Json<Amounts>,
        Currency::EUR.as_str(),
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(showtime)
}
