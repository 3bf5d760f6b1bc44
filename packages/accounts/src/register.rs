//! Making an account.

use secrecy::SecretString;
use usher_core::ids::UserId;

use crate::{
    Accounts, AccountsError,
    mail::{InvalidMail, MailAddress},
    password::{self, Weakness},
    user::{Role, User},
};

/// The longest name, in characters: some are long, none is a novel.
const LONGEST_NAME: usize = 100;

/// Why an account was not made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RegisterRefused {
    /// There is an account with this mail address.
    #[error("there is an account with this mail address")]
    MailTaken,
    /// The text is no mail address.
    #[error(transparent)]
    InvalidMail(#[from] InvalidMail),
    /// Empty, longer than 100 characters, or with characters that do not print.
    #[error("a name takes 1 to {LONGEST_NAME} characters that can be printed")]
    InvalidName,
    /// The password is too easy to guess.
    #[error(transparent)]
    WeakPassword(#[from] Weakness),
    /// Nothing was wrong with the request, and nothing was made.
    #[error(transparent)]
    Failed(#[from] AccountsError),
}

impl Accounts {
    /// Makes an account for a customer. Of two requests for one mail address at once, one is refused.
    pub async fn register(&self, mail: &str, password: &SecretString, name: &str) -> Result<User, RegisterRefused> {
        let mail: MailAddress = mail.parse()?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(RegisterRefused::InvalidName);
        }
        password::check(password, &mail)?;
        self.create(mail, password, name, Role::Customer).await?.ok_or(RegisterRefused::MailTaken)
    }

    /// Nothing is made, and `None` answered, when the mail address is taken.
    pub(crate) async fn create(
        &self,
        mail: MailAddress,
        password: &SecretString,
        name: &str,
        role: Role,
    ) -> Result<Option<User>, AccountsError> {
        let password_hash = self.hasher.hash(password).await?;
        let user =
            User { id: UserId::new(&*self.ambient), mail, name: name.to_owned(), role, created_at: self.ambient.now() };
        let inserted = sqlx::query!(
            "INSERT INTO accounts.users (id, mail, name, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT ON CONSTRAINT users_mail_taken DO NOTHING",
            user.id.uuid(),
            user.mail.as_str(),
            user.name,
            password_hash,
            user.role as Role,
            user.created_at,
        )
        .execute(&self.pool)
        .await?;
        Ok((inserted.rows_affected() == 1).then_some(user))
    }
}
