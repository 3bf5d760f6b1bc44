//! What goes into a step and what comes out: events, what may be asked of the outside, refusals, transitions.

use serde_json::Value;
use thiserror::Error;
use time::OffsetDateTime;

use super::Effect;
use crate::history::HistoryEvent;

/// What can happen to an execution.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "token, output, error and cause are those of the task protocol")]
pub enum Event {
    /// The work was taken on: the message is away, or a worker has it.
    TaskStarted { token: String },
    /// The same, of an activity, by a worker that may have told its name.
    ActivityStarted { token: String, worker: Option<String> },
    /// The service that carries the work has answered; the work itself is not done.
    TaskSubmitted { token: String, output: Value },
    /// The work is done.
    TaskSucceeded { token: String, output: Value },
    /// The work failed.
    TaskFailed { token: String, error: Option<String>, cause: Option<String> },
    /// The work goes on.
    Heartbeat { token: String },
    /// Time has passed: whatever is due by `now` happens.
    Timer,
    /// Somebody does not want to wait: what waits for a moment - a Wait state, a retry - waits no longer.
    Hurry,
    /// Somebody wants it to end now.
    Stop { error: Option<String>, cause: Option<String> },
    /// Somebody wants it to go on from where it failed, timed out or was stopped. Retry counts start anew.
    Redrive,
}

/// Why an event changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// The execution has ended.
    #[error("the execution has ended")]
    NotRunning,
    /// No open task has this token. Tokens of long ago are forgotten and end up here too.
    #[error("no open task has this token")]
    UnknownToken,
    /// The task of this token was answered a moment ago, or timed out.
    #[error("the task of this token is closed")]
    TokenClosed,
    /// Nothing in it waits for a moment.
    #[error("nothing in the execution waits for a moment")]
    NothingWaits,
    /// Only an execution that stands still in one state of its outermost flow can be given other data.
    #[error("only an execution that stands still, in one state, can be given another input")]
    NotEditable,
    /// Only executions that failed, timed out or were aborted can be redriven.
    #[error("only an execution that failed, timed out or was aborted can be redriven")]
    NotRedrivable,
}

/// What the interpreter may ask of the outside while it steps.
pub struct Surroundings<'a> {
    /// The time of the step.
    pub now: OffsetDateTime,
    /// Gives random numbers, uniformly distributed.
    pub random: &'a mut dyn FnMut() -> u64,
    /// Gives a token that was never given before.
    pub new_token: &'a mut dyn FnMut() -> String,
}

/// What a step produced. Whether the execution has ended is read from [`super::Execution::status`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transition {
    /// What happened, to be appended to the history.
    pub history: Vec<HistoryEvent>,
    /// What has to be done, in this order.
    pub effects: Vec<Effect>,
}
