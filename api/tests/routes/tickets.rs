//! Tickets, as JSON and as a picture.

use crate::app::TestApp;

#[tokio::test]
async fn a_ticket_is_shown_and_drawn() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    let path = format!("/api/bookings/{id}/tickets");
    assert_eq!(app.get(&path).by(&ada).send().await.expect(200)["items"], serde_json::json!([]));
    app.confirm(id).await;
    let tickets = app.get(&path).by(&ada).send().await.expect(200);
    let ticket = &tickets["items"][0];
    assert_eq!((&ticket["booking_id"], &ticket["valid"]), (&id.to_string().into(), &true.into()));
    let path = format!("/api/tickets/{}", ticket["id"].as_str().unwrap());
    for accept in ["application/json", "*/*", "text/html,*/*;q=0.8", "application/json, image/svg+xml"] {
        assert_eq!(app.get(&path).by(&ada).header("accept", accept).send().await.expect(200), *ticket, "{accept}");
    }
    let picture = app.get(&path).by(&ada).header("accept", "image/svg+xml").send().await;
    picture.expect(200);
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert!(picture.text.starts_with("<svg"));
}

#[tokio::test]
async fn a_revoked_ticket_is_seen_and_not_drawn() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let id = app.booked(&ada, "1").await;
    app.confirm(id).await;
    let revoke = usher_tickets::Revoke {
        booking: id,
        seats: None,
        reason: "cancelled".to_owned(),
        sealed: format!("{id}/issue-tickets"),
    };
    app.tickets.revoke(format!("{id}/revoke-tickets"), revoke).await.unwrap();
    let tickets = app.get(&format!("/api/bookings/{id}/tickets")).by(&ada).send().await.expect(200);
    assert_eq!(tickets["items"][0]["valid"], false);
    let path = format!("/api/tickets/{}", tickets["items"][0]["id"].as_str().unwrap());
    app.get(&path).by(&ada).header("accept", "image/svg+xml").send().await.problem("conflict");
}

#[tokio::test]
async fn tickets_are_printed_and_go_into_a_calendar() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let id = app.booked(&ada, "1").await;
    let (tickets, calendar) = (format!("/api/bookings/{id}/tickets"), format!("/api/bookings/{id}/calendar"));
    let pdf = |path: &str| app.get(path).header("accept", "application/pdf");
    pdf(&tickets).by(&ada).send().await.problem("conflict");
    app.get(&calendar).by(&ada).send().await.problem("conflict");
    app.confirm(id).await;
    let listed = app.get(&tickets).by(&ada).send().await.expect(200);
    let one = format!("/api/tickets/{}", listed["items"][0]["id"].as_str().unwrap());
    for path in [&tickets, &one] {
        let paper = pdf(path).by(&ada).stream().await;
        assert_eq!(paper.headers()["content-type"], "application/pdf");
        assert!(paper.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
        let bytes = axum::body::to_bytes(paper.into_body(), usize::MAX).await.unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
        pdf(path).by(&eve).send().await.problem("not-found");
    }
    let entry = app.get(&calendar).by(&ada).send().await;
    entry.expect(200);
    assert_eq!(entry.header("content-type"), Some("text/calendar; charset=utf-8"));
    let showtime = app.showtime().await;
    assert!(
        entry.text.contains(&format!("UID:{id}@usher\r\n"))
            && entry.text.contains(&format!("SUMMARY:{}", showtime.movie_title))
    );
    app.get(&calendar).by(&eve).send().await.problem("not-found");
}
