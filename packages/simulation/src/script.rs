//! What the work of a step comes to. It depends on the message and on nothing else, as an idempotent worker's does, so
//! the reference knows it without having been there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// How the work of a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It succeeds.
    Succeeds,
    /// It fails, always.
    Fails {
        /// Under this name.
        error: &'static str,
    },
    /// It fails so many times and then succeeds.
    Flaky {
        /// How often.
        times: u8,
        /// Under which name.
        error: &'static str,
    },
    /// It takes its time, showing that it lives, and succeeds.
    Slow {
        /// How long.
        seconds: u8,
    },
    /// Nobody ever answers.
    Silent,
}

/// What a worker has to say in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Success(Value),
    Failure { error: String, cause: String },
}

/// The moods of all steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Script(BTreeMap<String, Mood>);

impl Script {
    pub fn new(moods: impl IntoIterator<Item = (String, Mood)>) -> Self {
        Self(moods.into_iter().collect())
    }

    /// What the worker of this message says in the end; nothing when it stays silent.
    pub fn answer(&self, message: &Value) -> Option<Answer> {
        let (step, attempt) = (step(message), message["attempt"].as_u64().unwrap_or_default());
        let failure = |error: &str| Answer::Failure { error: error.to_owned(), cause: format!("{step} said so") };
        match self.mood(message) {
            Mood::Silent => None,
            Mood::Fails { error } => Some(failure(error)),
            Mood::Flaky { times, error } if attempt < u64::from(times) => Some(failure(error)),
            Mood::Succeeds | Mood::Flaky { .. } | Mood::Slow { .. } => {
                // The sagas of the house look for the outcome when they go back.
                Some(Answer::Success(json!({ "done": step, "outcome": "rejected" })))
            }
        }
    }

    /// How many seconds the work takes.
    pub fn seconds(&self, message: &Value) -> u8 {
        match self.mood(message) {
            Mood::Slow { seconds } => seconds,
            _ => 0,
        }
    }

    fn mood(&self, message: &Value) -> Mood {
        self.0.get(step(message)).copied().unwrap_or(Mood::Succeeds)
    }
}

/// The step that a message is for.
pub(crate) fn step(message: &Value) -> &str {
    message["step"].as_str().unwrap_or_default()
}
