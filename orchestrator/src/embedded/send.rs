//! From the interpreter's effects to messages in queues.
//!
//! The one integration that the sagas use is a message with a task token. A second one would be told apart here by its
//! resource.

use serde_json::{Value, json};
use usher_asl::{Effect, Event, Execution, HistoryEvent, SEND_AND_WAIT, StateMachine, Surroundings, Transition};

/// Turns the tasks of a transition into messages, and tells the execution that they are away: they are, in the same
/// transaction. Whatever follows from that is sent likewise.
pub(super) fn send(
    execution: &mut Execution,
    machine: &StateMachine,
    transition: Transition,
    around: &mut Surroundings<'_>,
    messages: &mut Vec<(String, String)>,
) -> Vec<HistoryEvent> {
    let mut history = transition.history;
    let mut effects = transition.effects;
    while let Some(effect) = effects.pop() {
        let Effect::RunTask { token, resource, parameters, .. } = effect else { continue };
        let events = match message(&resource, &parameters) {
            Ok(message) => {
                messages.push(message);
                vec![Event::TaskStarted { token: token.clone() }, Event::TaskSubmitted { token, output: json!({}) }]
            }
            Err(cause) => {
                vec![Event::TaskFailed { token, error: Some("States.TaskFailed".to_owned()), cause: Some(cause) }]
            }
        };
        for event in events {
            if let Ok(next) = execution.step(machine, event, around) {
                history.extend(next.history);
                effects.extend(next.effects);
            }
        }
    }
    history
}

fn message(resource: &str, parameters: &Value) -> Result<(String, String), String> {
    if resource != SEND_AND_WAIT {
        return Err(format!("the embedded engine runs {SEND_AND_WAIT} and not {resource}"));
    }
    let queue = parameters.get("QueueUrl").and_then(Value::as_str).ok_or("Parameters.QueueUrl is missing")?;
    let body = match parameters.get("MessageBody").ok_or("Parameters.MessageBody is missing")? {
        Value::String(text) => text.clone(),
        document => document.to_string(),
    };
    Ok((queue.to_owned(), body))
}
