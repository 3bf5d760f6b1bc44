//! Which passwords are accepted: long enough, and not the mail address.
//!
//! No rule asks for digits or signs, and none asks to change a password: both make people choose worse ones (NIST SP
//! 800-63B, 3.1.1.2).

use secrecy::{ExposeSecret, SecretString};

use crate::mail::MailAddress;

/// Fewer characters are guessed too soon.
const SHORTEST: usize = 8;

/// More help nobody, and hashing them is work that a stranger can ask for.
const LONGEST: usize = 128;

/// Why a password was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than 8 characters.
    #[error("a password takes at least {SHORTEST} characters")]
    TooShort,
    /// More than 128 characters.
    #[error("a password takes at most {LONGEST} characters")]
    TooLong,
    /// The mail address or its mailbox, which others know.
    #[error("the mail address is no password")]
    IsTheMail,
}

/// Checks a password that somebody wants to have from now on.
pub fn check(password: &SecretString, mail: &MailAddress) -> Result<(), Weakness> {
    let password = password.expose_secret();
    let mailbox = mail.as_str().split('@').next().unwrap_or_default();
    match password.chars().count() {
        ..SHORTEST => Err(Weakness::TooShort),
        length if length > LONGEST => Err(Weakness::TooLong),
        _ if [mail.as_str(), mailbox].contains(&password.to_lowercase().as_str()) => Err(Weakness::IsTheMail),
        _ => Ok(()),
    }
}

/// Whether anybody can have this password, before the work of hashing it is done.
pub(crate) fn is_plausible(password: &SecretString) -> bool {
    (SHORTEST..=LONGEST).contains(&password.expose_secret().chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_not_the_mail_address() {
        let mail = "ada.lovelace@usher.test".parse().unwrap();
        let check = |password: &str| check(&SecretString::from(password), &mail);
        assert_eq!(check("1234567"), Err(Weakness::TooShort));
        assert_eq!(check("ää345678"), Ok(()), "characters count, not bytes");
        assert_eq!(check(&"x".repeat(128)), Ok(()));
        assert_eq!(check(&"x".repeat(129)), Err(Weakness::TooLong));
        assert_eq!(check("Ada.Lovelace@Usher.test"), Err(Weakness::IsTheMail));
        assert_eq!(check("ADA.lovelace"), Err(Weakness::IsTheMail));
    }
}
