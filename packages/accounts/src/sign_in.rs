//! From mail address and password to tokens.

use secrecy::SecretString;
use time::Duration;
use usher_core::ids::UserId;

use crate::{Accounts, AccountsError, Role, access_token, mail::MailAddress, password, user};

/// What a client gets to act for a person. Neither token prints.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// A signed JWT, sent with each request.
    pub access_token: SecretString,
    /// Opaque; exchanged once for the next pair.
    pub refresh_token: SecretString,
    /// How long the access token lives from now on.
    pub expires_in: Duration,
}

impl Accounts {
    /// Tokens for the person, or `None` when mail address or password are wrong; neither the answer nor its time tells
    /// which.
    pub async fn sign_in(&self, mail: &str, password: &SecretString) -> Result<Option<Tokens>, AccountsError> {
        let found = match mail.parse::<MailAddress>() {
            Ok(mail) if password::is_plausible(password) => user::credentials(&self.pool, &mail).await?,
            _ => None,
        };
        let (who, stored) = found.map(|(id, stored, role)| ((id, role), stored)).unzip();
        let matches = self.hasher.matches(password, stored).await?;
        match who.filter(|_| matches) {
            Some((user, role)) => self.begin(user, role).await.map(Some),
            None => Ok(None),
        }
    }

    async fn begin(&self, user: UserId, role: Role) -> Result<Tokens, AccountsError> {
        let access_token = self.sign(&self.keys.current().await?.active, user, role)?;
        let refresh_token = self.begin_family(user).await?;
        Ok(Tokens { access_token, refresh_token, expires_in: access_token::LIFE })
    }
}
