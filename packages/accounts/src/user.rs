//! People and their roles.

use std::fmt;

use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use time::OffsetDateTime;
use usher_core::ids::UserId;
use usher_database::Failure;

use crate::mail::MailAddress;

/// What somebody may do. Each role may do all that the ones before it may, but for the viewer, who only looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    /// Books seats.
    Customer,
    /// Sees all that operators see, and changes nothing: not even what is a customer's to change.
    Viewer,
    /// Sets stuck sagas right.
    Operator,
    /// Says yes or no to the refunds that need a second person.
    RefundApprover,
    /// Runs the house.
    Admin,
}

/// Somebody with an account. `Debug` shows the id and the role only.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// What everybody else knows of them.
    pub id: UserId,
    /// Where they are reached.
    pub mail: MailAddress,
    /// How they want to be addressed.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When the account was made.
    pub created_at: OffsetDateTime,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

pub(crate) async fn by_id(pool: &PgPool, id: UserId) -> Result<Option<User>, Failure> {
    let row = sqlx::query!(
        r#"SELECT id, mail AS "mail: MailAddress", name, role AS "role: Role", created_at
           FROM accounts.users WHERE id = $1"#,
        id.uuid(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| User {
        id: row.id.into(),
        mail: row.mail,
        name: row.name,
        role: row.role,
        created_at: row.created_at,
    }))
}

/// What signing in has to know: who it is, the stored hash, and the role for the token.
pub(crate) async fn credentials(
    pool: &PgPool,
    mail: &MailAddress,
) -> Result<Option<(UserId, String, Role)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT id, password_hash, role AS "role: Role" FROM accounts.users WHERE mail = $1"#,
        mail.as_str(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| (row.id.into(), row.password_hash, row.role)))
}
