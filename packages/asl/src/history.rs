//! The history of an execution, as AWS records it: the same types, numbering, predecessors and details. Details are the
//! contents of AWS's `...EventDetails` member, with documents as JSON values instead of texts.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    model::{Family, Kind},
    moment,
};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// Counts from 1 within the execution.
    pub id: u64,
    /// The event that led here; 0 for none.
    pub previous_event_id: u64,
    /// When.
    #[serde(rename = "timestamp", with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// The particulars; an empty object when there are none.
    pub details: Value,
}

/// What can happen, under the names of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are AWS's and say what happened")]
#[non_exhaustive]
pub enum EventType {
    ActivityFailed,
    ActivityScheduled,
    ActivityStarted,
    ActivitySucceeded,
    ActivityTimedOut,
    ChoiceStateEntered,
    ChoiceStateExited,
    EvaluationFailed,
    ExecutionAborted,
    ExecutionFailed,
    ExecutionRedriven,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
    FailStateEntered,
    LambdaFunctionFailed,
    LambdaFunctionScheduled,
    LambdaFunctionStarted,
    LambdaFunctionSucceeded,
    LambdaFunctionTimedOut,
    MapIterationAborted,
    MapIterationFailed,
    MapIterationStarted,
    MapIterationSucceeded,
    MapRunFailed,
    MapRunStarted,
    MapRunSucceeded,
    MapStateAborted,
    MapStateEntered,
    MapStateExited,
    MapStateFailed,
    MapStateStarted,
    MapStateSucceeded,
    ParallelStateAborted,
    ParallelStateEntered,
    ParallelStateExited,
    ParallelStateFailed,
    ParallelStateStarted,
    ParallelStateSucceeded,
    PassStateEntered,
    PassStateExited,
    SucceedStateEntered,
    SucceedStateExited,
    TaskFailed,
    TaskScheduled,
    TaskStarted,
    TaskStateAborted,
    TaskStateEntered,
    TaskStateExited,
    TaskSubmitted,
    TaskSucceeded,
    TaskTimedOut,
    WaitStateAborted,
    WaitStateEntered,
    WaitStateExited,
}

impl HistoryEvent {
    /// The event as the API of AWS writes it, but for documents, which are values instead of texts.
    pub fn as_aws(&self) -> Value {
        let mut event = json!({
            "id": self.id,
            "previousEventId": self.previous_event_id,
            "timestamp": moment::display(self.at),
            "type": self.kind,
        });
        if let (Some(members), Some(name)) = (event.as_object_mut(), self.kind.details_name()) {
            members.insert(name, self.details.clone());
        }
        event
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The variants are spelt as AWS spells them, so the derived name is the name.
        fmt::Debug::fmt(self, out)
    }
}

/// What happens to a task, whatever its family calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskEvent {
    Failed,
    Scheduled,
    Started,
    Submitted,
    Succeeded,
    TimedOut,
}

impl EventType {
    /// The event of a task in the words of its family.
    pub(crate) fn of_task(family: Family, event: TaskEvent) -> Self {
        match (family, event) {
            (Family::Activity, TaskEvent::Failed) => Self::ActivityFailed,
            (Family::Activity, TaskEvent::Scheduled) => Self::ActivityScheduled,
            (Family::Activity, TaskEvent::Started) => Self::ActivityStarted,
            (Family::Activity, TaskEvent::Succeeded) => Self::ActivitySucceeded,
            (Family::Activity, TaskEvent::TimedOut) => Self::ActivityTimedOut,
            (Family::Lambda, TaskEvent::Failed) => Self::LambdaFunctionFailed,
            (Family::Lambda, TaskEvent::Scheduled) => Self::LambdaFunctionScheduled,
            (Family::Lambda, TaskEvent::Started) => Self::LambdaFunctionStarted,
            (Family::Lambda, TaskEvent::Succeeded) => Self::LambdaFunctionSucceeded,
            (Family::Lambda, TaskEvent::TimedOut) => Self::LambdaFunctionTimedOut,
            (Family::Service, TaskEvent::Failed) => Self::TaskFailed,
            (Family::Service, TaskEvent::Scheduled) => Self::TaskScheduled,
            (Family::Service, TaskEvent::Started) => Self::TaskStarted,
            (Family::Service, TaskEvent::Succeeded) => Self::TaskSucceeded,
            (Family::Service, TaskEvent::TimedOut) => Self::TaskTimedOut,
            (_, TaskEvent::Submitted) => Self::TaskSubmitted,
        }
    }

    /// The member of AWS's event that holds the particulars. Some types have none.
    fn details_name(self) -> Option<String> {
        let name = self.to_string();
        let family = match self {
            Self::ParallelStateAborted
            | Self::ParallelStateFailed
            | Self::ParallelStateStarted
            | Self::ParallelStateSucceeded
            | Self::MapRunSucceeded
            | Self::MapStateAborted
            | Self::MapStateFailed
            | Self::MapStateSucceeded
            | Self::TaskStateAborted
            | Self::WaitStateAborted => return None,
            _ if name.ends_with("StateEntered") => "stateEntered".to_owned(),
            _ if name.ends_with("StateExited") => "stateExited".to_owned(),
            _ => name.chars().take(1).flat_map(char::to_lowercase).chain(name.chars().skip(1)).collect(),
        };
        Some(format!("{family}EventDetails"))
    }

    /// The event with which a state is entered.
    pub(crate) fn entered(kind: &Kind) -> Self {
        match kind {
            Kind::Pass { .. } => Self::PassStateEntered,
            Kind::Task(_) => Self::TaskStateEntered,
            Kind::Choice(_) => Self::ChoiceStateEntered,
            Kind::Wait(_) => Self::WaitStateEntered,
            Kind::Succeed => Self::SucceedStateEntered,
            Kind::Fail(_) => Self::FailStateEntered,
            Kind::Parallel(_) => Self::ParallelStateEntered,
            Kind::Map(_) => Self::MapStateEntered,
        }
    }

    /// The event with which a state is left. A Fail state is never left.
    pub(crate) fn exited(kind: &Kind) -> Option<Self> {
        match kind {
            Kind::Pass { .. } => Some(Self::PassStateExited),
            Kind::Task(_) => Some(Self::TaskStateExited),
            Kind::Choice(_) => Some(Self::ChoiceStateExited),
            Kind::Wait(_) => Some(Self::WaitStateExited),
            Kind::Succeed => Some(Self::SucceedStateExited),
            Kind::Fail(_) => None,
            Kind::Parallel(_) => Some(Self::ParallelStateExited),
            Kind::Map(_) => Some(Self::MapStateExited),
        }
    }

    /// The event with which a state is cut off because something beside it failed. The other types never wait.
    pub(crate) fn aborted(kind: &Kind) -> Option<Self> {
        match kind {
            Kind::Task(_) => Some(Self::TaskStateAborted),
            Kind::Wait(_) => Some(Self::WaitStateAborted),
            Kind::Parallel(_) => Some(Self::ParallelStateAborted),
            Kind::Map(_) => Some(Self::MapStateAborted),
            Kind::Pass { .. } | Kind::Choice(_) | Kind::Succeed | Kind::Fail(_) => None,
        }
    }
}
