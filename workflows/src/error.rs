//! How a step fails: three kinds, because the saga can do three things.
//!
//! The names are the error names of the definitions, so that `Retry` and `Catch` read like the sentence they mean.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a step did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Something was away or busy. Nothing is known to be wrong with the request: try again.
    #[error("transient: {0}")]
    Transient(String),
    /// The business says no, and will say so again: go back.
    #[error("rejected as {0}: {1}")]
    Rejected(Reason, String),
    /// Neither success nor failure may be assumed: look it up, then decide.
    #[error("the outcome of the payment is unknown: {0}")]
    Unknown(String),
}

/// The rejections that a definition can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// Somebody else has one of the seats.
    SeatUnavailable,
    /// The hold ended, and the seats could not be had again.
    HoldExpired,
    /// The provider said no.
    PaymentDeclined,
    /// The customer changed their mind while the saga ran.
    BookingCancelled,
    /// The showtime was called off.
    ShowtimeCancelled,
    /// The request makes no sense to the step; no retry will help.
    InvalidRequest,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl StepError {
    /// The error's name in the States Language.
    pub fn name(&self) -> String {
        match self {
            Self::Transient(_) => "Usher.Transient".to_owned(),
            Self::Rejected(reason, _) => reason.to_string(),
            Self::Unknown(_) => "PaymentOutcomeUnknown".to_owned(),
        }
    }

    /// What happened, in a sentence that carries no personal data.
    pub fn cause(&self) -> &str {
        match self {
            Self::Transient(cause) | Self::Rejected(_, cause) | Self::Unknown(cause) => cause,
        }
    }
}
