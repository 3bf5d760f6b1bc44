//! People.

pub(crate) mod me;

use serde::Serialize;
use time::OffsetDateTime;
use usher_accounts::Role;
use usher_core::ids::UserId;
use utoipa::ToSchema;

/// Somebody with an account, as they see themselves.
#[derive(Serialize, ToSchema)]
pub(crate) struct User {
    #[schema(value_type = String, example = "usr_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: UserId,
    email: String,
    name: String,
    #[schema(value_type = String, pattern = "^(customer|operator|admin)$", example = "customer")]
    role: Role,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

impl From<usher_accounts::User> for User {
    fn from(user: usher_accounts::User) -> Self {
        Self {
            id: user.id,
            email: user.mail.as_str().to_owned(),
            name: user.name,
            role: user.role,
            created_at: user.created_at,
        }
    }
}
