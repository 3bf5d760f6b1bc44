//! The demo catalogue's way into the database: one statement for each table, and nothing that is there is touched.

use sqlx::{PgConnection, types::Json};
use usher_core::money::Currency;

use super::{LoadError, hall, movies, schedule, schedule::Show, theaters};
use crate::{RefundPolicy, SeatMap, prices::Amounts};

/// Any number, as long as it is only ours: it makes a second process wait and then find everything done.
const LOCK: i64 = 0x7573_6865_725f_6361;

pub(super) async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LOCK).execute(connection).await?;
    Ok(())
}

pub(super) async fn genres(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let (slugs, names): (Vec<_>, Vec<_>) =
        movies::GENRES.iter().map(|(slug, name)| ((*slug).to_owned(), (*name).to_owned())).unzip();
    sqlx::query!(
        "INSERT INTO catalog.genres (slug, name) SELECT slug, name FROM unnest($1::text[], $2::text[]) AS new (slug, name)
         ON CONFLICT DO NOTHING",
        &slugs,
        &names,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn movies(connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let all = movies::ALL;
    let inserted = sqlx::query!(
        "INSERT INTO catalog.movies (id, title, synopsis, runtime_minutes, rating, genres, released)
         SELECT id, title, synopsis, minutes, rating, string_to_array(genres, ','), released
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::date[])
           AS new (id, title, synopsis, minutes, rating, genres, released)
         ON CONFLICT DO NOTHING",
        &(0..all.len()).map(movies::film_id).collect::<Vec<_>>(),
        &all.iter().map(|film| film.title.to_owned()).collect::<Vec<_>>(),
        &all.iter().map(|film| film.synopsis.to_owned()).collect::<Vec<_>>(),
        &all.iter().map(|film| i32::from(film.minutes)).collect::<Vec<_>>(),
        &all.iter().map(|film| film.rating.to_owned()).collect::<Vec<_>>(),
        &all.iter().map(|film| film.genres.join(",")).collect::<Vec<_>>(),
        &all.iter().map(|film| film.released).collect::<Vec<_>>(),
    );
    Ok(inserted.execute(connection).await?.rows_affected())
}

pub(super) async fn theaters(connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let all = theaters::ALL;
    let inserted = sqlx::query!(
        "INSERT INTO catalog.theaters (id, name, city, time_zone)
         SELECT id, name, city, time_zone
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS new (id, name, city, time_zone)
         ON CONFLICT DO NOTHING",
        &(0..all.len()).map(theaters::house_id).collect::<Vec<_>>(),
        &all.iter().map(|house| house.name.to_owned()).collect::<Vec<_>>(),
        &all.iter().map(|house| house.city.to_owned()).collect::<Vec<_>>(),
        &all.iter().map(|house| house.time_zone.to_owned()).collect::<Vec<_>>(),
    );
    Ok(inserted.execute(connection).await?.rows_affected())
}

pub(super) async fn screens(connection: &mut PgConnection) -> Result<u64, LoadError> {
    let (mut ids, mut houses, mut names, mut maps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (house, of) in theaters::ALL.iter().enumerate() {
        for (hall, of) in of.halls.iter().enumerate() {
            ids.push(theaters::hall_id(house, hall));
            houses.push(theaters::house_id(house));
            names.push(of.name.to_owned());
            maps.push(Json(hall::read(of.drawing)?));
        }
    }
    let inserted = sqlx::query!(
        "INSERT INTO catalog.screens (id, theater_id, name, seat_map)
         SELECT id, theater_id, name, seat_map
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) AS new (id, theater_id, name, seat_map)
         ON CONFLICT DO NOTHING",
        &ids,
        &houses,
        &names,
        &maps as &[Json<SeatMap>],
    );
    Ok(inserted.execute(connection).await?.rows_affected())
}

/// A show that would overlap one which is there already is left out, whoever scheduled that one.
pub(super) async fn showtimes(connection: &mut PgConnection, shows: &[Show]) -> Result<u64, sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO catalog.showtimes (id, movie_id, screen_id, theater_id, starts_at, ends_at, prices, currency, refund_policy)
         SELECT new.id, movie_id, screen_id, theater_id, starts AT TIME ZONE time_zone,
                starts AT TIME ZONE time_zone + make_interval(mins => minutes), prices, $7, $8
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamp[], $5::int[], $6::jsonb[])
           AS new (id, movie_id, screen_id, starts, minutes, prices)
         JOIN catalog.screens screen ON screen.id = screen_id
         JOIN catalog.theaters theater ON theater.id = theater_id
         ON CONFLICT DO NOTHING",
        &shows.iter().map(|show| show.id).collect::<Vec<_>>(),
        &shows.iter().map(|show| show.movie).collect::<Vec<_>>(),
        &shows.iter().map(|show| show.screen).collect::<Vec<_>>(),
        &shows.iter().map(|show| show.starts).collect::<Vec<_>>(),
        &shows.iter().map(|show| show.minutes).collect::<Vec<_>>(),
        &shows.iter().map(|show| Json(show.prices)).collect::<Vec<_>>() as &[Json<Amounts>],
        Currency::EUR.as_str(),
        Json(schedule::refund_policy()) as Json<RefundPolicy>,
    );
    Ok(inserted.execute(connection).await?.rows_affected())
}
