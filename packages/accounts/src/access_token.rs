//! Access tokens: short-lived JWTs that say who somebody is and what they may do.
//!
//! Signed with Ed25519 and nothing else: a token whose header names another algorithm is refused before its signature is
//! looked at (RFC 8725, 3.1). Checking a signature takes some 50 microseconds, and a client sends the same token with
//! each request, so a verified one is remembered until it ends.

use aws_lc_rs::digest;
use jsonwebtoken::{Algorithm, Header, Validation};
use moka::sync::Cache;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Duration;
use usher_core::ids::UserId;
use uuid::Uuid;

use crate::{Accounts, AccountsError, Role, keys::SigningKey};

/// How long a token lives. A role that was taken away works this long at most.
pub const LIFE: Duration = Duration::minutes(15);

/// Who signs.
const ISSUER: &str = "usher";

/// For whom.
const AUDIENCE: &str = "usher-api";

/// What tells an access token from any other JWT (RFC 9068, 2.1).
const TYPE: &str = "at+jwt";

/// Tokens remembered at once: some 15 MB when full, and then the least used go first.
const REMEMBERED: u64 = 100_000;

/// Ours have some 400 characters; what is much longer is not worth decoding.
const LONGEST: usize = 2048;

/// Who sends a request, as the token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// Who it is.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
}

/// Why a token was not believed. It never repeats the token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenRefused {
    /// Not a JWT, or one without the parts of an access token.
    #[error("this is not an access token")]
    Malformed,
    /// Signed by somebody else, or with another algorithm, or meant for somebody else.
    #[error("the access token was not issued by us for this service")]
    Forged,
    /// Its life is over.
    #[error("the access token has expired")]
    Expired,
    /// It could not be checked; nothing is known of the token.
    #[error(transparent)]
    Failed(#[from] AccountsError),
}

/// What is remembered of a token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verified {
    principal: Principal,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    role: Role,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

pub(crate) fn cache() -> Cache<[u8; 32], Verified> {
    Cache::builder().max_capacity(REMEMBERED).time_to_live(LIFE.unsigned_abs()).build()
}

impl Accounts {
    /// Who sent this token. Called with each request: one that was verified before is answered from memory.
    pub async fn verify(&self, token: &str) -> Result<Principal, TokenRefused> {
        let mut key = [0; 32];
        key.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        let verified = if let Some(verified) = self.verified.get(&key) {
            verified
        } else {
            let verified = self.check(token).await?;
            self.verified.insert(key, verified);
            verified
        };
        if verified.expires_at <= self.ambient.now().unix_timestamp() {
            return Err(TokenRefused::Expired);
        }
        Ok(verified.principal)
    }

    /// The public keys, for whoever wants to check a token: retired ones too, as long as their tokens live.
    pub async fn jwks(&self) -> Result<Value, AccountsError> {
        Ok(self.keys.current().await?.jwks())
    }

    /// Makes a new signing key. Tokens of the present one live on to their end; every process follows within a minute.
    pub async fn rotate_signing_key(&self) -> Result<(), AccountsError> {
        self.keys.rotate().await
    }

    /// Signs without touching the database: the caller may have a transaction open.
    pub(crate) fn sign(&self, key: &SigningKey, user: UserId, role: Role) -> Result<SecretString, AccountsError> {
        let now = self.ambient.now();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            role,
            iat: now.unix_timestamp(),
            exp: (now + LIFE).unix_timestamp(),
            jti: Uuid::from_u128(self.ambient.random()),
        };
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.encoding)
            .map(SecretString::from)
            .map_err(|_| AccountsError::SigningKey)
    }

    async fn check(&self, token: &str) -> Result<Verified, TokenRefused> {
        if token.len() > LONGEST {
            return Err(TokenRefused::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRefused::Malformed)?;
        if header.alg != Algorithm::EdDSA || !header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
            return Err(TokenRefused::Forged);
        }
        let kid = header.kid.ok_or(TokenRefused::Malformed)?;
        let mut keys = self.keys.current().await?;
        if keys.find(&kid).is_none() {
            keys = self.keys.look_again().await?; // Another process may have rotated a moment ago.
        }
        let key = keys.find(&kid).ok_or(TokenRefused::Forged)?;
        let Claims { sub, role, iat, exp, .. } =
            jsonwebtoken::decode(token, &key.decoding, &validation()).map_err(|_| TokenRefused::Forged)?.claims;
        if exp.saturating_sub(iat) > LIFE.whole_seconds() {
            return Err(TokenRefused::Forged); // We sign none that live longer.
        }
        Ok(Verified { principal: Principal { user: sub, role }, expires_at: exp })
    }
}

/// Algorithm, issuer and audience are pinned; the end is checked by [`Accounts::verify`], which asks the ambient for the
/// time where the library would ask the machine.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation
}
