//! Accounts, tokens and who one is.

use serde_json::json;
use time::Duration;

use crate::app::{PASSWORD, TestApp};

#[tokio::test]
async fn from_an_account_to_oneself() {
    let app = TestApp::open().await;
    let account = json!({ "email": "Ada@Usher.test", "password": PASSWORD, "name": "Ada" });
    let made = app.post("/api/auth/register", &account).send().await.expect(201);
    assert_eq!((made["email"].as_str(), made["role"].as_str()), (Some("ada@usher.test"), Some("customer")));
    assert!(!made.to_string().contains(PASSWORD));
    app.post("/api/auth/register", &account).send().await.problem("mail-taken");
    let credentials = json!({ "email": "ada@usher.test", "password": PASSWORD });
    let answer = app.post("/api/auth/token", &credentials).send().await;
    let tokens = answer.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!((tokens["token_type"].as_str(), tokens["expires_in"].as_i64()), (Some("Bearer"), Some(900)));
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let me = app.get("/api/users/me").header("authorization", &bearer).send().await.expect(200);
    assert_eq!(me, made);
}

#[tokio::test]
async fn an_account_that_cannot_be_is_refused_with_the_field() {
    let app = TestApp::open().await;
    for (field, value) in [("email", "nonsense"), ("password", "short"), ("name", "")] {
        let mut account = json!({ "email": "ada@usher.test", "password": PASSWORD, "name": "Ada" });
        account[field] = value.into();
        let problem = app.post("/api/auth/register", &account).send().await.problem("unprocessable");
        assert_eq!(problem["errors"][0]["pointer"], format!("#/{field}"));
    }
    assert_eq!(app.count("accounts.users").await, 0);
}

#[tokio::test]
async fn wrong_credentials_look_alike() {
    let app = TestApp::open().await;
    app.person("ada").await;
    for (email, password) in [("ada@usher.test", "not her password"), ("eve@usher.test", PASSWORD)] {
        let answer = app.post("/api/auth/token", &json!({ "email": email, "password": password })).send().await;
        assert_eq!(answer.problem("wrong-credentials")["detail"], "Which of both is not told.");
    }
}

#[tokio::test]
async fn a_refresh_token_works_once_and_not_after_signing_out() {
    let app = TestApp::open().await;
    app.person("ada").await;
    let sign_in = json!({ "email": "ada@usher.test", "password": PASSWORD });
    let tokens = app.post("/api/auth/token", &sign_in).send().await.expect(200);
    let old = json!({ "refresh_token": tokens["refresh_token"] });
    let next = app.post("/api/auth/refresh", &old).send().await.expect(200);
    assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    app.post("/api/auth/logout", &json!({ "refresh_token": next["refresh_token"] })).send().await.expect(204);
    app.post("/api/auth/refresh", &json!({ "refresh_token": next["refresh_token"] }))
        .send()
        .await
        .problem("unauthenticated");
    app.post("/api/auth/logout", &json!({ "refresh_token": "never given to anybody" })).send().await.expect(204);
}

#[tokio::test]
async fn tokens_that_are_expired_forged_or_none_are_refused() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let refused = async |authorization: &str| {
        let answer = app.get("/api/users/me").header("authorization", authorization).send().await;
        answer.problem("unauthenticated");
        answer.header("www-authenticate").unwrap().to_owned()
    };
    let (head, signature) = ada.token.rsplit_once('.').unwrap();
    let forged = format!("Bearer {head}.{}", signature.chars().rev().collect::<String>());
    assert_eq!(refused(&forged).await, r#"Bearer error="invalid_token""#);
    // {"alg":"none","typ":"at+jwt"}.{"sub":"usr_..."}.
    assert!(
        refused("Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJ1c3IifQ.").await.contains("invalid_token")
    );
    assert_eq!(refused("Basic YWRhOnB3").await, "Bearer");
    app.get("/api/users/me").by(&ada).send().await.expect(200);
    app.clock.advance(Duration::minutes(16));
    assert!(refused(&format!("Bearer {}", ada.token)).await.contains("invalid_token"));
}

#[tokio::test]
async fn the_keys_are_public() {
    let app = TestApp::open().await;
    let keys = app.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
    assert!(keys["keys"][0]["d"].is_null(), "the private half stays here");
}
