//! The hash that a definition goes by, wherever it runs.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// SHA-256, in hexadecimal.
pub fn hash(definition: &str) -> String {
    Sha256::digest(definition).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // Writing to a string does not fail.
        text
    })
}
