//! Argon2id, away from the tasks that answer requests.
//!
//! A hash takes some 20 ms and 19 MiB on purpose. It runs on the blocking threads, and never on more of them at once than
//! the machine has cores: a storm of sign-ins waits in line instead of filling the memory.

use std::{sync::Arc, thread};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Error, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use usher_core::ambient::SharedAmbient;

use crate::AccountsError;

/// 19 MiB, two passes, one lane: the OWASP cheat sheet's first choice for a server that also does other things.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and checks passwords. Clones share the line.
#[derive(Debug, Clone)]
pub struct Hasher {
    ambient: SharedAmbient,
    permits: Arc<Semaphore>,
}

impl Hasher {
    /// One permit for each core.
    pub fn new(ambient: SharedAmbient) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self { ambient, permits: Arc::new(Semaphore::new(cores)) }
    }

    /// The hash in PHC format, with a salt of its own.
    pub async fn hash(&self, password: &SecretString) -> Result<String, AccountsError> {
        let (password, salt) = (password.clone(), self.ambient.random().to_le_bytes());
        self.run(move || hash(&password, &salt).map(|hash| hash.to_string())).await
    }

    /// Whether the password is the one that was hashed. Without a hash the same work is done for nothing, so that the
    /// time of the answer does not tell whether there is an account.
    pub async fn matches(&self, password: &SecretString, stored: Option<String>) -> Result<bool, AccountsError> {
        let password = password.clone();
        self.run(move || match stored {
            Some(stored) => {
                match argon2()?.verify_password(password.expose_secret().as_bytes(), &PasswordHash::new(&stored)?) {
                    Ok(()) => Ok(true),
                    Err(Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(error),
                }
            }
            None => hash(&password, &[0; 16]).map(|_| false),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, AccountsError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| AccountsError::ShuttingDown)?;
        // The permit goes with the work: a caller that leaves does not make room before the core is free.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.map_err(|_| AccountsError::ShuttingDown)?.map_err(AccountsError::Hashing)
    }
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &SecretString, salt: &[u8; 16]) -> Result<PasswordHash, Error> {
    argon2()?.hash_password_with_salt(password.expose_secret().as_bytes(), salt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;
    use usher_core::ambient::Scripted;

    #[tokio::test]
    async fn a_hash_names_its_cost_and_knows_its_password() {
        let hasher = Hasher::new(Arc::new(Scripted::new(OffsetDateTime::UNIX_EPOCH, 1)));
        let password = SecretString::from("popcorn and a seat in row F");
        let first = hasher.hash(&password).await.unwrap();
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, hasher.hash(&password).await.unwrap(), "each hash has a salt of its own");
        assert!(hasher.matches(&password, Some(first.clone())).await.unwrap());
        assert!(!hasher.matches(&SecretString::from("popcorn"), Some(first)).await.unwrap());
        assert!(!hasher.matches(&password, None).await.unwrap());
        assert!(matches!(hasher.matches(&password, Some("?".into())).await, Err(AccountsError::Hashing(_))));
    }
}
