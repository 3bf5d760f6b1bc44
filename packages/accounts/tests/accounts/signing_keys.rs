//! One key for all processes, and how it is replaced.

use secrecy::ExposeSecret;
use time::Duration;
use usher_accounts::{Accounts, TokenRefused};

use crate::house::{House, MAIL, password};

#[tokio::test]
async fn processes_that_start_at_once_share_one_key() {
    let house = House::open().await;
    let processes: Vec<_> = (10..18).map(|seed| house.another_process(seed)).collect();
    let sets = futures_of(processes.iter().map(Accounts::jwks)).await;
    assert!(sets.iter().all(|set| *set == sets[0] && set["keys"].as_array().unwrap().len() == 1), "{sets:?}");
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts.signing_keys")
        .fetch_one(house.database.pool())
        .await
        .unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_token_of_one_process_is_believed_by_the_other() {
    let house = House::open().await;
    let ada = house.ada().await;
    let tokens = house.another_process(2).sign_in(MAIL, &password()).await.unwrap().unwrap();
    assert_eq!(house.verify(&tokens.access_token).await.unwrap().user, ada.id);
}

#[tokio::test]
async fn a_rotation_breaks_no_token_and_the_old_key_goes_when_its_last_token_has_ended() {
    let house = House::open().await;
    house.ada().await;
    let before = house.sign_in().await;
    let elsewhere = house.another_process(2);
    elsewhere.verify(before.access_token.expose_secret()).await.unwrap();

    house.advance(Duration::seconds(2));
    house.accounts.rotate_signing_key().await.unwrap();
    let after = house.sign_in().await;
    assert!(elsewhere.verify(after.access_token.expose_secret()).await.is_ok(), "the other process looks again");
    let third = house.another_process(3);
    assert!(third.verify(before.access_token.expose_secret()).await.is_ok(), "the retired key still verifies");
    assert_eq!(third.jwks().await.unwrap()["keys"].as_array().unwrap().len(), 2);

    house.advance(Duration::minutes(18));
    assert_eq!(third.jwks().await.unwrap()["keys"].as_array().unwrap().len(), 1);
    let refused = third.verify(before.access_token.expose_secret()).await;
    assert!(matches!(refused, Err(TokenRefused::Expired)), "{refused:?}");
    assert!(matches!(
        house.another_process(4).verify(before.access_token.expose_secret()).await,
        Err(TokenRefused::Forged)
    ));
}

#[tokio::test]
async fn known_keys_serve_on_while_the_database_is_away() {
    let house = House::open().await;
    house.ada().await;
    let (first, second) = (house.sign_in().await, house.sign_in().await);
    house.verify(&first.access_token).await.unwrap();
    house.database.pool().close().await;
    house.advance(Duration::minutes(5));
    assert!(house.verify(&second.access_token).await.is_ok(), "a token that was never seen, and keys five minutes old");
    let fresh = house.another_process(2).verify(first.access_token.expose_secret()).await;
    assert!(matches!(fresh, Err(TokenRefused::Failed(error)) if error.is_transient()));
}

async fn futures_of<T, E: std::fmt::Debug>(all: impl Iterator<Item = impl Future<Output = Result<T, E>>>) -> Vec<T> {
    futures::future::join_all(all).await.into_iter().map(Result::unwrap).collect()
}
