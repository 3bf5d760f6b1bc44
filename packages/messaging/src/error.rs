//! What kept a queue or a topic from doing what it was asked, and what a person can do about it.
//!
//! The caller needs one answer - can the same call succeed later? - and the operator another: what to mend. An adapter
//! sorts what its client library reports into the two kinds, and adds the remedy where it knows one.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use usher_database::Failure;

use crate::queue::{MAX_BODY, MAX_DELAY};

/// A call that did not come to an answer. Cheap to clone: a batch shares one.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MessagingError {
    /// Away, overloaded, restarting, or waiting for somebody to grant access: the same call can succeed later.
    #[error("messaging is unavailable: {0}")]
    Unavailable(Trouble),
    /// The call can never succeed as it is.
    #[error("messaging refused: {0}")]
    Refused(Trouble),
    /// The process is draining and takes no new work.
    #[error("the process is shutting down")]
    ShuttingDown,
}

impl MessagingError {
    /// Whether trying again can help.
    pub const fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// A delay that no adapter keeps.
    pub fn delayed_too_long(delay: Duration) -> Self {
        Self::Refused(Trouble::new(format!("a delay of {delay:?} is longer than {MAX_DELAY:?}")))
    }

    /// A body that no adapter carries.
    pub fn oversize(bytes: usize) -> Self {
        Self::Refused(
            Trouble::new(format!("a message of {bytes} bytes is larger than {MAX_BODY}"))
                .remedy("send a reference to what is large, and not the thing itself"),
        )
    }
}

/// What happened: in words, with what a person can do, and what was reported from below.
#[derive(Debug, Clone)]
pub struct Trouble {
    what: String,
    remedy: Option<&'static str>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Trouble {
    /// What happened, in words of ours.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: None, source: None }
    }

    /// What a person can do about it.
    #[must_use]
    pub const fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// What was reported from below.
    #[must_use]
    pub fn because(mut self, source: Arc<impl Error + Send + Sync + 'static>) -> Self {
        self.source = Some(source);
        self
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let mut below: Option<&dyn Error> = self.source.as_deref().map(|error| error as &dyn Error);
        while let Some(error) = below {
            write!(f, ": {error}")?;
            below = error.source();
        }
        self.remedy.map_or(Ok(()), |remedy| write!(f, " ({remedy})"))
    }
}

impl From<Failure> for MessagingError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(error) => {
                Self::Unavailable(Trouble::new("the database of the queues is unavailable").because(error))
            }
            Failure::Refused(error) => {
                Self::Refused(Trouble::new("the database of the queues refused the statement").because(error))
            }
            Failure::ShuttingDown => Self::ShuttingDown,
        }
    }
}

impl From<sqlx::Error> for MessagingError {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_tells_what_why_and_what_to_do() {
        let below = std::io::Error::other("connection refused");
        let trouble = Trouble::new("the broker is away").because(Arc::new(below));
        let error = MessagingError::Unavailable(trouble.remedy("start it"));
        assert_eq!(error.to_string(), "messaging is unavailable: the broker is away: connection refused (start it)");
        assert!(error.is_transient() && !MessagingError::oversize(262_145).is_transient());
    }
}
