//! A showtime that is called off, and the whole process killed in the middle of it.

use reqwest::Response;
use serde_json::{Value, json};

use crate::product::{PATIENCE, Product, audit, usher};

/// Four pages, so that there is a middle.
const BOOKINGS: i64 = 200;

async fn called_off(product: &Product, token: &str, showtime: &str) -> Response {
    let request = product.client.post(format!("{}/api/showtimes/{showtime}/cancel", product.url)).bearer_auth(token);
    request
        .header("idempotency-key", "off")
        .json(&json!({ "reason": "The projector is broken." }))
        .send()
        .await
        .unwrap()
}

async fn operator(product: &Product) -> String {
    let somebody = json!({ "email": "operator@usher.test", "password": "usher-demo" });
    let tokens: Value = product.post("/api/auth/token", &somebody).await.json().await.unwrap();
    tokens["access_token"].as_str().unwrap().to_owned()
}

/// Waits until the sweep has come so far, and answers what is told of it.
async fn until(product: &Product, token: &str, showtime: &str, is_far: impl Fn(&Value) -> bool) -> Value {
    let looking = async {
        loop {
            let path = format!("{}/api/showtimes/{showtime}/cancellation", product.url);
            let progress: Value =
                product.client.get(path).bearer_auth(token).send().await.unwrap().json().await.unwrap();
            if is_far(&progress) {
                return progress;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("the sweep goes on")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_survives_a_kill_of_the_whole_process() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let (bookings, data) = (BOOKINGS.to_string(), data_dir.to_str().unwrap());
    let fill = ["db", "fill", "--bookings", &bookings, "--hall", &bookings, "--full", "--party", "1"];
    let filled = usher().args(fill).args(["--smooth", "--upcoming", "--data-dir", data]).output().await.unwrap();
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));

    let product = Product::up(&data_dir).await;
    let token = operator(&product).await;
    let page = product.json("/api/showtimes?limit=200").await;
    let sold_out = page["items"].as_array().unwrap().iter().find(|showtime| showtime["seats_free"] == 0);
    let showtime = sold_out.expect("the showtime is listed")["id"].as_str().unwrap().to_owned();
    let answer = called_off(&product, &token, &showtime).await;
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.json::<Value>().await.unwrap()["bookings"], BOOKINGS);
    let middle = until(&product, &token, &showtime, |progress| progress["cancelled"].as_i64() > Some(0)).await;
    product.kill().await;
    assert!(middle["left"].as_i64() > Some(0), "it was killed in the middle: {middle}");

    let product = Product::up(&data_dir).await;
    let token = operator(&product).await;
    let over = until(&product, &token, &showtime, |progress| progress["status"] == "SUCCEEDED").await;
    assert_eq!(
        (over["bookings"].as_i64(), over["cancelled"].as_i64(), over["left"].as_i64()),
        (Some(BOOKINGS), Some(BOOKINGS), Some(0))
    );
    assert!(audit(&[], Some(&data_dir)).await, "the audit is clean");
    assert!(product.stop().await.success());
}
