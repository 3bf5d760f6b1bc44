//! What can go wrong that is nobody's fault: the database, the password hash, the signing key.
//!
//! What a caller did wrong is not here: each operation has its own refusals, beside it.

use usher_database::Failure;

/// An operation that did not come to an answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccountsError {
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] Failure),
    /// A password could not be hashed, or a stored hash cannot be read.
    #[error("the password could not be checked")]
    Hashing(#[source] argon2::password_hash::Error),
    /// A stored signing key cannot be read, or did not sign.
    #[error("the signing key is not usable")]
    SigningKey,
    /// The process ended the work before it was done.
    #[error("the process is shutting down")]
    ShuttingDown,
}

impl AccountsError {
    /// Whether trying again can help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Database(failure) => failure.is_transient(),
            Self::ShuttingDown => true,
            Self::Hashing(_) | Self::SigningKey => false,
        }
    }
}

impl From<sqlx::Error> for AccountsError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
