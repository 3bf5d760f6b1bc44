//! So many requests a minute and address.

use time::Duration;

use crate::app::{TestApp, Wishes};

#[tokio::test]
async fn one_request_too_many_is_told_when_to_come_back() {
    let app = TestApp::with(Wishes { rate_limit: Some(2), ..Wishes::default() }).await;
    let first = app.get("/api/theaters").send().await;
    first.expect(200);
    assert_eq!(first.header("ratelimit-policy"), Some(r#""address";q=2;w=60"#));
    assert_eq!(first.header("ratelimit"), Some(r#""address";r=1;t=30"#));
    app.get("/api/nothing").send().await.problem("not-found");
    let third = app.get("/api/theaters").send().await;
    assert_eq!(third.problem("rate-limited")["retryable"], true);
    assert_eq!(third.header("retry-after"), Some("30"));
    app.clock.advance(Duration::seconds(30));
    app.get("/api/theaters").send().await.expect(200);
}

#[tokio::test]
async fn probes_are_not_limited_and_nobody_is_when_it_is_off() {
    let app = TestApp::with(Wishes { rate_limit: Some(1), ..Wishes::default() }).await;
    for _ in 0..5 {
        app.get("/livez").send().await.expect(200);
        app.get("/readyz").send().await.expect(200);
    }
    let app = TestApp::open().await;
    for _ in 0..150 {
        let answer = app.get("/api/theaters").send().await;
        answer.expect(200);
        assert_eq!(answer.header("ratelimit"), None);
    }
}
