//! What travels instead of a large body.
//!
//! `{"claim_check": {"sha256": "9f86...", "bytes": 204800}}`. The reference of an event keeps the event's envelope beside
//! that, all but its data, so that consumers, filters and people can tell what it is about without fetching anything.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// No reference is longer: an envelope is a few hundred bytes. What is longer need not be read to know that it is none.
const LONGEST: usize = 4096;

/// The member that makes a body a reference.
const MEMBER: &str = "claim_check";

/// Where a body is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reference {
    /// Of the body, in hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: usize,
}

impl Reference {
    /// The reference to a body.
    pub fn to(body: &str) -> Self {
        let digest = Sha256::digest(body);
        let sha256 = digest.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}"); // Writing to a string cannot fail.
            text
        });
        Self { sha256, bytes: body.len() }
    }

    /// The reference that a body is, if it is one.
    pub fn of(body: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Travelling {
            claim_check: Reference,
        }
        if body.len() > LONGEST || !body.contains(MEMBER) {
            return None;
        }
        serde_json::from_str(body).ok().map(|Travelling { claim_check }| claim_check)
    }

    /// The digest as the database has it; nothing when the text is no digest.
    pub fn digest(&self) -> Option<Vec<u8>> {
        let pairs = (0..self.sha256.len()).step_by(2);
        let bytes: Option<Vec<u8>> =
            pairs.map(|at| u8::from_str_radix(self.sha256.get(at..at + 2)?, 16).ok()).collect();
        bytes.filter(|bytes| bytes.len() == 32)
    }

    /// The body that travels, with the members of `around`.
    pub fn travelling(&self, around: Map<String, Value>) -> Value {
        let mut members = around;
        members.insert(MEMBER.to_owned(), serde_json::json!(self));
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_told_from_what_merely_speaks_of_one() {
        let reference = Reference::to("large");
        assert_eq!(reference.sha256, "d35c416a85b807e9b5384915d6ebb4a9f7352713efd89857b45a242f473728a9");
        let body = reference.travelling(Map::new()).to_string();
        assert_eq!(Reference::of(&body), Some(reference.clone()));
        assert_eq!(reference.digest().map(|digest| digest.len()), Some(32));
        for body in ["", "claim_check", r#"{"claim_check": true}"#, r#"{"note": "claim_check"}"#] {
            assert_eq!(Reference::of(body), None, "{body}");
        }
        for sha256 in ["", "9f", "é".repeat(32).as_str(), "zz".repeat(32).as_str()] {
            assert_eq!(Reference { sha256: sha256.to_owned(), bytes: 1 }.digest(), None, "{sha256}");
        }
    }
}
