//! The main job over HTTP: the ends of a booking as a customer sees them.

use serde_json::Value;

use crate::product::{Product, audit};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_books_is_declined_races_and_cancels() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let product = Product::up(&data_dir).await;
    let (showtime, seats) = product.free_seats(8).await;

    let answer = product.book("book", (&showtime, &seats[..2]), "pm_ok", 20).await;
    assert_eq!(answer.status(), 201);
    assert!(answer.headers()["location"].to_str().unwrap().starts_with("/api/bookings/bkg_"));
    let booking: Value = answer.json().await.unwrap();
    assert_eq!(booking["status"], "confirmed");
    assert_eq!(booking["tickets"].as_array().unwrap().len(), 2);
    let ticket = product.get(&format!("/api/tickets/{}", booking["tickets"][0]["id"].as_str().unwrap())).await;
    assert_eq!(ticket.status(), 200);
    assert_eq!(ticket.json::<Value>().await.unwrap()["code"], booking["tickets"][0]["code"]);

    let declined = product.book("declined", (&showtime, &seats[2..3]), "pm_declined", 20).await;
    assert_eq!(declined.status(), 402);
    let problem: Value = declined.json().await.unwrap();
    assert_eq!(problem["type"], "/problems/payment-declined");

    let racing = (0..200).map(|index| {
        let (product, showtime, seats) = (&product, &showtime, &seats[4..8]);
        async move {
            let answer = product.book(&format!("race-{index}"), (showtime, seats), "pm_ok", 20).await;
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        }
    });
    let answers = futures::future::join_all(racing).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
    for (_, problem) in answers.iter().filter(|(status, _)| *status != 201) {
        assert_eq!(problem["status"], 409, "{problem}");
        assert_eq!(problem["seats"].as_array().unwrap().len(), 4, "{problem}");
    }

    let id = booking["id"].as_str().unwrap();
    assert_eq!(product.cancel(id).await.status(), 202);
    product.until(id, &["cancelled"]).await;
    let map = product.json(&format!("/api/showtimes/{showtime}/seats")).await;
    let sold = map["seats"].as_array().unwrap().iter().filter(|seat| seat["state"] == "sold").count();
    assert_eq!(sold, 4, "the cancelled seats are free again");
    assert!(audit(&[], Some(&data_dir)).await, "the audit is clean");

    let metrics = product.get("/metrics").await.text().await.unwrap();
    for name in [
        "http_requests_total",
        "http_request_duration_seconds",
        "booking_active_count",
        "payment_success_rate",
        "usher_steps_total",
    ] {
        assert!(metrics.lines().any(|line| line.starts_with(name)), "{name} is counted");
    }
    assert!(product.stop().await.success());
}
