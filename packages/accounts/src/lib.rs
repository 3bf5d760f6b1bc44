//! Who somebody is: registration, passwords, tokens, roles.
//!
//! Promises: a password is kept as an Argon2id hash and a refresh token as a SHA-256 hash; an access token is signed with
//! a key that all processes share, and believed only with that signature, for this audience and before its end; no
//! password, mail address, name or token appears in a log line or in anybody's `Debug`.
//!
//! A new operation is a new file with an `impl Accounts`; [`accounts`] holds what they share.

pub mod access_token;
pub mod accounts;
pub mod demo;
pub mod error;
pub mod mail;
pub mod password;
pub mod refresh;
pub mod register;
pub mod sign_in;
pub mod user;

mod hashing;
mod keys;

pub use access_token::{Principal, TokenRefused};
pub use accounts::Accounts;
pub use error::AccountsError;
pub use refresh::RefreshRefused;
pub use register::RegisterRefused;
pub use sign_in::Tokens;
pub use user::{Role, User};

use usher_database::migrate::Schema;

/// The schema of this context.
pub fn schema() -> Schema {
    Schema { name: "accounts", migrations: sqlx::migrate!() }
}
