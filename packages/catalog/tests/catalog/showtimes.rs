//! Looking for showtimes, and what one of them knows.

use std::collections::HashSet;

use time::{
    Duration,
    macros::{date, datetime},
};
use usher_catalog::{QuoteRefused, SeatType, showtime::Search};
use usher_core::{
    ambient::Scripted,
    ids::ShowtimeId,
    money::{Currency, Money},
    seat::SeatName,
};

use crate::house::{House, NOW};

fn names<const N: usize>(names: [&str; N]) -> [SeatName; N] {
    names.map(|name| name.parse().unwrap())
}

#[tokio::test]
async fn movie_theater_and_day_narrow_the_list() {
    let house = House::open().await;
    let catalog = &house.catalog;
    let theater = catalog.theaters().await.unwrap()[1].id;
    let movie = catalog.movies(&usher_catalog::movie::Search::default()).await.unwrap()[0].id;
    let narrow = Search { theater: Some(theater), movie: Some(movie), limit: 200, ..Default::default() };
    let found = catalog.showtimes(&narrow).await.unwrap();
    assert!(
        !found.is_empty() && found.iter().all(|showtime| (showtime.theater_id, showtime.movie_id) == (theater, movie))
    );
    let all = catalog.showtimes(&Search { limit: 2000, ..Default::default() }).await.unwrap();
    let expected = all.iter().filter(|showtime| (showtime.theater_id, showtime.movie_id) == (theater, movie)).count();
    assert_eq!(found.len(), expected);
    assert!(all.is_sorted_by_key(|showtime| (showtime.starts_at, showtime.id)));
    assert!(all.iter().all(|showtime| !showtime.has_begun(NOW)), "what has begun is not offered");
}

#[tokio::test]
async fn a_day_is_a_day_by_the_clock_of_the_theater() {
    let house = House::open().await;
    let catalog = &house.catalog;
    let day = date!(2026 - 11 - 24);
    let search = Search { date: Some(day), limit: 200, ..Default::default() };
    let found = catalog.showtimes(&search).await.unwrap();
    assert_eq!(found.iter().map(|showtime| showtime.screen_id).collect::<HashSet<_>>().len(), 8);
    // Halls open at ten by their own clocks: in Helsinki that is eight in UTC, in Lisbon it is ten.
    let first = |zone: &str| found.iter().find(|showtime| showtime.time_zone == zone).unwrap().starts_at;
    assert_eq!(first("Europe/Lisbon"), datetime!(2026-11-24 10:00 UTC));
    assert!(first("Europe/Helsinki") < datetime!(2026-11-24 9:00 UTC));

    // Half past midnight in Helsinki is still the day before in UTC.
    let before = datetime!(2026-11-24 22:30 UTC);
    sqlx::raw_sql(
        "DELETE FROM catalog.showtimes WHERE starts_at > '2026-11-24 20:00Z' AND starts_at < '2026-11-25 09:00Z'",
    )
    .execute(house.database.pool())
    .await
    .unwrap();
    sqlx::query("UPDATE catalog.showtimes SET starts_at = $1, ends_at = $1 + interval '1 hour' WHERE id = $2")
        .bind(before)
        .bind(found.iter().find(|showtime| showtime.time_zone == "Europe/Helsinki").unwrap().id.uuid())
        .execute(house.database.pool())
        .await
        .unwrap();
    let on = async |day| {
        let found =
            house.afresh().showtimes(&Search { date: Some(day), limit: 200, ..Default::default() }).await.unwrap();
        found.iter().any(|showtime| showtime.starts_at == before)
    };
    assert!(!on(day).await && on(date!(2026 - 11 - 25)).await);
}

#[tokio::test]
async fn pages_put_together_are_the_whole_list() {
    let house = House::open().await;
    let whole = house.catalog.showtimes(&Search { limit: 2000, ..Default::default() }).await.unwrap();
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = house.catalog.showtimes(&Search { after, limit: 97, ..Default::default() }).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        pages.extend(page.iter().cloned());
    }
    assert_eq!(pages, *whole);
}

