//! Task tokens: which execution, and 128 bits that only the holder knows.
//!
//! A token leads to its execution without a table of tokens; whether it is the one that waits there, the snapshot says.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

const NONCE: usize = 16;

/// A new token for a task of this execution.
pub(super) fn new(execution_id: &str, nonce: u128) -> String {
    let mut bytes = Vec::with_capacity(NONCE + execution_id.len());
    bytes.extend(nonce.to_le_bytes());
    bytes.extend(execution_id.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The execution that the token claims to be of; `None` when it is no token of ours.
pub(super) fn execution_of(token: &str) -> Option<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let id = String::from_utf8(bytes.get(NONCE..)?.to_vec()).ok()?;
    (!id.is_empty() && !id.contains(char::is_control)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_its_execution() {
        assert_eq!(execution_of(&new("booking:bkg_1", 7)).as_deref(), Some("booking:bkg_1"));
        for junk in ["", "abc", "!!!", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(execution_of(junk), None, "{junk}");
        }
    }
}
