//! Accounts to try things out with: one of each role, with a password that everybody knows.
//!
//! Made only when asked for: never on a database that real people use.

use secrecy::SecretString;

use crate::{Accounts, AccountsError, Role, mail::MailAddress, user};

/// The password of all of them.
pub const PASSWORD: &str = "usher-demo";

/// Mail address, name and role of each.
pub const PEOPLE: [(&str, &str, Role); 5] = [
    ("customer@usher.test", "Clara Customer", Role::Customer),
    ("viewer@usher.test", "Vera Viewer", Role::Viewer),
    ("operator@usher.test", "Otto Operator", Role::Operator),
    ("approver@usher.test", "Petra Approver", Role::RefundApprover),
    ("admin@usher.test", "Ada Admin", Role::Admin),
];

impl Accounts {
    /// Makes the demo accounts that do not exist yet, changes none that does, and tells how many it made.
    pub async fn ensure_demo(&self) -> Result<usize, AccountsError> {
        let password = SecretString::from(PASSWORD);
        let mut made = 0;
        for (mail, name, role) in PEOPLE {
            let Ok(mail) = mail.parse::<MailAddress>() else { continue }; // All of them parse; a test says so.
            // Asking first saves the hash on every start but the first.
            if user::credentials(&self.pool, &mail).await?.is_none() {
                made += usize::from(self.create(mail, &password, name, role).await?.is_some());
            }
        }
        Ok(made)
    }
}
