//! The names of things in an account: every name begins with the program and the stage, so that a trial, a test and the
//! product can share an account, and each can be removed without the others.

use std::{fmt, str::FromStr};

/// Which of the installations in an account this is: `dev`, `prod`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stage(String);

/// A name that is no stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the name of a stage: 1 to 20 lower-case letters, digits and hyphens")]
pub struct StageError(String);

impl FromStr for Stage {
    type Err = StageError;

    fn from_str(text: &str) -> Result<Self, StageError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        // Names of queues and state machines have 80 characters, and the longest of ours needs half of them.
        let valid = (1..=20).contains(&text.len()) && text.bytes().all(fits);
        valid.then(|| Self(text.to_owned())).ok_or_else(|| StageError(text.to_owned()))
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Stage {
    /// What the names of everything in this stage begin with.
    pub fn prefix(&self) -> String {
        format!("usher-{self}-")
    }

    /// The queue or topic of this name: `usher-dev-reserve-seats`.
    pub fn name(&self, name: &str) -> String {
        format!("usher-{self}-{name}")
    }

    /// The dead-letter queue of a queue: `usher-dev-reserve-seats-dead`.
    pub fn dead(&self, queue: &str) -> String {
        format!("usher-{self}-{queue}-dead")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_program_and_stage() {
        let stage: Stage = "dev".parse().unwrap();
        assert_eq!(stage.name("reserve-seats"), "usher-dev-reserve-seats");
        assert_eq!(stage.dead("reserve-seats"), "usher-dev-reserve-seats-dead");
        assert!(stage.dead("reserve-seats").starts_with(&stage.prefix()));
        for wrong in ["", "Dev", "a stage", "a_b", "aaaaaaaaaaaaaaaaaaaaa"] {
            assert!(wrong.parse::<Stage>().is_err(), "{wrong}");
        }
    }
}
