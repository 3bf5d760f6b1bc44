//! A customer who has to confirm the payment, as they see it: the booking says so, they answer on the provider's page, and
//! the provider's webhook lets the booking go on.

use std::time::Duration;

use serde_json::Value;

use crate::product::{PATIENCE, Product, audit, usher};

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_waits_for_the_customer_and_goes_on_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let product = Product::up(&data_dir).await;
    let (showtime, seats) = product.free_seats(2).await;
    for (index, (answer, ends)) in [("pass", "confirmed"), ("fail", "rejected")].into_iter().enumerate() {
        let asked = product.book(answer, (&showtime, &seats[index..=index]), "pm_challenge", 0).await;
        let booking: Value = asked.json().await.unwrap();
        let id = booking["id"].as_str().unwrap().to_owned();
        let action = asked_to_act(&product, &id).await;
        assert!(action["expires_at"].is_string(), "{action}");
        let page = product.client.post(action["url"].as_str().unwrap());
        let page = page.header("content-type", "application/x-www-form-urlencoded").body(format!("answer={answer}"));
        assert_eq!(page.send().await.unwrap().status(), 200);
        let booking = product.until(&id, &["confirmed", "rejected"]).await;
        assert_eq!((&booking["status"], &booking["requires_action"]), (&ends.into(), &Value::Null), "{booking}");
        for (command, shown) in [("get", "\"ledger\""), ("probe", "\"agree\": true")] {
            let output = usher().args(["payment", command, &id, "--data-dir"]).arg(&data_dir).output().await.unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(
                output.status.success() && text.contains(shown),
                "{text}{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
    let list = usher().args(["payment", "webhook", "list", "--data-dir"]).arg(&data_dir).output().await.unwrap();
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains("charge.captured") && list.contains("charge.declined") && list.contains("merged"), "{list}");
    assert!(audit(&[], Some(&data_dir)).await);
    assert!(product.stop().await.success());
}

/// What the booking asks the customer to do.
async fn asked_to_act(product: &Product, id: &str) -> Value {
    let looking = async {
        loop {
            let booking = product.json(&format!("/api/bookings/{id}")).await;
            if !booking["requires_action"].is_null() {
                return booking["requires_action"].clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("the customer is asked")
}
