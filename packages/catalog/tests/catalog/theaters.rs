//! Theaters, screens, and what the process remembers of them.

use std::sync::Arc;

use usher_core::{
    ambient::Scripted,
    ids::{ScreenId, TheaterId},
};

use crate::house::{House, NOW};

#[tokio::test]
async fn a_theater_has_its_screens_and_no_others() {
    let house = House::open().await;
    let theaters = house.catalog.theaters().await.unwrap();
    let cities: Vec<_> = theaters.iter().map(|theater| theater.city.as_str()).collect();
    assert_eq!(cities, ["Helsinki", "Lisbon", "Vienna"]);
    let mut screens = 0;
    for theater in theaters.iter() {
        assert_eq!(house.catalog.theater(theater.id).await.unwrap().as_ref(), Some(theater));
        for screen in house.catalog.screens(theater.id).await.unwrap().iter() {
            assert_eq!(screen.theater_id, theater.id);
            assert_eq!(house.catalog.screen(screen.id).await.unwrap().as_ref(), Some(screen));
            screens += 1;
        }
    }
    assert_eq!(screens, 8);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_until_it_does() {
    let house = House::empty().await;
    let chance = Scripted::new(NOW, 9);
    assert_eq!(house.catalog.theater(TheaterId::new(&chance)).await.unwrap(), None);
    assert_eq!(house.catalog.screen(ScreenId::new(&chance)).await.unwrap(), None);
    assert_eq!(house.catalog.screens(TheaterId::new(&chance)).await.unwrap().len(), 0);
    house.load().await;
    let theater = house.afresh().theaters().await.unwrap()[0].clone();
    let screen = house.afresh().screens(theater.id).await.unwrap()[0].clone();
    assert_eq!(house.catalog.screen(screen.id).await.unwrap(), Some(screen), "an absence is not remembered");
}

#[tokio::test]
async fn a_seat_map_is_in_memory_once() {
    let house = House::open().await;
    let showtime = house.showtime().await;
    let screen = house.catalog.screen(showtime.screen_id).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&showtime.seat_map, &screen.seat_map));
}

#[tokio::test]
async fn a_time_zone_that_no_clock_goes_by_is_refused() {
    let house = House::empty().await;
    let refused = sqlx::query(
        "INSERT INTO catalog.theaters (id, name, city, time_zone) VALUES (gen_random_uuid(), 'Nowhere', 'Atlantis', 'Sea/Bed')",
    )
    .execute(house.database.pool())
    .await;
    assert!(refused.is_err());
}
