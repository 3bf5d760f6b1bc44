//! Errors that no handler made are problems too.

use axum::http::Method;
use serde_json::json;

use crate::app::{TestApp, Wishes};

#[tokio::test]
async fn an_address_that_leads_nowhere() {
    let app = TestApp::open().await;
    let problem = app.get("/api/nothing?secret=1").send().await.problem("not-found");
    assert_eq!(problem["instance"], "/api/nothing", "without the query");
}

#[tokio::test]
async fn a_method_that_is_not_there_keeps_the_list_of_those_that_are() {
    let app = TestApp::open().await;
    let answer = app.call(Method::PATCH, "/api/bookings").send().await;
    answer.problem("method-not-allowed");
    let allowed = answer.header("allow").unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn a_body_that_is_no_json_of_the_right_shape() {
    let app = TestApp::open().await;
    let call = |body: &str| app.call(Method::POST, "/api/auth/token").body(body.to_owned());
    call("{}").send().await.problem("unsupported-media-type");
    call("{}").header("content-type", "text/plain").send().await.problem("unsupported-media-type");
    for body in ["", "{", "[]", "{}", r#"{"email": 1, "password": "x"}"#] {
        call(body).header("content-type", "application/json").send().await.problem("invalid-request");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let app = TestApp::open().await;
    let body = json!({ "email": "a".repeat(64 * 1024), "password": "x" });
    app.post("/api/auth/token", &body).send().await.problem("body-too-large");
}

#[tokio::test]
async fn ids_and_parameters_that_cannot_be_read() {
    let app = TestApp::open().await;
    for path in [
        "/api/movies/sho_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/api/showtimes/x",
        "/api/movies?limit=many",
        "/api/movies?limit=0",
        "/api/movies?cursor=x",
        "/api/showtimes?movie=x",
        "/api/showtimes?date=tomorrow",
        "/api/movies/%FF",
    ] {
        app.get(path).send().await.problem("invalid-request");
    }
}

#[tokio::test]
async fn a_handler_that_panics_tells_the_client_nothing() {
    let app = TestApp::with(Wishes { metrics: Box::new(|| panic!("secret")), ..Wishes::default() }).await;
    let answer = app.get("/metrics").send().await;
    answer.problem("internal");
    assert!(!answer.text.contains("secret"));
    app.get("/livez").send().await.expect(200);
}

#[tokio::test]
async fn a_database_that_is_away_is_a_reason_to_come_back() {
    let app = TestApp::open().await;
    app.database.pool().close().await;
    let answer = app.get("/api/movies").send().await;
    let problem = answer.problem("unavailable");
    assert_eq!(problem["retryable"], true);
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn the_trace_of_the_caller_goes_on() {
    let app = TestApp::open().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let call = app.get("/api/nothing").header("traceparent", &format!("00-{trace}-b7ad6b7169203331-01"));
    assert_eq!(call.send().await.problem("not-found")["trace_id"], trace);
    let own = app.get("/api/nothing").header("traceparent", "nonsense").send().await.problem("not-found");
    assert_ne!(own["trace_id"], trace);
}
