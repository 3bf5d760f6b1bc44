//! An execution of the embedded engine as the list shows it: made from what a transition leaves behind.

use usher_asl::{Awaited, EventType, Execution, HistoryEvent};
use usher_workflows::query::{Listed, Waiting};

use super::subject::{Subject, payment};
use crate::embedded::status;

/// A line of the list, and as of which version of the engine's row.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    pub id: String,
    pub moved: i64,
    pub listed: Listed,
}

/// The last failure among events, and the state that met it.
struct Failure {
    error: Option<String>,
    cause: Option<String>,
    state: Option<String>,
}

impl Sight {
    /// Of an execution after a transition. What ended well stands nowhere; what failed on the way is kept.
    pub fn of(id: &str, moved: i64, definition: &str, execution: &Execution, history: &[HistoryEvent]) -> Self {
        let (saga, name) = id.split_once(':').unwrap_or((id, ""));
        let Subject { booking, user, seats, showtime, payment: paid } = Subject::of(execution.input());
        let stands = execution.stands();
        let first = stands.first();
        let failure = failure(history, execution);
        let (error, cause) = match execution.status() {
            usher_asl::Status::Failed { error, cause }
            | usher_asl::Status::TimedOut { error, cause }
            | usher_asl::Status::Aborted { error, cause } => (error.clone(), cause.clone()),
            _ => failure.as_ref().map_or((None, None), |failure| (failure.error.clone(), failure.cause.clone())),
        };
        let failed_state = failure.and_then(|failure| failure.state).or_else(|| {
            let unhappy = error.is_some() && !execution.status().is_running();
            first.filter(|_| unhappy).map(|stand| stand.state.to_owned())
        });
        let waiting = first.and_then(|stand| stand.awaits).map(|awaited| match awaited {
            Awaited::Answer => Waiting::Task,
            Awaited::Retry => Waiting::Retry,
            Awaited::Moment => Waiting::Timer,
        });
        let output = match execution.status() {
            usher_asl::Status::Succeeded { output } => Some(output),
            _ => first.map(|stand| stand.input),
        };
        let status = status(execution);
        let listed = Listed {
            saga: saga.to_owned(),
            name: name.to_owned(),
            status,
            states: stands.iter().map(|stand| stand.state.to_owned()).collect(),
            entered_at: stands.iter().map(|stand| stand.entered_at).min(),
            attempt: stands.iter().map(|stand| stand.attempt).max().unwrap_or_default(),
            waiting,
            wakes_at: stands.iter().filter_map(|stand| stand.until).min(),
            error,
            cause,
            failed_state,
            started_at: execution.identity().started_at,
            stopped_at: None,
            booking_id: booking,
            user_id: user,
            seats,
            showtime_id: showtime,
            payment_id: output.and_then(payment).or(paid),
            version: Some(definition.to_owned()),
        };
        Self { id: id.to_owned(), moved, listed }
    }

    /// Takes a newer sight of the same execution in; what failed before it stays known.
    pub fn follow(&mut self, newer: Self) {
        if newer.moved <= self.moved {
            return;
        }
        let older = std::mem::replace(self, newer);
        if self.listed.error.is_none() {
            self.listed.error = older.listed.error;
            self.listed.cause = older.listed.cause;
            self.listed.failed_state = older.listed.failed_state;
        }
    }
}

fn failure(history: &[HistoryEvent], execution: &Execution) -> Option<Failure> {
    let failed = |event: &HistoryEvent| {
        matches!(event.kind, EventType::TaskFailed | EventType::TaskTimedOut | EventType::EvaluationFailed)
    };
    let place = history.iter().rposition(failed)?;
    let details = history[place].details.value();
    let text = |name: &str| details.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    // A caught failure leaves its state in the same transition; any other one stands there still.
    let left = history[place..].iter().find(|event| event.kind == EventType::TaskStateExited);
    let state = left.and_then(|event| Some(event.details.value().get("name")?.as_str()?.to_owned()));
    let stands = || execution.current_states().first().map(|state| (*state).to_owned());
    Some(Failure { error: text("error"), cause: text("cause"), state: state.or_else(stands) })
}
