//! What the operations share: connections, the ambient, the hasher, the keys and the tokens already verified.

use std::fmt;

use moka::sync::Cache;
use sqlx::PgPool;
use usher_core::{ambient::SharedAmbient, ids::UserId};
use usher_database::Failure;

use crate::{
    access_token::{self, Verified},
    hashing::Hasher,
    keys::Keys,
    user::{self, User},
};

/// The accounts context. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) pool: PgPool,
    pub(crate) ambient: SharedAmbient,
    pub(crate) hasher: Hasher,
    pub(crate) keys: Keys,
    /// By the SHA-256 of the token, so that a look into the memory finds no token.
    pub(crate) verified: Cache<[u8; 32], Verified>,
}

impl Accounts {
    /// Talks to nobody yet: the signing key is read, or made, when it is first needed.
    pub fn new(pool: PgPool, ambient: SharedAmbient) -> Self {
        Self {
            hasher: Hasher::new(ambient.clone()),
            keys: Keys::new(pool.clone(), ambient.clone()),
            verified: access_token::cache(),
            pool,
            ambient,
        }
    }

    /// The person with this id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Failure> {
        user::by_id(&self.pool, id).await
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}
