//! Signing in with mail address and password.

use secrecy::SecretString;
use time::Duration;
use usher_accounts::{Principal, Role};

use crate::house::{House, MAIL, password};

#[tokio::test]
async fn the_right_password_gives_tokens_that_say_who_it_is() {
    let house = House::open().await;
    let ada = house.ada().await;
    let tokens = house.accounts.sign_in("ADA@usher.test", &password()).await.unwrap().unwrap();
    assert_eq!(tokens.expires_in, Duration::minutes(15));
    let principal = house.verify(&tokens.access_token).await.unwrap();
    assert_eq!(principal, Principal { user: ada.id, role: Role::Customer });
}

#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_nonsense_are_answered_alike() {
    let house = House::open().await;
    house.ada().await;
    let long = "x".repeat(129);
    for (mail, password) in [
        (MAIL, "popcorn and a seat in row G"),
        (MAIL, ""),
        (MAIL, &long),
        ("grace@usher.test", crate::house::PASSWORD),
        ("no address", crate::house::PASSWORD),
    ] {
        let answer = house.accounts.sign_in(mail, &SecretString::from(password)).await.unwrap();
        assert!(answer.is_none(), "{mail}");
    }
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts.refresh_families")
        .fetch_one(house.database.pool())
        .await
        .unwrap();
    assert_eq!(rows, 0, "a refused sign-in leaves nothing behind");
}
