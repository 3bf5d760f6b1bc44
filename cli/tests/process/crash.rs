//! Killed in the middle: nothing is lost, nothing happens twice.

use crate::product::{Product, audit};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_sagas_survive_two_kills_of_the_whole_process() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let product = Product::up(&data_dir).await;
    let (showtime, seats) = product.free_seats(100).await;
    let mut ids = Vec::new();
    for (index, seat) in seats.iter().enumerate() {
        let method = ["pm_ok", "pm_ok", "pm_declined", "pm_error_once"][index % 4];
        let answer = product.book(&format!("crash-{index}"), (&showtime, std::slice::from_ref(seat)), method, 0).await;
        assert_eq!(answer.status(), 202);
        let booking: serde_json::Value = answer.json().await.unwrap();
        ids.push((booking["id"].as_str().unwrap().to_owned(), method));
    }
    product.kill().await;

    let product = Product::up(&data_dir).await;
    product.until(&ids[0].0, &["confirmed"]).await;
    product.kill().await;

    let product = Product::up(&data_dir).await;
    for (id, method) in &ids {
        let wanted = if *method == "pm_declined" { "rejected" } else { "confirmed" };
        product.until(id, &[wanted]).await;
    }
    assert!(audit(&[], Some(&data_dir)).await, "the audit is clean");
    assert!(product.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_found_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let product = Product::up(&data_dir).await;
    let (showtime, seats) = product.free_seats(2).await;
    let answer = product.book("kept", (&showtime, &seats), "pm_ok", 20).await;
    assert_eq!(answer.status(), 201);
    let booking: serde_json::Value = answer.json().await.unwrap();
    assert!(product.stop().await.success());

    let product = Product::up(&data_dir).await;
    let found = product.json(&format!("/api/bookings/{}", booking["id"].as_str().unwrap())).await;
    assert_eq!(found["tickets"], booking["tickets"]);
    let replayed = product.book("kept", (&showtime, &seats), "pm_ok", 20).await;
    assert_eq!(replayed.status(), 201);
    assert_eq!(replayed.headers()["idempotency-replayed"], "true");
    assert_eq!(product.cancel(booking["id"].as_str().unwrap()).await.status(), 202);
    product.until(booking["id"].as_str().unwrap(), &["cancelled"]).await;
    assert!(audit(&[], Some(&data_dir)).await, "the audit is clean");
    assert!(product.stop().await.success());
}
