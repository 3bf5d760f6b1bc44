//! Signing in as browsers do: the cookie, and who may send it.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, PASSWORD, TestApp};

fn credentials() -> Value {
    json!({ "email": "ada@usher.test", "password": PASSWORD })
}

/// The cookie of an answer as a browser sends it back, and what was said with it.
fn cookie(answer: &Answer) -> (String, String) {
    let (pair, terms) = answer.header("set-cookie").unwrap().split_once("; ").unwrap();
    (pair.to_owned(), terms.to_owned())
}

#[tokio::test]
async fn the_cookie_is_for_these_routes_alone_and_the_body_has_no_refresh_token() {
    let app = TestApp::open().await;
    app.person("ada").await;
    let answer = app.post("/api/auth/session", &credentials()).send().await;
    let session = answer.expect(200);
    assert_eq!((session["token_type"].as_str(), session["expires_in"].as_i64()), (Some("Bearer"), Some(900)));
    assert!(session["refresh_token"].is_null());
    let (pair, terms) = cookie(&answer);
    assert_eq!(terms, "Path=/api/auth/session; Max-Age=2592000; HttpOnly; SameSite=Strict");
    assert!(!answer.text.contains(pair.split_once('=').unwrap().1));
    let bearer = format!("Bearer {}", session["access_token"].as_str().unwrap());
    app.get("/api/users/me").header("authorization", &bearer).send().await.expect(200);
    app.post("/api/auth/session", &json!({ "email": "ada@usher.test", "password": "wrong wrong" }))
        .send()
        .await
        .problem("wrong-credentials");
}

#[tokio::test]
async fn over_tls_the_cookie_stays_there() {
    let app = TestApp::open().await;
    app.person("ada").await;
    let call = app.post("/api/auth/session", &credentials());
    let answer = call.header("host", "usher.test").header("origin", "https://usher.test").send().await;
    answer.expect(200);
    assert!(cookie(&answer).1.ends_with("; Secure"));
}

#[tokio::test]
async fn it_is_exchanged_once_and_ends_with_the_sign_in() {
    let app = TestApp::open().await;
    app.person("ada").await;
    let (first, _) = cookie(&app.post("/api/auth/session", &credentials()).send().await);
    let renew = |cookie: &str| {
        app.call(Method::POST, "/api/auth/session/renew").header("cookie", &format!("theme=dark; {cookie}"))
    };
    let answer = renew(&first).send().await;
    assert!(answer.expect(200)["access_token"].is_string());
    let (second, _) = cookie(&answer);
    assert_ne!(first, second);
    let ended = app.call(Method::DELETE, "/api/auth/session").header("cookie", &second).send().await;
    ended.expect(204);
    assert!(ended.header("set-cookie").unwrap().starts_with("usher_session=; Path=/api/auth/session; Max-Age=0"));
    renew(&second).send().await.problem("unauthenticated");
    app.call(Method::POST, "/api/auth/session/renew").send().await.problem("unauthenticated");
    app.call(Method::DELETE, "/api/auth/session").send().await.expect(204);
}

#[tokio::test]
async fn another_site_is_refused_before_the_cookie_is_read() {
    let app = TestApp::open().await;
    app.person("ada").await;
    let (pair, _) = cookie(&app.post("/api/auth/session", &credentials()).send().await);
    let elsewhere = [
        [("origin", "https://evil.test"), ("host", "usher.test")],
        [("origin", "null"), ("host", "usher.test")],
        [("sec-fetch-site", "cross-site"), ("host", "usher.test")],
        [("sec-fetch-site", "same-site"), ("origin", "https://usher.test")],
    ];
    for [one, two] in elsewhere {
        for (method, path) in [(Method::POST, "/api/auth/session/renew"), (Method::DELETE, "/api/auth/session")] {
            let call = app.call(method, path).header("cookie", &pair).header(one.0, one.1).header(two.0, two.1);
            call.send().await.problem("forbidden");
        }
    }
    let here = app.call(Method::POST, "/api/auth/session/renew").header("cookie", &pair);
    let here =
        here.header("sec-fetch-site", "same-origin").header("origin", "http://usher.test").header("host", "usher.test");
    here.send().await.expect(200);
}
