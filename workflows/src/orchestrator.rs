//! The port to whoever runs the state machines: the embedded engine, or Step Functions.
//!
//! Promises that hold after each call, for every adapter:
//!
//! - [`start`](Orchestrator::start) is idempotent by saga and name. When it returns, the execution is durable; calling it
//!   again, before or after the execution ended, starts nothing.
//! - [`succeed`](Orchestrator::succeed) and [`fail`](Orchestrator::fail) return once the answer is durable: only then may
//!   the message that carried the token be acknowledged. An answer that no longer counts is [`OrchestratorError::TokenDead`]:
//!   the attempt timed out, was answered, or its execution ended. The effect is then settled by the retry or the undo.
//! - A crash between any two calls loses nothing: what was not answered is delivered again or times out.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    delivery::{Delivered, Delivery},
    envelope::{Envelope, TaskToken},
    error::StepError,
    query::{Found, Search},
    step::STEPS,
};

/// Starts, watches and answers executions.
#[async_trait]
pub trait Orchestrator: Send + Sync {
    /// Makes sure that there is an execution of `saga` with this name.
    async fn start(&self, saga: &str, name: &str, input: Value) -> Result<(), OrchestratorError>;

    /// Completes the task that waits with this token.
    async fn succeed(&self, token: &TaskToken, output: Value) -> Result<(), OrchestratorError>;

    /// Fails the attempt that waits with this token; the definition decides what follows.
    async fn fail(&self, token: &TaskToken, error: &StepError) -> Result<(), OrchestratorError>;

    /// Notes that a worker was given this request, and with it where its execution stands. Waits for nothing and promises
    /// nothing: it feeds lists where the engine has none of its own that are good enough.
    fn observe(&self, _envelope: &Envelope) {}

    /// Tells that the worker lives; puts the heartbeat's deadline off.
    async fn heartbeat(&self, token: &TaskToken) -> Result<(), OrchestratorError>;

    /// Ends a running execution as ABORTED, without undo.
    async fn stop(&self, saga: &str, name: &str, error: &str, cause: &str) -> Result<(), OrchestratorError>;

    /// Goes on from the state in which an execution failed, timed out or was aborted.
    async fn redrive(&self, saga: &str, name: &str) -> Result<(), OrchestratorError>;

    /// One execution, or nothing under this name.
    async fn describe(&self, saga: &str, name: &str) -> Result<Option<Execution>, OrchestratorError>;

    /// Executions, newest first.
    async fn list(&self, filter: &Filter) -> Result<Page, OrchestratorError>;

    /// What happened in an execution, oldest first, as AWS names the events; nothing when there is no such execution.
    async fn history(&self, saga: &str, name: &str) -> Result<Vec<Value>, OrchestratorError>;

    /// Notes what became of a request that a worker was given. Waits for nothing and promises nothing: it feeds what people
    /// read of an execution, and is lost with its process.
    fn delivered(&self, _delivered: Delivered) {}

    /// What workers were given of an execution's requests, oldest first, as far as it was noted.
    async fn deliveries(&self, _saga: &str, _name: &str) -> Result<Vec<Delivery>, OrchestratorError> {
        Ok(Vec::new())
    }

    /// Executions that are looked for, from the list beside the engine; it may be a moment behind.
    async fn find(&self, _search: &Search) -> Result<Found, OrchestratorError> {
        Err(OrchestratorError::Refused("this engine has no list that can be searched".to_owned()))
    }

    /// Executions that met an error, by step, error and definition, the most frequent first. Only those that began since.
    async fn errors(&self, _since: OffsetDateTime) -> Result<Vec<ErrorGroup>, OrchestratorError> {
        Err(OrchestratorError::Refused("this engine has no list that can be searched".to_owned()))
    }

    /// Whether somebody waits for an answer with this token. Asking changes nothing.
    async fn is_awaited(&self, envelope: &Envelope) -> Result<bool, OrchestratorError> {
        let execution = self.describe(&envelope.saga, &envelope.name).await?;
        Ok(execution.is_some_and(|execution| execution.awaits(envelope)))
    }

    /// The definition that an execution began with, where the engine keeps it.
    async fn definition(&self, _saga: &str, _name: &str) -> Result<Option<String>, OrchestratorError> {
        Ok(None)
    }

