//! A mail address as an account is known by it.
//!
//! Only the shape is checked: whether somebody reads it, nobody can tell but the mailbox. It does not print: see `Debug`.

use std::{fmt, str::FromStr};

/// The longest address that mail servers accept (RFC 5321, 4.5.3.1.3, without the angle brackets).
const LONGEST: usize = 254;

/// The longest part before the `@` (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// An address in lower case with a mailbox, one `@` and a domain that has a dot.
#[derive(Clone, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct MailAddress(String);

/// A text that is no mail address. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a mail address")]
pub struct InvalidMail;

impl MailAddress {
    /// The address itself, for the one who writes to it or shows it to its owner.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MailAddress {
    type Err = InvalidMail;

    fn from_str(text: &str) -> Result<Self, InvalidMail> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.split_once('@').ok_or(InvalidMail)?;
        let dotted = |part: &str| part.split('.').all(|label| !label.is_empty());
        let local_part = (1..=LONGEST_LOCAL).contains(&local.len())
            && dotted(local)
            && local.chars().all(|c| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c));
        let domain_part = domain.contains('.')
            && dotted(domain)
            && domain.split('.').all(|label| !label.starts_with('-') && !label.ends_with('-'))
            && domain.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-');
        if local_part && domain_part && text.len() <= LONGEST { Ok(Self(text)) } else { Err(InvalidMail) }
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_one_address_however_it_is_typed() {
        let address: MailAddress = "  Ada.Lovelace+Cinema@Usher.Test ".parse().unwrap();
        assert_eq!(address.as_str(), "ada.lovelace+cinema@usher.test");
        for text in ["jörg@kino.example", "o'neill@usher.test", "a@b.co"] {
            assert!(text.parse::<MailAddress>().is_ok(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        let long = format!("{}@usher.test", "a".repeat(65));
        let texts = [
            "",
            "@",
            "ada",
            "ada@",
            "@usher.test",
            "ada@usher",
            "ada@@usher.test",
            "ada@usher..test",
            ".ada@usher.test",
            "ada@-usher.test",
            "ada lovelace@usher.test",
            "ada@usher.test\r\nBcc: all@usher.test",
            long.as_str(),
        ];
        for text in texts {
            assert_eq!(text.parse::<MailAddress>(), Err(InvalidMail), "{text}");
        }
    }

    #[test]
    fn an_address_does_not_print() {
        let address: MailAddress = "ada@usher.test".parse().unwrap();
        assert_eq!(format!("{address:?}"), "MailAddress([REDACTED])");
    }
}
