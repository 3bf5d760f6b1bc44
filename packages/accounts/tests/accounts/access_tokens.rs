//! Which access tokens are believed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use time::Duration;
use usher_accounts::TokenRefused;

use crate::house::House;

#[tokio::test]
async fn a_token_ends_after_a_quarter_of_an_hour_remembered_or_not() {
    let house = House::open().await;
    house.ada().await;
    let tokens = house.sign_in().await;
    house.advance(Duration::seconds(899));
    assert!(house.verify(&tokens.access_token).await.is_ok());
    house.advance(Duration::seconds(1));
    assert!(matches!(house.verify(&tokens.access_token).await, Err(TokenRefused::Expired)));
    let elsewhere = house.another_process(2);
    assert!(matches!(elsewhere.verify(tokens.access_token.expose_secret()).await, Err(TokenRefused::Expired)));
}

#[tokio::test]
async fn a_verified_token_is_answered_from_memory() {
    let house = House::open().await;
    house.ada().await;
    let tokens = house.sign_in().await;
    let first = house.verify(&tokens.access_token).await.unwrap();
    house.database.pool().close().await;
    house.advance(Duration::minutes(10));
    assert_eq!(house.verify(&tokens.access_token).await.unwrap(), first);
}

#[tokio::test]
async fn the_key_we_sign_with_does_not_make_every_token_ours() {
    let house = House::open().await;
    let ada = house.ada().await;
    house.sign_in().await;
    let (kid, pkcs8): (String, Vec<u8>) =
        sqlx::query_as("SELECT kid, pkcs8 FROM accounts.signing_keys").fetch_one(house.database.pool()).await.unwrap();
    let now = time::macros::datetime!(2026-11-20 10:00 UTC).unix_timestamp();
    let good = json!({
        "iss": "usher", "aud": "usher-api", "sub": ada.id, "role": "customer", "iat": now, "exp": now + 900,
        "jti": "00000000-0000-0000-0000-000000000001",
    });
    let header = || {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(kid.clone());
        header
    };
    let sign = |header: &Header, claims: &Value| {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_ed_der(&pkcs8)).unwrap()
    };
    let ours = sign(&header(), &good);
    assert!(house.accounts.verify(&ours).await.is_ok(), "the token that the others are variants of");

    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let mut id_token = header();
    id_token.typ = Some("JWT".to_owned());
    let mut untyped = header();
    untyped.typ = None;
    let mut other_kid = header();
    other_kid.kid = Some("somebody-elses".to_owned());
    let forged = [
        sign(&header(), &with("iss", json!("somebody else"))),
        sign(&header(), &with("aud", json!("another service"))),
        sign(&header(), &with("aud", Value::Null)),
        sign(&header(), &with("role", json!("emperor"))),
        sign(&header(), &with("sub", json!("bkg_00000000000000000000000001"))),
        sign(&header(), &with("exp", json!(now + 86_400))),
        sign(&id_token, &good),
        sign(&untyped, &good),
        sign(&other_kid, &good),
    ];
    for token in &forged {
        assert!(matches!(house.accounts.verify(token).await, Err(TokenRefused::Forged)), "{token}");
    }
    let expired = sign(&header(), &with("exp", json!(now)));
    assert!(matches!(house.accounts.verify(&expired).await, Err(TokenRefused::Expired)));
}

#[tokio::test]
async fn other_keys_and_other_algorithms_are_refused() {
    let house = House::open().await;
    house.ada().await;
    let token = house.sign_in().await.access_token;
    let token = token.expose_secret();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let jwks = house.accounts.jwks().await.unwrap();
    let key = &jwks["keys"][0];
    let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());

    // The public key as an HMAC secret is the classical confusion of algorithms.
    let mut confused = Header::new(Algorithm::HS256);
    confused.typ = Some("at+jwt".to_owned());
    confused.kid = key["kid"].as_str().map(str::to_owned);
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let body: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let hs256 = jsonwebtoken::encode(&confused, &body, &EncodingKey::from_secret(&public)).unwrap();

    let none = encoded(json!({ "alg": "none", "typ": "at+jwt", "kid": key["kid"] }));
    let mut promoted = body.clone();
    promoted["role"] = json!("admin");
    let tampered = encoded(promoted);
    let foreign = house.another_process(7);
    let stranger = House::open().await;
    stranger.advance(Duration::seconds(5));
    stranger.ada().await;
    let elsewhere = stranger.another_process(8);
    let tokens = elsewhere.sign_in(crate::house::MAIL, &crate::house::password()).await.unwrap().unwrap();

    for (name, token) in [
        ("HS256 with the public key", hs256),
        ("none, no signature", format!("{none}.{claims}.")),
        ("none, old signature", format!("{none}.{claims}.{signature}")),
        ("other claims", format!("{header}.{tampered}.{signature}")),
        ("no signature", format!("{header}.{claims}.")),
        ("another database's key", tokens.access_token.expose_secret().to_owned()),
        ("nothing", String::new()),
        ("three dots", "...".to_owned()),
        ("no JWT", "let me in".to_owned()),
        ("too long", "a".repeat(100_000)),
    ] {
        for accounts in [&house.accounts, &foreign] {
            let refused = accounts.verify(&token).await;
            assert!(matches!(refused, Err(TokenRefused::Malformed | TokenRefused::Forged)), "{name}: {refused:?}");
        }
    }
}
