//! Staying signed in, and what happens to a stolen refresh token.

use secrecy::SecretString;
use time::Duration;
use usher_accounts::{RefreshRefused, Role};

use crate::house::House;

#[tokio::test]
async fn each_exchange_gives_the_next_pair_with_the_present_role() {
    let house = House::open().await;
    house.ada().await;
    let first = house.sign_in().await;
    house.advance(Duration::days(29));
    sqlx::query("UPDATE accounts.users SET role = 'operator'").execute(house.database.pool()).await.unwrap();
    let second = house.accounts.refresh(&first.refresh_token).await.unwrap();
    assert_eq!(house.role_of(&second).await.unwrap(), Role::Operator);
    house.advance(Duration::days(29));
    assert!(house.accounts.refresh(&second.refresh_token).await.is_ok(), "each exchange starts the life anew");
}

#[tokio::test]
async fn a_token_that_comes_back_revokes_its_family_and_no_other() {
    let house = House::open().await;
    house.ada().await;
    let (stolen, other_device) = (house.sign_in().await, house.sign_in().await);
    let next = house.accounts.refresh(&stolen.refresh_token).await.unwrap();
    house.advance(Duration::seconds(11));
    assert!(matches!(house.accounts.refresh(&stolen.refresh_token).await, Err(RefreshRefused::Reused)));
    assert!(matches!(house.accounts.refresh(&next.refresh_token).await, Err(RefreshRefused::Revoked)));
    assert!(house.accounts.refresh(&other_device.refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_lost_answer_is_forgiven_once_within_ten_seconds() {
    let house = House::open().await;
    house.ada().await;
    let first = house.sign_in().await;
    let lost = house.accounts.refresh(&first.refresh_token).await.unwrap();
    house.advance(Duration::seconds(10));
    let second = house.accounts.refresh(&first.refresh_token).await.unwrap();
    assert!(house.accounts.refresh(&second.refresh_token).await.is_ok());
    assert!(matches!(house.accounts.refresh(&first.refresh_token).await, Err(RefreshRefused::Reused)), "not twice");
    assert!(matches!(house.accounts.refresh(&lost.refresh_token).await, Err(RefreshRefused::Revoked)));
}

#[tokio::test]
async fn of_many_exchanges_at_once_two_succeed_and_the_rest_end_the_family() {
    let house = House::open().await;
    house.ada().await;
    let token = house.sign_in().await.refresh_token;
    let answers = futures::future::join_all((0..8).map(|_| house.accounts.refresh(&token))).await;
    let succeeded = answers.iter().filter(|answer| answer.is_ok()).count();
    let reused = answers.iter().filter(|answer| matches!(answer, Err(RefreshRefused::Reused))).count();
    assert_eq!((succeeded, reused), (2, 1), "{answers:?}");
    for tokens in answers.into_iter().flatten() {
        assert!(matches!(house.accounts.refresh(&tokens.refresh_token).await, Err(RefreshRefused::Revoked)));
    }
}

#[tokio::test]
async fn signing_out_ends_the_family_and_forgives_repetition() {
    let house = House::open().await;
    house.ada().await;
    let first = house.sign_in().await;
    let second = house.accounts.refresh(&first.refresh_token).await.unwrap();
    house.accounts.sign_out(&second.refresh_token).await.unwrap();
    house.accounts.sign_out(&second.refresh_token).await.unwrap();
    assert!(matches!(house.accounts.refresh(&second.refresh_token).await, Err(RefreshRefused::Revoked)));
    house.accounts.sign_out(&SecretString::from("nobody's")).await.unwrap();
    assert!(matches!(house.accounts.refresh(&SecretString::from("nobody's")).await, Err(RefreshRefused::Unknown)));
}

#[tokio::test]
async fn an_unused_token_expires_and_is_pruned_with_its_family() {
    let house = House::open().await;
    house.ada().await;
    let (forgotten, used) = (house.sign_in().await, house.sign_in().await);
    house.advance(Duration::days(20));
    let used = house.accounts.refresh(&used.refresh_token).await.unwrap();
    house.advance(Duration::days(10));
    assert!(matches!(house.accounts.refresh(&forgotten.refresh_token).await, Err(RefreshRefused::Expired)));
    assert_eq!(house.accounts.prune(100).await.unwrap(), 1);
    assert_eq!(house.accounts.prune(100).await.unwrap(), 0);
    assert!(matches!(house.accounts.refresh(&forgotten.refresh_token).await, Err(RefreshRefused::Unknown)));
    assert!(house.accounts.refresh(&used.refresh_token).await.is_ok());
}

#[tokio::test]
async fn the_table_holds_no_token_that_could_be_used() {
    let house = House::open().await;
    house.ada().await;
    house.sign_in().await;
    let stored: Vec<u8> =
        sqlx::query_scalar("SELECT hash FROM accounts.refresh_tokens").fetch_one(house.database.pool()).await.unwrap();
    assert_eq!(stored.len(), 32);
    let as_text = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &stored);
    assert!(matches!(house.accounts.refresh(&SecretString::from(as_text)).await, Err(RefreshRefused::Unknown)));
}
