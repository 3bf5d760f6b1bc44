//! What a person can do to an execution, and what they have to see before they do.
//!
//! A [`Standing`] is an execution as somebody saw it, with the number of its last event as its version: everything that
//! happens to an execution adds events, heartbeats do not. An [`Amendment`] states the version that was seen, so that of two
//! people who act on the same sight only the first changes anything. To add one, add a variant and say for each adapter what
//! it does, or that it cannot.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::orchestrator::{Execution, Orchestrator, OrchestratorError, Status};

/// The error of an execution that was stopped only to be sent on again at once.
pub const RETRIED: &str = "Usher.Retried";

/// An execution as somebody saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// What it is.
    #[serde(flatten)]
    pub execution: Execution,
    /// The number of its last event.
    pub version: u64,
    /// What the state that it stands in was given; null after a good end.
    pub data: Value,
    /// What it waits for, one word for each place that it stands in.
    pub waits: Vec<Waits>,
}

/// What a place of an execution waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// A worker's answer.
    Task,
    /// The moment of the next attempt.
    Retry,
    /// The moment that a Wait state names.
    Moment,
}

impl Standing {
    /// As its history tells it, for engines that tell no more than that. Only the last place is told of where there are
    /// several at once.
    pub fn told_by(execution: Execution, history: &[Value]) -> Self {
        let name = |event: &Value| event["type"].as_str().unwrap_or_default().to_owned();
        let entered = history.iter().rfind(|event| name(event).ends_with("StateEntered"));
        let version = history.last().and_then(|event| event["id"].as_u64()).unwrap_or_default();
        let running = execution.status == Status::Running;
        let waits = history.last().filter(|_| running).and_then(|last| match name(last).as_str() {
            "WaitStateEntered" => Some(Waits::Moment),
            "TaskFailed" | "TaskTimedOut" | "TaskStartFailed" | "TaskSubmitFailed" => Some(Waits::Retry),
            "TaskScheduled" | "TaskStarted" | "TaskSubmitted" => Some(Waits::Task),
            _ => None,
        });
        let ended_well = execution.status == Status::Succeeded;
        let data = entered.filter(|_| !ended_well).map(|event| event["details"]["input"].clone());
        Self { execution, version, data: data.unwrap_or_default(), waits: waits.into_iter().collect() }
    }
}

/// What a person does to an execution.
#[derive(Debug, Clone, PartialEq)]
pub enum Amendment {
    /// Ends it as ABORTED, without undo.
    Stop {
        /// The error's name.
        error: String,
        /// Who did it and why.
        cause: String,
    },
    /// Goes on from the state in which it failed, timed out or was stopped.
    Redrive {
        /// What that state is given instead of what it had.
        input: Option<Value>,
    },
    /// Tries the present task again now: a wait before a retry ends, an attempt without an answer is given up for a new one.
    Retry,
    /// Ends a wait before a retry and nothing else, where the engine has a way to.
    Hurry,
    /// Ends a wait that the definition asks for.
    Skip,
    /// Goes on as if the task in which it failed had answered this. No worker is asked.
    Complete {
        /// The answer.
        output: Value,
    },
}

/// The refusal of an amendment that was based on an old sight.
pub fn moved(seen: u64, version: u64) -> OrchestratorError {
    OrchestratorError::Conflict(format!("it moved on from event {seen} to {version} meanwhile"))
}

/// What can be done by stopping and redriving: all that Step Functions has for a person.
pub(crate) async fn by_stop_and_redrive<O: Orchestrator + ?Sized>(
    engine: &O,
    (saga, name): (&str, &str),
    seen: u64,
    amendment: Amendment,
) -> Result<(), OrchestratorError> {
    let unsupported = |what: &str| Err(OrchestratorError::Unsupported(what.to_owned()));
    let standing = engine.standing(saga, name).await?.ok_or(OrchestratorError::NotFound)?;
    let half_retried = amendment == Amendment::Retry && standing.execution.error.as_deref() == Some(RETRIED);
    if standing.version != seen && !half_retried {
        return Err(moved(seen, standing.version));
    }
    match amendment {
        Amendment::Stop { error, cause } => engine.stop(saga, name, &error, &cause).await,
        Amendment::Redrive { input: None } => engine.redrive(saga, name).await,
        Amendment::Redrive { input: Some(_) } => {
            unsupported("this engine redrives with the input that the state had; undo the saga and book anew instead")
        }
        Amendment::Retry if half_retried => engine.redrive(saga, name).await,
        Amendment::Retry => {
            engine.stop(saga, name, RETRIED, "stopped to be sent on again at once").await?;
            engine.redrive(saga, name).await
        }
        Amendment::Hurry | Amendment::Skip => {
            unsupported("this engine keeps its own waits and cannot shorten one; wait, or stop the saga")
        }
        Amendment::Complete { .. } => unsupported(
            "this engine asks a worker as soon as it goes on, so a task cannot be marked as done; redrive it, its effect is \
             found and not repeated, or undo the saga",
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::OffsetDateTime;

    use super::*;

    fn execution(status: Status) -> Execution {
        Execution {
            id: "booking:bkg_1".to_owned(),
            saga: "booking".to_owned(),
            name: "bkg_1".to_owned(),
            status,
            states: vec!["ChargePayment".to_owned()],
            started_at: OffsetDateTime::UNIX_EPOCH,
            stopped_at: None,
            input: json!({}),
            output: None,
            error: None,
            cause: None,
        }
    }

    #[test]
    fn a_history_tells_how_an_execution_stands() {
        let history = |last: &str| {
            vec![
                json!({ "id": 1, "type": "ExecutionStarted", "details": {} }),
                json!({ "id": 2, "type": "TaskStateEntered", "details": { "name": "ChargePayment", "input": { "a": 1 } } }),
                json!({ "id": 3, "type": last, "details": {} }),
            ]
        };
        for (last, waits) in
            [("TaskSubmitted", Waits::Task), ("TaskTimedOut", Waits::Retry), ("WaitStateEntered", Waits::Moment)]
        {
            let standing = Standing::told_by(execution(Status::Running), &history(last));
            assert_eq!((standing.version, standing.waits), (3, vec![waits]), "{last}");
        }
        let failed = Standing::told_by(execution(Status::Failed), &history("ExecutionFailed"));
        assert_eq!((failed.data, failed.waits), (json!({ "a": 1 }), Vec::new()));
    }
}
