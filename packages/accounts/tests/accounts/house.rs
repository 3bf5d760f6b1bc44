//! A database of its own for each test, a clock that the test moves, and somebody with an account.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use time::{Duration, macros::datetime};
use usher_accounts::{Accounts, Principal, Role, TokenRefused, Tokens, User};
use usher_core::ambient::Scripted;
use usher_postgres::testing::TestDatabase;

pub const MAIL: &str = "ada@usher.test";
pub const PASSWORD: &str = "popcorn and a seat in row F";

pub struct House {
    pub accounts: Accounts,
    pub database: TestDatabase,
    clock: Arc<Scripted>,
}

impl House {
    pub async fn open() -> Self {
        let database = TestDatabase::migrated(&[("accounts", &usher_accounts::schema().migrations)]).await.unwrap();
        let clock = Arc::new(Scripted::new(datetime!(2026-11-20 10:00 UTC), 1));
        Self { accounts: Accounts::new(database.pool().clone(), clock.clone()), database, clock }
    }

    /// The same database and the same time in another process: nothing in memory is shared, and its chance is another.
    pub fn another_process(&self, seed: u64) -> Accounts {
        Accounts::new(
            self.database.pool().clone(),
            Arc::new(Elsewhere(self.clock.clone(), Scripted::new(datetime!(2026-11-20 10:00 UTC), seed))),
        )
    }

    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub async fn ada(&self) -> User {
        self.accounts.register(MAIL, &password(), "Ada Lovelace").await.unwrap()
    }

    pub async fn sign_in(&self) -> Tokens {
        self.accounts.sign_in(MAIL, &password()).await.unwrap().unwrap()
    }

    pub async fn role_of(&self, tokens: &Tokens) -> Result<Role, TokenRefused> {
        self.verify(&tokens.access_token).await.map(|principal| principal.role)
    }

    pub async fn verify(&self, token: &SecretString) -> Result<Principal, TokenRefused> {
        self.accounts.verify(token.expose_secret()).await
    }
}

/// The clock of the house with other random numbers.
#[derive(Debug)]
struct Elsewhere(Arc<Scripted>, Scripted);

impl usher_core::ambient::Ambient for Elsewhere {
    fn now(&self) -> time::OffsetDateTime {
        self.0.now()
    }

    fn random(&self) -> u128 {
        self.1.random()
    }
}

pub fn password() -> SecretString {
    SecretString::from(PASSWORD)
}
