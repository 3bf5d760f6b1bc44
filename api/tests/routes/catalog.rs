//! What can be seen without signing in.

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn movies_are_searched_and_paged() {
    let app = TestApp::open().await;
    let all = app.get("/api/movies").send().await.expect(200);
    let titles = |page: &serde_json::Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|movie| movie["title"].to_string()).collect()
    };
    assert!(titles(&all).len() > 4);
    assert_eq!(all["next"], json!(null));
    let first = app.get("/api/movies?limit=2").send().await.expect(200);
    let second = app.get(&format!("/api/movies?limit=2&cursor={}", first["next"].as_str().unwrap())).send().await;
    assert_eq!([titles(&first), titles(&second.expect(200))].concat(), titles(&all)[..4]);
    let genre = all["items"][0]["genres"][0].as_str().unwrap();
    let of_genre = app.get(&format!("/api/movies?genre={genre}")).send().await.expect(200);
    assert!(titles(&of_genre).contains(&titles(&all)[0]));
    assert_eq!(titles(&app.get("/api/movies?genre=nonsense").send().await.expect(200)), [""; 0]);
    let id = all["items"][0]["id"].as_str().unwrap();
    assert_eq!(app.get(&format!("/api/movies/{id}")).send().await.expect(200), all["items"][0]);
    app.get("/api/movies/mov_01ARZ3NDEKTSV4RRFFQ69G5FAV").send().await.problem("not-found");
}

#[tokio::test]
async fn showtimes_have_the_shape_that_clients_rely_on() {
    let app = TestApp::open().await;
    let theaters = app.get("/api/theaters").send().await.expect(200);
    let theater = theaters["items"][0]["id"].as_str().unwrap();
    let found = app.get(&format!("/api/showtimes?theater={theater}&date=2026-11-21&limit=3")).send().await.expect(200);
    for showtime in found["items"].as_array().unwrap() {
        assert_eq!(showtime["theater_id"], theater);
        for member in ["id", "movie_id", "theater_id", "screen_id", "starts_at"] {
            assert!(showtime[member].is_string(), "{member}");
        }
        assert!(showtime["price"]["amount"].as_i64().unwrap() > 0);
        assert_eq!(showtime["price"]["currency"], "EUR");
        assert_eq!(showtime["seats_free"], showtime["seats_total"]);
        let id = showtime["id"].as_str().unwrap();
        assert_eq!(app.get(&format!("/api/showtimes/{id}")).send().await.expect(200), *showtime);
    }
    app.get("/api/showtimes/sho_01ARZ3NDEKTSV4RRFFQ69G5FAV").send().await.problem("not-found");
}

#[tokio::test]
async fn a_seat_that_is_held_is_shown_as_held() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await;
    let path = format!("/api/showtimes/{}/seats", showtime.id);
    let before = app.get(&path).send().await.expect(200);
    let seat = &before["seats"][0];
    assert_eq!(seat["state"], "free");
    assert_eq!(seat["seat"], format!("{}{}", seat["row"].as_str().unwrap(), seat["number"]));
    assert!(["standard", "premium", "accessible", "companion"].contains(&seat["type"].as_str().unwrap()));
    let wanted = json!({ "showtime_id": showtime.id, "seats": [seat["seat"]] });
    app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
    let after = app.get(&path).send().await.expect(200);
    assert_eq!(after["seats"][0]["state"], "held");
    let free = app.get(&format!("/api/showtimes/{}", showtime.id)).send().await.expect(200);
    assert_eq!(free["seats_free"], before["seats"].as_array().unwrap().len() - 1);
    app.get("/api/showtimes/sho_01ARZ3NDEKTSV4RRFFQ69G5FAV/seats").send().await.problem("not-found");
}

#[tokio::test]
async fn genres_are_listed_and_every_film_has_a_poster() {
    let app = TestApp::open().await;
    let genres = app.get("/api/genres").send().await.expect(200);
    assert!(
        genres["items"].as_array().unwrap().contains(&json!({ "slug": "science-fiction", "name": "Science fiction" }))
    );
    let movies = app.get("/api/movies").send().await.expect(200);
    for movie in movies["items"].as_array().unwrap() {
        let poster = app.get(&format!("/api/movies/{}/poster", movie["id"].as_str().unwrap())).send().await;
        poster.expect(200);
        assert_eq!(poster.header("content-type"), Some("image/svg+xml"));
        assert_eq!(poster.header("cache-control"), Some("public, max-age=3600"));
        assert!(poster.text.starts_with("<svg"));
    }
    app.get("/api/movies/mov_01ARZ3NDEKTSV4RRFFQ69G5FAV/poster").send().await.problem("not-found");
}
