//! Loading the demo catalogue, again, later, and by two processes at once.

use std::collections::HashSet;

use time::{Duration, macros::date};
use usher_catalog::{SeatType, demo::Loaded, showtime};
use usher_core::ambient::Scripted;

use crate::house::{House, NOW};

#[tokio::test]
async fn loading_twice_adds_nothing() {
    let house = House::empty().await;
    let first = house.load().await;
    assert_eq!((first.movies, first.theaters, first.screens), (12, 3, 8));
    assert!(first.showtimes > 15 * 8 * 4, "{first:?}");
    assert_eq!(house.load().await, Loaded::default());
    assert_eq!(house.count("showtimes").await, i64::try_from(first.showtimes).unwrap());
}

#[tokio::test]
async fn loading_on_a_later_day_adds_the_days_that_are_missing() {
    let house = House::open().await;
    let day_by_day = house.count("showtimes").await / 15;
    house.advance(Duration::days(3));
    let later = house.load().await;
    assert_eq!(Loaded { showtimes: 0, ..later }, Loaded::default());
    let added = i64::try_from(later.showtimes).unwrap();
    assert!((added - 3 * day_by_day).abs() <= 8, "three days of some {day_by_day}, not {added}");
    let last = house.now().date() + Duration::days(14);
    let search = showtime::Search { date: Some(last), limit: 200, ..Default::default() };
    assert!(house.catalog.showtimes(&search).await.unwrap().len() >= 8 * 4, "two weeks ahead there is a full day");
}

#[tokio::test]
async fn what_people_changed_stays_as_they_left_it() {
    let house = House::open().await;
    sqlx::raw_sql(
        "UPDATE catalog.movies SET title = 'Renamed'; DELETE FROM catalog.showtimes WHERE starts_at > '2026-12-01'",
    )
    .execute(house.database.pool())
    .await
    .unwrap();
    let loaded = house.load().await;
    assert!(loaded.showtimes > 0 && loaded.movies == 0, "{loaded:?}");
    let movies = house.catalog.movies(&usher_catalog::movie::Search::default()).await.unwrap();
    assert!(movies.iter().all(|movie| movie.title == "Renamed"));
}

#[tokio::test]
async fn two_processes_at_once_load_one_catalogue() {
    let house = House::empty().await;
    let (one, other) = (Scripted::new(NOW, 2), Scripted::new(NOW, 3));
    let pool = house.database.pool();
    let (first, second) = tokio::join!(usher_catalog::demo::load(pool, &one), usher_catalog::demo::load(pool, &other));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.movies + second.movies, 12);
    assert_eq!(i64::try_from(first.showtimes + second.showtimes).unwrap(), house.count("showtimes").await);
}

#[tokio::test]
async fn no_two_showtimes_on_a_screen_overlap_and_each_lasts_as_long_as_its_movie() {
    let house = House::open().await;
    let (overlapping, too_short): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM catalog.showtimes a JOIN catalog.showtimes b
                 ON a.screen_id = b.screen_id AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at),
                (SELECT count(*) FROM catalog.showtimes s JOIN catalog.movies m ON m.id = s.movie_id
                 WHERE s.ends_at - s.starts_at < make_interval(mins => m.runtime_minutes + 15))",
    )
    .fetch_one(house.database.pool())
    .await
    .unwrap();
    assert_eq!((overlapping, too_short), (0, 0));
}

#[tokio::test]
async fn the_halls_are_different_and_have_a_place_for_everybody() {
    let house = House::open().await;
    let mut sizes = HashSet::new();
    for theater in house.catalog.theaters().await.unwrap().iter() {
        for screen in house.catalog.screens(theater.id).await.unwrap().iter() {
            let count = |kind| screen.seat_map.seats().filter(|seat| seat.kind == kind).count();
            let accessible = count(SeatType::Accessible);
            assert!(accessible >= 2 && accessible == count(SeatType::Companion), "{}", screen.name);
            assert!(count(SeatType::Premium) > 0, "{}", screen.name);
            for place in screen.seat_map.seats().filter(|seat| seat.kind == SeatType::Accessible) {
                let beside = screen
                    .seat_map
                    .seats()
                    .any(|seat| seat.kind == SeatType::Companion && seat.y == place.y && seat.x.abs_diff(place.x) == 1);
                assert!(beside, "{} {}", screen.name, place.name);
            }
            sizes.insert(screen.seat_map.len());
        }
    }
    assert_eq!(sizes.len(), 8, "{sizes:?}");
    assert_eq!((sizes.iter().min(), sizes.iter().max()), (Some(&80), Some(&500)));
}

#[tokio::test]
async fn the_same_day_has_the_same_ids_in_every_database() {
    let (one, other) = (House::open().await, House::empty().await);
    other.advance(Duration::days(-2));
    other.load().await;
    let on_sunday = showtime::Search { date: Some(date!(2026 - 11 - 22)), limit: 200, ..Default::default() };
    let ids = async |house: &House| {
        house.catalog.showtimes(&on_sunday).await.unwrap().iter().map(|showtime| showtime.id).collect::<Vec<_>>()
    };
    let expected = ids(&one).await;
    assert!(expected.len() >= 8 * 4);
    assert_eq!(ids(&other).await, expected);
}