    /// How long a start that came now would wait for its turn. Whoever takes orders sheds them while that is long, before
    /// promising what could not be begun. Zero where nothing but the machine limits starts.
    fn start_delay(&self) -> Duration {
        Duration::ZERO
    }
}

/// Where an execution stands, in the words of Step Functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Goes on, or waits.
    Running,
    /// Ended in a business outcome.
    Succeeded,
    /// A person is needed.
    Failed,
    /// Ran longer than the definition allows; a person is needed.
    TimedOut,
    /// Was stopped by a person.
    Aborted,
}

impl Status {
    /// As it is written in JSON and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }
}

impl std::str::FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a status"))
    }
}

/// One execution as operators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// Its id (ARN on AWS).
    pub id: String,
    /// Which saga.
    pub saga: String,
    /// Its name: the booking's or the cancellation's id.
    pub name: String,
    /// Where it stands.
    pub status: Status,
    /// The state or states it is in; empty once it ended well.
    pub states: Vec<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub stopped_at: Option<OffsetDateTime>,
    /// What it began with.
    pub input: Value,
    /// What it ended with.
    pub output: Option<Value>,
    /// The name of the error it ended with.
    pub error: Option<String>,
    /// And the story behind it.
    pub cause: Option<String>,
}

impl Execution {
    /// Whether it stands in the state of a request's step. An attempt that was given up for another one of the same state is
    /// not told apart by this.
    pub fn awaits(&self, envelope: &Envelope) -> bool {
        let state = STEPS.iter().find(|step| step.name == envelope.step).map(|step| step.state);
        self.status == Status::Running && self.states.iter().any(|stands| Some(stands.as_str()) == state)
    }
}

/// Executions that met the same error in the same state of the same definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorGroup {
    /// Which saga.
    pub saga: String,
    /// The state that met it.
    pub state: Option<String>,
    /// The error's name.
    pub error: String,
    /// The hash of the definition, where the engine tells.
    pub version: Option<String>,
    /// When that definition was first deployed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub deployed_at: Option<OffsetDateTime>,
    /// How many executions.
    pub count: i64,
    /// How many of them wait for a person.
    pub unhappy: i64,
    /// When the first of them began.
    #[serde(with = "time::serde::rfc3339")]
    pub first_at: OffsetDateTime,
    /// When the last of them began.
    #[serde(with = "time::serde::rfc3339")]
    pub last_at: OffsetDateTime,
    /// One of them.
    pub example: String,
}

/// Which executions to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this saga.
    pub saga: Option<String>,
    /// Only in this status.
    pub status: Option<Status>,
    /// Only those that stand in this state.
    pub state: Option<String>,
    /// Only those that began before this moment.
    pub started_before: Option<OffsetDateTime>,
    /// Only those of this booking, its cancellation included.
    pub booking: Option<String>,
    /// Only those of bookings for this showtime.
    pub showtime: Option<String>,
    /// Only those that charged or refunded this payment.
    pub payment: Option<String>,
    /// Go on where the last page ended.
    pub cursor: Option<String>,
    /// At most this many; 0 means 50.
    pub limit: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The executions.
    pub items: Vec<Execution>,
    /// Where to go on, if there is more.
    pub next: Option<String>,
}

/// Why the call did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OrchestratorError {
    /// Away, or nobody knows whether it was done: try again.
    #[error("the orchestrator is unavailable: {0}")]
    Unavailable(String),
    /// Too much at once: certainly not done, and may be tried again after a while.
    #[error("too much at once, to be tried again in {wait:?}: {reason}")]
    Busy {
        /// After how long.
        wait: Duration,
        /// Of what there is too much.
        reason: String,
    },
    /// The token's attempt is over: timed out, answered, or its execution ended. Not a reason to try again.
    #[error("the token's attempt is over")]
    TokenDead,
    /// No execution under this saga and name.
    #[error("there is no such execution")]
    NotFound,
    /// The execution's status does not allow this.
    #[error("not possible in the present status: {0}")]
    Conflict(String),
    /// The request can never succeed.
    #[error("refused: {0}")]
    Refused(String),
}
