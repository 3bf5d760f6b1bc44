//! Seats kept while the customer decides.

use serde_json::json;
use time::Duration;

use crate::app::TestApp;

#[tokio::test]
async fn a_hold_is_made_extended_once_and_given_back() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await;
    let seat = &showtime.seat_map.seats().next().unwrap().name;
    let wanted = json!({ "showtime_id": showtime.id, "seats": [seat] });
    let hold = app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
    assert_eq!(hold["expires_at"], "2026-11-20T10:05:00Z");
    assert_eq!(hold["seats"], json!([seat]));
    let path = format!("/api/holds/{}", hold["id"].as_str().unwrap());
    let extended = app.post(&format!("{path}/extend"), &json!({})).by(&ada).send().await.expect(200);
    assert_eq!(extended["expires_at"], "2026-11-20T10:10:00Z");
    assert!(extended["epoch"].as_i64() > hold["epoch"].as_i64());
    app.post(&format!("{path}/extend"), &json!({})).by(&ada).send().await.problem("conflict");
    app.delete(&path).by(&ada).send().await.expect(204);
    app.delete(&path).by(&ada).send().await.expect(204);
    let eve = app.person("eve").await;
    app.post("/api/holds", &wanted).by(&eve).key("1").send().await.expect(201);
}

#[tokio::test]
async fn whoever_comes_second_learns_which_seats_are_taken_and_keeps_the_key() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let showtime = app.showtime().await;
    let seats: Vec<_> = showtime.seat_map.seats().take(2).map(|seat| &seat.name).collect();
    app.post("/api/holds", &json!({ "showtime_id": showtime.id, "seats": [seats[0]] }))
        .by(&ada)
        .key("1")
        .send()
        .await
        .expect(201);
    let both = json!({ "showtime_id": showtime.id, "seats": seats });
    let problem = app.post("/api/holds", &both).by(&eve).key("1").send().await.problem("seats-taken");
    assert_eq!(problem["seats"], json!([seats[0]]));
    app.clock.advance(Duration::minutes(6));
    app.post("/api/holds", &both).by(&eve).key("1").send().await.expect(201);
}

#[tokio::test]
async fn a_hold_that_is_over_cannot_be_extended() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await;
    let wanted = json!({ "showtime_id": showtime.id, "seats": [showtime.seat_map.seats().next().unwrap().name] });
    let hold = app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
    app.clock.advance(Duration::minutes(6));
    let path = format!("/api/holds/{}/extend", hold["id"].as_str().unwrap());
    app.post(&path, &json!({})).by(&ada).send().await.problem("hold-expired");
}

#[tokio::test]
async fn nobody_holds_a_whole_room() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await;
    let seats: Vec<_> = showtime.seat_map.seats().take(5).map(|seat| &seat.name).collect();
    for (index, seat) in seats[..4].iter().enumerate() {
        let wanted = json!({ "showtime_id": showtime.id, "seats": [seat] });
        app.post("/api/holds", &wanted).by(&ada).key(&index.to_string()).send().await.expect(201);
    }
    let wanted = json!({ "showtime_id": showtime.id, "seats": [seats[4]] });
    let problem = app.post("/api/holds", &wanted).by(&ada).key("5").send().await.problem("conflict");
    assert_eq!(problem["open_holds"], 4);
}

#[tokio::test]
async fn what_cannot_be_held_leaves_no_trace() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await;
    for (seats, pointer) in
        [(json!([]), "#/seats"), (json!(["ZZ999"]), "#/seats/0"), (json!(["A1", "A1"]), "#/seats/1")]
    {
        let wanted = json!({ "showtime_id": showtime.id, "seats": seats });
        let problem = app.post("/api/holds", &wanted).by(&ada).key("1").send().await.problem("unprocessable");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let elsewhere = json!({ "showtime_id": "sho_01ARZ3NDEKTSV4RRFFQ69G5FAV", "seats": ["A1"] });
    app.post("/api/holds", &elsewhere).by(&ada).key("1").send().await.problem("not-found");
    app.clock.advance(Duration::seconds(60 * 60 * 36));
    let ada = app.sign_in("ada").await;
    let late = json!({ "showtime_id": showtime.id, "seats": ["A1"] });
    app.post("/api/holds", &late).by(&ada).key("1").send().await.problem("showtime-closed");
    app.assert_nothing_written().await;
}

#[tokio::test]
async fn a_hold_is_seen_by_whoever_has_it_and_while_it_can_be_used() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let wanted = json!({ "showtime_id": app.showtime().await.id, "seats": ["A1"] });
    let hold = app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
    let path = format!("/api/holds/{}", hold["id"].as_str().unwrap());
    assert_eq!(app.get(&path).by(&ada).send().await.expect(200), hold);
    app.get(&path).by(&eve).send().await.problem("not-found");
    app.clock.advance(Duration::minutes(6));
    app.get(&path).by(&ada).send().await.problem("not-found");
}
