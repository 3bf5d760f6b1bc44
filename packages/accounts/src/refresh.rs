//! Refresh tokens: how a client stays signed in after its access token has ended.
//!
//! A token is 256 random bits and known here by its hash. Each use exchanges it for the next one of its family. A token
//! that comes back after its exchange is in two hands, and nobody can tell whose: the whole family is revoked, and the
//! person signs in again (RFC 9700, 4.14.2). One thing looks the same and is innocent: an answer that got lost on the way,
//! and a client that asks again. So within ten seconds a token may be exchanged once more.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;
use time::Duration;
use usher_core::ids::UserId;
use usher_database::Failure;
use uuid::Uuid;

use crate::{Accounts, AccountsError, Role, Tokens, access_token};

/// How long a token waits for its use. Each exchange starts anew: whoever comes once a month stays signed in.
pub const LIFE: Duration = Duration::days(30);

/// How long after its first exchange a token may be exchanged a second time.
const GRACE: Duration = Duration::seconds(10);

/// Why a refresh token was not exchanged. To a client all but the last mean: sign in again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RefreshRefused {
    /// Nobody was given this token, or it is long forgotten.
    #[error("this is not a refresh token")]
    Unknown,
    /// It was not used in time.
    #[error("the refresh token has expired")]
    Expired,
    /// Its family was signed out, or revoked because one of its tokens was used again.
    #[error("the refresh token was revoked")]
    Revoked,
    /// It was exchanged before; its family is revoked now.
    #[error("the refresh token was used before, so everything that follows from it was revoked")]
    Reused,
    /// It could not be looked up, and was not used up.
    #[error(transparent)]
    Failed(#[from] AccountsError),
}

impl From<sqlx::Error> for RefreshRefused {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Accounts {
    /// Exchanges the token for the next pair. The role is read anew, so a change shows here.
    pub async fn refresh(&self, token: &SecretString) -> Result<Tokens, RefreshRefused> {
        let now = self.ambient.now();
        let hash = hash(token);
        let keys = self.keys.current().await?; // Before the transaction: it may need a connection of its own.
        let mut transaction = self.pool.begin().await?;
        // Both rows are locked: of two exchanges at once, the second sees what the first did.
        let found = sqlx::query!(
            r#"SELECT token.family_id, token.issued_at, token.rotated_at, token.rotations, family.revoked_at,
                      person.id AS user_id, person.role AS "role: Role"
               FROM accounts.refresh_tokens token
               JOIN accounts.refresh_families family ON family.id = token.family_id
               JOIN accounts.users person ON person.id = family.user_id
               WHERE token.hash = $1
               FOR UPDATE OF token, family"#,
            &hash,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(RefreshRefused::Unknown)?;
        if found.revoked_at.is_some() {
            return Err(RefreshRefused::Revoked);
        }
        if found.issued_at + LIFE <= now {
            return Err(RefreshRefused::Expired);
        }
        let used_up = found.rotated_at.is_some_and(|first| found.rotations > 1 || now - first > GRACE);
        if used_up {
            sqlx::query!("UPDATE accounts.refresh_families SET revoked_at = $2 WHERE id = $1", found.family_id, now)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            tracing::warn!(user.id = %UserId::from(found.user_id), "a refresh token was used again, its family is revoked");
            return Err(RefreshRefused::Reused);
        }
        let user = found.user_id.into();
        let access_token = self.sign(&keys.active, user, found.role)?;
        let refresh_token = self.random_token();
        self.rotate(&mut transaction, found.family_id, &hash, &refresh_token).await?;
        transaction.commit().await?;
        Ok(Tokens { access_token, refresh_token, expires_in: access_token::LIFE })
    }

    /// Ends the sign-in that this token goes back to. A token that nobody knows is as good as signed out.
    pub async fn sign_out(&self, token: &SecretString) -> Result<(), Failure> {
        sqlx::query!(
            "UPDATE accounts.refresh_families SET revoked_at = $2
             WHERE revoked_at IS NULL AND id = (SELECT family_id FROM accounts.refresh_tokens WHERE hash = $1)",
            &hash(token),
            self.ambient.now(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets sign-ins whose last token has expired, at most `limit`, and tells how many.
    pub async fn prune(&self, limit: i64) -> Result<u64, Failure> {
        let pruned = sqlx::query!(
            "DELETE FROM accounts.refresh_families
             WHERE id IN (SELECT id FROM accounts.refresh_families WHERE expires_at <= $1 LIMIT $2)",
            self.ambient.now(),
            limit,
        );
        Ok(pruned.execute(&self.pool).await?.rows_affected())
    }

    /// Starts a family and answers its first token.
    pub(crate) async fn begin_family(&self, user: UserId) -> Result<SecretString, sqlx::Error> {
        let now = self.ambient.now();
        let token = self.random_token();
        sqlx::query!(
            "WITH family AS (
               INSERT INTO accounts.refresh_families (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
             )
             INSERT INTO accounts.refresh_tokens (hash, family_id, issued_at) VALUES ($5, $1, $3)",
            Uuid::from_u128(self.ambient.random()),
            user.uuid(),
            now,
            now + LIFE,
            &hash(&token),
        )
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    async fn rotate(
        &self,
        connection: &mut PgConnection,
        family: Uuid,
        old: &[u8],
        new: &SecretString,
    ) -> Result<(), sqlx::Error> {
        let now = self.ambient.now();
        sqlx::query!(
            "WITH used AS (
               UPDATE accounts.refresh_tokens SET rotations = rotations + 1, rotated_at = coalesce(rotated_at, $3) WHERE hash = $1
             ), prolonged AS (
               UPDATE accounts.refresh_families SET expires_at = $4 WHERE id = $5
             )
             INSERT INTO accounts.refresh_tokens (hash, family_id, issued_at) VALUES ($2, $5, $3)",
            old,
            &hash(new),
            now,
            now + LIFE,
            family,
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    fn random_token(&self) -> SecretString {
        let bits = [self.ambient.random().to_le_bytes(), self.ambient.random().to_le_bytes()].concat();
        URL_SAFE_NO_PAD.encode(bits).into()
    }
}

fn hash(token: &SecretString) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.expose_secret().as_bytes()).as_ref().to_vec()
}
