//! The keys that sign access tokens.
//!
//! They live in the database, so that every process signs with the same one and accepts what another signed. The first
//! process that needs a key makes it, under a lock and a unique index. A rotation makes the next key and retires the
//! present one, which goes on verifying until the last token it can have signed has expired. Each process looks again
//! when what it knows is a minute old, and at once when a token names a key that it does not know.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::{
    digest,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, PgPool};
use time::{Duration, OffsetDateTime};
use usher_core::ambient::{Ambient, SharedAmbient};

use crate::{AccountsError, access_token};

/// How long a process trusts what it has read: a rotation is known everywhere within this time.
const FRESH: Duration = Duration::seconds(60);

/// How often tokens with unknown keys make us look again: they cost a stranger nothing, and us a query.
const LOOK_AGAIN: Duration = Duration::seconds(1);

/// How long a retired key still verifies: a process may sign with it until it looks again, and that token lives on.
const OVERLAP: Duration = access_token::LIFE.saturating_add(FRESH).saturating_add(FRESH);

/// Any number, as long as it is only ours: it keeps two processes from making a key at once.
const LOCK: i64 = 0x7573_6865_725f_6b65;

/// The keys as one process knows them. Clones share them.
#[derive(Clone)]
pub struct Keys {
    pool: PgPool,
    ambient: SharedAmbient,
    known: Arc<RwLock<Option<Arc<KeySet>>>>,
}

/// All keys that may verify, the one that signs first.
pub(crate) struct KeySet {
    pub(crate) active: SigningKey,
    retired: Vec<SigningKey>,
    read_at: OffsetDateTime,
}

/// One key, ready for use.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) encoding: EncodingKey,
    pub(crate) decoding: DecodingKey,
    public: String,
}

impl Keys {
    pub(crate) fn new(pool: PgPool, ambient: SharedAmbient) -> Self {
        Self { pool, ambient, known: Arc::default() }
    }

    /// The keys, at most a minute old; older ones when the database is away.
    pub(crate) async fn current(&self) -> Result<Arc<KeySet>, AccountsError> {
        self.not_older_than(FRESH).await
    }

    /// The keys for a token whose key is not among those of [`current`](Self::current).
    pub(crate) async fn look_again(&self) -> Result<Arc<KeySet>, AccountsError> {
        self.not_older_than(LOOK_AGAIN).await
    }

    async fn not_older_than(&self, age: Duration) -> Result<Arc<KeySet>, AccountsError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = self.ambient.now();
        match known {
            Some(known) if now - known.read_at < age => Ok(known),
            known => match (self.read(now).await, known) {
                (Ok(read), _) => Ok(read),
                (Err(error), Some(known)) if error.is_transient() => {
                    tracing::warn!(error = ?error, "signing keys could not be read again, going on with the known ones");
                    Ok(known)
                }
                (Err(error), _) => Err(error),
            },
        }
    }

    async fn read(&self, now: OffsetDateTime) -> Result<Arc<KeySet>, AccountsError> {
        let mut connection = self.pool.acquire().await?;
        let read = match key_set(&mut connection, now).await? {
            Some(read) => read,
            None => self.first(&mut connection, now).await?,
        };
        let read = Arc::new(read);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&read));
        Ok(read)
    }

    /// Makes the first key, unless another process did while we waited for the lock.
    async fn first(&self, connection: &mut PgConnection, now: OffsetDateTime) -> Result<KeySet, AccountsError> {
        let mut transaction = connection.begin().await?;
        lock(&mut transaction).await?;
        if key_set(&mut transaction, now).await?.is_none() {
            make(&mut transaction, &*self.ambient).await?;
        }
        let made = key_set(&mut transaction, now).await?.ok_or(AccountsError::SigningKey)?;
        transaction.commit().await?;
        Ok(made)
    }

    /// Retires the present key and makes the next one.
    pub(crate) async fn rotate(&self) -> Result<(), AccountsError> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        lock(&mut transaction).await?;
        sqlx::query!("UPDATE accounts.signing_keys SET retired_at = $1 WHERE retired_at IS NULL", now)
            .execute(&mut *transaction)
            .await?;
        make(&mut transaction, &*self.ambient).await?;
        transaction.commit().await?;
        self.read(now).await?;
        Ok(())
    }
}

impl KeySet {
    pub(crate) fn find(&self, kid: &str) -> Option<&SigningKey> {
        self.all().find(|key| key.kid == kid)
    }

    /// The public halves as a JSON Web Key Set (RFC 7517, RFC 8037).
    pub(crate) fn jwks(&self) -> Value {
        let keys = self.all().map(|key| {
            json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.kid, "x": key.public })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }

    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.active).chain(&self.retired)
    }
}

async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", LOCK).execute(connection).await?;
    Ok(())
}

async fn key_set(connection: &mut PgConnection, now: OffsetDateTime) -> Result<Option<KeySet>, AccountsError> {
    let rows = sqlx::query!(
        "SELECT pkcs8, retired_at FROM accounts.signing_keys
         WHERE retired_at IS NULL OR retired_at > $1 ORDER BY created_at DESC",
        now - OVERLAP,
    )
    .fetch_all(connection)
    .await?;
    let (mut active, mut retired) = (None, Vec::new());
    for row in rows {
        let key = SigningKey::from_pkcs8(&row.pkcs8)?;
        if row.retired_at.is_none() { active = Some(key) } else { retired.push(key) }
    }
    Ok(active.map(|active| KeySet { active, retired, read_at: now }))
}

async fn make(connection: &mut PgConnection, ambient: &dyn Ambient) -> Result<(), AccountsError> {
    let seed = [ambient.random().to_le_bytes(), ambient.random().to_le_bytes()].concat();
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| AccountsError::SigningKey)?;
    let pkcs8 = pair.to_pkcs8().map_err(|_| AccountsError::SigningKey)?;
    sqlx::query!(
        "INSERT INTO accounts.signing_keys (kid, pkcs8, created_at) VALUES ($1, $2, $3)",
        thumbprint(&public(&pair)),
        pkcs8.as_ref(),
        ambient.now(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl SigningKey {
    fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, AccountsError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| AccountsError::SigningKey)?;
        let public = public(&pair);
        Ok(Self {
            kid: thumbprint(&public),
            encoding: EncodingKey::from_ed_der(pkcs8),
            decoding: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            public,
        })
    }
}

fn public(pair: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key())
}

/// The name of a key that everybody computes alike from its public half (RFC 7638, RFC 8037 appendix A.3).
fn thumbprint(public: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_standards_example() {
        let public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(thumbprint(public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