#[tokio::test]
async fn a_showtime_that_was_asked_for_is_in_memory() {
    let house = House::open().await;
    let wanted = house.showtime().await;
    let first = house.catalog.showtime(wanted.id).await.unwrap().unwrap();
    assert_eq!(first, wanted);
    assert_eq!(
        (first.theater_name.as_str(), first.screen_name.as_str(), first.seat_map.len()),
        ("The Lantern", "Great Hall", 500)
    );
    let movie = house.catalog.movie(first.movie_id).await.unwrap().unwrap();
    assert_eq!(first.movie_title, movie.title);
    house.database.pool().close().await;
    let catalog = house.catalog.clone();
    let again = tokio::spawn(async move { catalog.showtime(wanted.id).await.unwrap().unwrap() }).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    let unknown = ShowtimeId::new(&Scripted::new(NOW, 9));
    assert!(house.catalog.showtime(unknown).await.unwrap_err().is_transient(), "what is not in memory is asked for");
}

#[tokio::test]
async fn an_unknown_showtime_is_not_found() {
    let house = House::open().await;
    assert_eq!(house.catalog.showtime(ShowtimeId::new(&Scripted::new(NOW, 9))).await.unwrap(), None);
}

#[tokio::test]
async fn the_database_refuses_a_showtime_in_a_taken_room() {
    let house = House::open().await;
    let taken = house.showtime().await;
    let insert = async |screen: uuid::Uuid, theater: uuid::Uuid, starts, ends| {
        sqlx::query(
            "INSERT INTO catalog.showtimes (id, movie_id, screen_id, theater_id, starts_at, ends_at, prices, currency)
             VALUES (gen_random_uuid(), $1, $2, $3, $4, $5,
                     '{\"standard\":1,\"premium\":1,\"accessible\":1,\"companion\":1}', 'EUR')",
        )
        .bind(taken.movie_id.uuid())
        .bind(screen)
        .bind(theater)
        .bind::<time::OffsetDateTime>(starts)
        .bind::<time::OffsetDateTime>(ends)
        .execute(house.database.pool())
        .await
        .map_err(|error| error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned())
    };
    let (screen, theater) = (taken.screen_id.uuid(), taken.theater_id.uuid());
    let late = taken.ends_at - Duration::minutes(1);
    let overlapping = insert(screen, theater, late, late + Duration::hours(1)).await;
    assert_eq!(overlapping.unwrap_err(), "showtimes_do_not_overlap");
    let backwards = insert(screen, theater, taken.ends_at, taken.starts_at).await;
    assert!(backwards.is_err());
    let elsewhere =
        house.catalog.theaters().await.unwrap().iter().find(|other| other.id != taken.theater_id).unwrap().id;
    let far = taken.ends_at + Duration::days(100);
    let torn = insert(screen, elsewhere.uuid(), far, far + Duration::hours(1)).await;
    assert_eq!(torn.unwrap_err(), "showtimes_screen_in_theater");
    assert!(insert(screen, theater, far, far + Duration::hours(1)).await.is_ok());
    assert!(
        insert(screen, theater, far + Duration::hours(1), far + Duration::hours(2)).await.is_ok(),
        "one may follow at once"
    );
}

#[tokio::test]
async fn seats_are_quoted_by_their_type_in_the_order_asked() {
    let house = House::open().await;
    let showtime = house.showtime().await;
    let price = |kind| showtime.prices.of(kind);
    assert_eq!(price(SeatType::Standard), Money::new(890, Currency::EUR), "a matinee in the Great Hall");
    let asked = names(["M3", "A1", "A2", "T25"]);
    let quoted = showtime.quote(&asked).unwrap();
    let expected = [SeatType::Premium, SeatType::Accessible, SeatType::Companion, SeatType::Standard];
    for ((quote, name), kind) in quoted.iter().zip(&asked).zip(expected) {
        assert_eq!(*quote, (name.clone(), kind, price(kind)));
    }
    assert_eq!(quoted.len(), 4);
}

#[tokio::test]
async fn seats_that_are_not_there_or_named_twice_have_no_price() {
    let house = House::open().await;
    let showtime = house.showtime().await;
    let unknown = showtime.quote(&names(["A1", "Z1", "A26", "A1"]));
    assert_eq!(unknown, Err(QuoteRefused::UnknownSeats(names(["Z1", "A26"]).to_vec())));
    let repeated = showtime.quote(&names(["A1", "A2", "A1"]));
    assert_eq!(repeated, Err(QuoteRefused::RepeatedSeats(names(["A1"]).to_vec())));
}
