//! What is somebody else's is not found, on every address that has an id and needs a token.

use axum::http::Method;
use serde_json::json;

use crate::{app::TestApp, contract::operations};

#[tokio::test]
async fn a_stranger_finds_nothing_where_the_owner_finds_something() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let booking = app.booked(&ada, "1").await;
    app.confirm(booking).await;
    let tickets = app.get(&format!("/api/bookings/{booking}/tickets")).by(&ada).send().await.expect(200);
    let ticket = tickets["items"][0]["id"].as_str().unwrap();
    let showtime = app.showtime().await;
    let last = &showtime.seat_map.seats().last().unwrap().name;
    let wanted = json!({ "showtime_id": showtime.id, "seats": [last] });
    let hold = app.post("/api/holds", &wanted).by(&ada).key("1").send().await.expect(201);
    let hold = hold["id"].as_str().unwrap();
    let payment = crate::payments::opened(&app, booking).await;

    let mut routes = operations();
    routes.retain(|(path, _, operation)| path.contains("{id}") && !operation["security"].is_null());
    // Looking comes before taking away, so that the owner's turn finds something each time.
    routes.sort_by_key(|(path, method, _)| (method == "delete" || path.ends_with("/cancel"), path.clone()));
    // What is for those who run the house is in `roles.rs`.
    let houses = ["acts", "batches", "disputes", "drills", "incidents", "payments", "refunds", "sagas", "showtimes"];
    routes.retain(|(path, ..)| {
        path == "/api/payments/{id}" || houses.iter().all(|house| path.split('/').nth(2) != Some(house))
    });
    assert!(routes.len() >= 7, "{routes:?}");
    for (path, method, _) in routes {
        let own = match path.split('/').nth(2) {
            Some("bookings") => path.replace("{id}", &booking.to_string()),
            Some("holds") => path.replace("{id}", hold),
            Some("payments") => path.replace("{id}", &payment),
            Some("tickets") => path.replace("{id}", ticket),
            other => panic!("whose is {other:?}? Tell this test."),
        };
        let key = format!("{method} {own}");
        let method: Method = method.to_uppercase().parse().unwrap();
        app.call(method.clone(), &own).by(&eve).key(&key).json(&json!({})).send().await.problem("not-found");
        let found = app.call(method, &own).by(&ada).key(&key).json(&json!({})).stream().await;
        assert!(found.status().is_success(), "{key}: {}", found.status());
    }
}

#[tokio::test]
async fn notifications_are_ones_own() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    app.get("/api/notifications").send().await.problem("unauthenticated");
    assert_eq!(app.get("/api/notifications").by(&ada).send().await.expect(200), json!({ "items": [], "next": null }));
}
