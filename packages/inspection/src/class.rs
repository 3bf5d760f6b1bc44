//! The classes of trouble, each with its section of the runbook.

use serde::{Deserialize, Serialize};

/// What kind of trouble it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Requests of a step wait, and nobody takes them.
    NoWorker,
    /// A worker has the request for longer than the step takes.
    SlowStep,
    /// A step fails and is tried again and again.
    RetryLoop,
    /// The payment provider does not give an answer that can be relied on.
    WaitingForProvider,
    /// The engine waits for an answer that nobody can give: the request is gone, or it was answered too late.
    DeadToken,
    /// An undo could not be done; something is not yet taken back.
    UndoFailed,
    /// An execution ended badly elsewhere.
    SagaFailed,
    /// A message that nobody could handle waits for a person.
    DeadLetter,
    /// Timers are due and nobody fires them.
    NoEngine,
    /// The list of sagas is behind the engine.
    ProjectionBehind,
    /// The books and the provider cannot be brought together by a machine.
    Money,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::NoWorker,
        Self::SlowStep,
        Self::RetryLoop,
        Self::WaitingForProvider,
        Self::DeadToken,
        Self::UndoFailed,
        Self::SagaFailed,
        Self::DeadLetter,
        Self::NoEngine,
        Self::ProjectionBehind,
        Self::Money,
    ];

    /// As it is stored and counted.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoWorker => "no_worker",
            Self::SlowStep => "slow_step",
            Self::RetryLoop => "retry_loop",
            Self::WaitingForProvider => "waiting_for_provider",
            Self::DeadToken => "dead_token",
            Self::UndoFailed => "undo_failed",
            Self::SagaFailed => "saga_failed",
            Self::DeadLetter => "dead_letter",
            Self::NoEngine => "no_engine",
            Self::ProjectionBehind => "projection_behind",
            Self::Money => "money",
        }
    }

    /// The section that says what to do.
    pub fn runbook(self) -> String {
        format!("docs/runbook.md#{}", self.as_str().replace('_', "-"))
    }
}

impl std::str::FromStr for Class {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|class| class.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no class: {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_section_in_the_runbook() {
        let runbook = include_str!("../../../docs/runbook.md");
        for class in Class::ALL {
            let title = class.as_str().replace('_', " ");
            let has = runbook.lines().any(|line| line.trim_start_matches('#').trim().eq_ignore_ascii_case(&title));
            assert!(has, "docs/runbook.md has no section `{title}`");
            assert_eq!(class.as_str().parse(), Ok(class));
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
        }
    }
}
