//! Seats as they change, and the best of those that are left.

use serde_json::{Value, json};

use crate::{app::TestApp, stream::Events};

/// The next event's name and what it says, or nothing at the end of the stream.
async fn next(events: &mut Events) -> Option<(String, Value)> {
    events.next().await.map(|event| (event.name, event.data))
}

#[tokio::test]
async fn the_present_state_comes_first_then_each_change() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await.id;
    let hold = async |key: &str, seats: Value| {
        let wanted = json!({ "showtime_id": showtime, "seats": seats });
        app.post("/api/holds", &wanted).by(&ada).key(key).send().await.expect(201)
    };
    hold("1", json!(["A1"])).await;
    let path = format!("/api/showtimes/{showtime}/seats/events");
    let (mut one, mut two) = (Events::of(app.get(&path).stream().await), Events::of(app.get(&path).stream().await));
    for events in [&mut one, &mut two] {
        assert_eq!(next(events).await, Some(("seats".to_owned(), json!({ "A1": "held" }))));
    }
    let second = hold("2", json!(["B1", "B2"])).await;
    for events in [&mut one, &mut two] {
        assert_eq!(next(events).await, Some(("change".to_owned(), json!({ "B1": "held", "B2": "held" }))));
    }
    app.delete(&format!("/api/holds/{}", second["id"].as_str().unwrap())).by(&ada).send().await.expect(204);
    assert_eq!(next(&mut one).await, Some(("change".to_owned(), json!({ "B1": "free", "B2": "free" }))));
    // What ends by the clock is seen as well, though nobody writes it down.
    app.clock.advance(time::Duration::minutes(6));
    assert_eq!(next(&mut one).await, Some(("change".to_owned(), json!({ "A1": "free" }))));
    app.ready.drain();
    assert_eq!(next(&mut one).await, None, "a process on its way out ends its streams");
}

#[tokio::test]
async fn the_best_seats_are_free_together_and_priced() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let showtime = app.showtime().await.id;
    let best = async |query: &str| app.get(&format!("/api/showtimes/{showtime}/seats/best?{query}")).send().await;
    let first = best("count=3").await.expect(200);
    assert_eq!((first["seats"].as_array().unwrap().len(), first["together"].as_bool()), (3, Some(true)));
    let wanted = json!({ "showtime_id": showtime, "seats": first["seats"] });
    app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
    let second = best("count=3").await.expect(200);
    assert!(second["seats"].as_array().unwrap().iter().all(|seat| !first["seats"].as_array().unwrap().contains(seat)));
    let wheelchair = best("count=1&type=accessible").await.expect(200);
    let seats = app.get(&format!("/api/showtimes/{showtime}/seats")).send().await.expect(200);
    let found = seats["seats"].as_array().unwrap().iter().find(|seat| seat["seat"] == wheelchair["seats"][0]).unwrap();
    assert_eq!((&found["type"], &found["price"]), (&json!("accessible"), &wheelchair["total"]));
    best("count=9&type=accessible").await.problem("conflict");
    for query in ["count=0", "count=11", "count=many", "", "count=1&type=throne"] {
        best(query).await.problem("invalid-request");
    }
    app.get("/api/showtimes/sho_01ARZ3NDEKTSV4RRFFQ69G5FAV/seats/best?count=2").send().await.problem("not-found");
    app.get("/api/showtimes/sho_01ARZ3NDEKTSV4RRFFQ69G5FAV/seats/events").send().await.problem("not-found");
}
