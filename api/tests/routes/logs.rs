//! No password, token, mail address or body reaches a log, at any level.

use serde_json::json;
use usher_telemetry::{logs::LogFormat, testing::captured_logs};

use crate::app::{PASSWORD, TestApp};

#[tokio::test]
async fn a_log_tells_of_requests_and_of_nobody() {
    let logs = captured_logs(LogFormat::Text);
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let order = app.order(1).await;
    app.post("/api/bookings", &order).by(&ada).key("key-of-ada").send().await.expect(202);
    app.post("/api/auth/token", &json!({ "email": "ada@usher.test", "password": "wrong-password" }))
        .send()
        .await
        .expect(401);
    app.post("/api/auth/token", &json!({ "email": "ada@usher.test", "password": 47_110_815 })).send().await.expect(400);
    app.get("/api/movies?q=secret-search").send().await.expect(200);
    app.database.pool().close().await;
    app.get("/api/bookings").by(&ada).send().await.problem("unavailable");
    let text = logs.text();
    assert!(text.contains("POST") && text.contains("/api/bookings"), "requests are told of: {text}");
    assert!(text.contains("the request could not be served"), "failures are told of: {text}");
    let secrets = ["ada@usher.test", PASSWORD, "wrong-password", "47110815", &ada.token, "secret-search", "key-of-ada"];
    assert_eq!(logs.leaked(&secrets), None);
}
