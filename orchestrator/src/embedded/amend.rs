//! What a person does to an execution, in memory: all of an amendment or nothing, and only on what they have seen.
//!
//! It is composed of events that the interpreter knows anyway, so a history that an operator had a hand in reads like one of
//! Step Functions: a retry of an open attempt is a stop and a redrive, and a task that is marked as done is a redrive that
//! was answered.

use serde_json::json;
use usher_asl::{Awaited, Effect, Event, Execution, HistoryEvent, Refused, StateMachine, Surroundings, Transition};
use usher_workflows::{
    amend::{Amendment, RETRIED, moved},
    orchestrator::OrchestratorError,
};

use super::send::send;

/// Sets the execution right; a refusal leaves it as it was.
pub(super) fn amend(
    execution: &mut Execution,
    machine: &StateMachine,
    (seen, amendment): (u64, &Amendment),
    around: &mut Surroundings<'_>,
    messages: &mut Vec<(String, String)>,
) -> Result<Vec<HistoryEvent>, OrchestratorError> {
    let version = execution.next_event_id() - 1;
    if version != seen {
        return Err(moved(seen, version));
    }
    let mut amended = execution.clone();
    let transition = apply(&mut amended, machine, amendment, around)?;
    *execution = amended;
    Ok(send(execution, machine, transition, around, messages))
}

fn apply(
    execution: &mut Execution,
    machine: &StateMachine,
    amendment: &Amendment,
    around: &mut Surroundings<'_>,
) -> Result<Transition, OrchestratorError> {
    let mut tell = |execution: &mut Execution, event| execution.step(machine, event, around).map_err(conflict);
    match amendment {
        Amendment::Stop { error, cause } => {
            tell(execution, Event::Stop { error: Some(error.clone()), cause: Some(cause.clone()) })
        }
        Amendment::Redrive { input } => {
            if let Some(input) = input {
                execution.edit_input(input.clone()).map_err(conflict)?;
            }
            tell(execution, Event::Redrive)
        }
        Amendment::Retry => match &*waits(execution) {
            [Awaited::Retry] => tell(execution, Event::Hurry),
            [Awaited::Answer] => {
                let cause = Some("an attempt without an answer is given up for a new one".to_owned());
                let stopped = tell(execution, Event::Stop { error: Some(RETRIED.to_owned()), cause })?;
                Ok(followed(stopped, tell(execution, Event::Redrive)?))
            }
            _ => Err(OrchestratorError::Conflict("there is no attempt and no wait before one".to_owned())),
        },
        Amendment::Hurry => match &*waits(execution) {
            [Awaited::Retry] => tell(execution, Event::Hurry),
            _ => Err(OrchestratorError::Conflict("it does not wait before a retry".to_owned())),
        },
        Amendment::Skip => match &*waits(execution) {
            [Awaited::Moment] => tell(execution, Event::Hurry),
            _ => Err(OrchestratorError::Conflict("it does not wait for a moment".to_owned())),
        },
        Amendment::Complete { output } => {
            let mut done = tell(execution, Event::Redrive)?;
            let tokens = done.effects.iter().filter_map(|effect| match effect {
                Effect::RunTask { token, .. } => Some(token.clone()),
                Effect::CancelTask { .. } => None,
            });
            let [token] = &*tokens.collect::<Vec<_>>() else {
                return Err(OrchestratorError::Conflict("it does not stand in one task".to_owned()));
            };
            // Nobody is asked to do what is done: the task counts as sent and answered, and no message leaves.
            done.effects.clear();
            let token = token.clone();
            for event in [
                Event::TaskStarted { token: token.clone() },
                Event::TaskSubmitted { token: token.clone(), output: json!({}) },
                Event::TaskSucceeded { token, output: output.clone() },
            ] {
                done = followed(done, tell(execution, event)?);
            }
            Ok(done)
        }
    }
}

/// What it waits for, one for each place that it stands in.
fn waits(execution: &Execution) -> Vec<Awaited> {
    execution.stands().into_iter().filter_map(|stand| stand.awaits).collect()
}

/// Two transitions as one.
fn followed(mut first: Transition, then: Transition) -> Transition {
    first.history.extend(then.history);
    first.effects.extend(then.effects);
    first
}

fn conflict(refused: Refused) -> OrchestratorError {
    OrchestratorError::Conflict(refused.to_string())
}
