//! How a command ends: the exit codes that scripts rely on, and the error that carries one.

use std::{fmt, process::ExitCode};

/// The exit codes. 2 is also what the command line's parser ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It is done.
    Done = 0,
    /// It failed, or what was looked for is wrong.
    Failed = 1,
    /// It was asked for in a way that makes no sense.
    Usage = 2,
    /// Nobody is signed in, or whoever is may not do this.
    NotSignedIn = 3,
    /// There is no such thing.
    NotFound = 4,
    /// The state of the thing does not allow it, or somebody else was faster.
    Conflict = 5,
    /// What was waited for did not come in time.
    TimedOut = 6,
}

impl Exit {
    /// What an answer with this HTTP status comes to.
    pub const fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Done,
            400 | 405 | 415 | 422 => Self::Usage,
            401 | 403 => Self::NotSignedIn,
            404 => Self::NotFound,
            409 | 412 => Self::Conflict,
            408 | 504 => Self::TimedOut,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that says with which code to end.
#[derive(Debug)]
pub struct Ended {
    /// The code.
    pub exit: Exit,
    /// What to tell people.
    pub message: String,
}

impl Ended {
    /// An end with this code, and why.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// The code that an error ends the program with: its own, or 1.
    pub fn code_of(error: &anyhow::Error) -> Exit {
        error.downcast_ref::<Self>().map_or(Exit::Failed, |ended| ended.exit)
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Ended {}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_code_survives_what_is_said_around_it() {
        let ended: anyhow::Result<()> = Err(Ended::new(Exit::Conflict, "somebody was faster").into());
        let error = ended.context("the saga cannot be redriven").unwrap_err();
        assert_eq!(Ended::code_of(&error), Exit::Conflict);
        assert_eq!(Ended::code_of(&anyhow::anyhow!("anything else")), Exit::Failed);
        assert_eq!(Exit::of_status(403), Exit::NotSignedIn);
        assert_eq!(Exit::of_status(503), Exit::Failed);
    }
}
