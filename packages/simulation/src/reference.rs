//! The reference: the interpreter alone, without a database, a queue or a second engine. It is used in two ways. Told
//! the very events that the engines committed, it must arrive at what they stored. Left alone with workers that answer
//! at once, it says what an execution comes to where nothing goes wrong.

use std::collections::VecDeque;

use serde_json::Value;
use time::Duration;
use usher_asl::{Event, Execution, HistoryEvent, Identity, Refused, StateMachine};

use crate::{
    clockwork::NOON,
    database::Told,
    engine::identity,
    script::{Answer, Script},
    send::send,
    simulation::NAME,
    tape::Tape,
};

/// An execution of the reference.
#[derive(Debug)]
pub(crate) struct Reference<'m> {
    machine: &'m StateMachine,
    pub execution: Execution,
    pub history: Vec<HistoryEvent>,
    messages: VecDeque<Value>,
}

impl<'m> Reference<'m> {
    fn start(machine: &'m StateMachine, identity: Identity, input: &Value, tape: Tape) -> Self {
        let mut messages = Vec::new();
        let (execution, history) = tape.replay(|around| {
            let (mut execution, transition) = usher_asl::start(machine, identity, input.clone(), around);
            let history = send(&mut execution, machine, transition, around, &mut messages);
            (execution, history)
        });
        let mut reference = Self { machine, execution, history, messages: VecDeque::new() };
        reference.file(messages);
        reference
    }

    fn tell(&mut self, event: Event, tape: Tape) -> Result<(), Refused> {
        let mut messages = Vec::new();
        let Self { machine, execution, .. } = self;
        let history = tape.replay(|around| {
            let transition = execution.step(machine, event, around)?;
            Ok(send(execution, machine, transition, around, &mut messages))
        })?;
        self.history.extend(history);
        self.file(messages);
        Ok(())
    }

    fn file(&mut self, messages: Vec<(String, String)>) {
        let bodies = messages.into_iter().map(|(_, body)| serde_json::from_str(&body).unwrap_or_default());
        self.messages.extend(bodies);
    }

    /// Takes the events that the engines committed, one by one, with what was drawn for them. What workers are to
    /// answer is looked up in the script again. An error says where the two part.
    pub fn retell(
        (machine, saga, input): (&'m StateMachine, &str, &Value),
        script: &Script,
        moves: &[Told],
    ) -> Result<Self, String> {
        let mut moves = moves.iter().cloned();
        let Some(Told { event: None, tape }) = moves.next() else {
            return Err("the first move is not its start".to_owned());
        };
        let mut reference = Self::start(machine, identity(saga, NAME, tape.now), input, tape);
        for (number, Told { event, tape }) in moves.enumerate() {
            let Some(event) = event else { return Err("it was started twice".to_owned()) };
            if let Some(answer) = reference.scripted(&event, script)
                && answer != event
            {
                return Err(format!("move {number} took {event:?}, but the work came to {answer:?}"));
            }
            if let Err(refused) = reference.tell(event.clone(), tape) {
                return Err(format!("move {number} took {event:?}, but {refused}"));
            }
        }
        Ok(reference)
    }

    /// What the script has for an answer in the place of this one.
    fn scripted(&self, event: &Event, script: &Script) -> Option<Event> {
        let (Event::TaskSucceeded { token, .. } | Event::TaskFailed { token, .. }) = event else { return None };
        let message = self.messages.iter().find(|message| message["task_token"] == *token.as_str())?;
        Some(match script.answer(message)? {
            Answer::Success(output) => Event::TaskSucceeded { token: token.clone(), output },
            Answer::Failure { error, cause } => {
                Event::TaskFailed { token: token.clone(), error: Some(error), cause: Some(cause) }
            }
        })
    }

    /// Runs alone: every message is answered at once, and time jumps to whatever is due.
    pub fn alone((machine, saga, input): (&'m StateMachine, &str, &Value), script: &Script) -> Self {
        let mut now = NOON;
        let mut tokens = 0_u64;
        let mut tape = |now| {
            tokens += 1;
            Tape::of_numbers(now, tokens)
        };
        let mut reference = Self::start(machine, identity(saga, NAME, now), input, tape(now));
        while reference.execution.status().is_running() {
            let event = loop {
                let Some(message) = reference.messages.pop_front() else {
                    now = reference.execution.due_at().unwrap_or(now + Duration::DAY).max(now);
                    break Event::Timer;
                };
                let token = message["task_token"].as_str().unwrap_or_default().to_owned();
                match script.answer(&message) {
                    Some(Answer::Success(output)) => break Event::TaskSucceeded { token, output },
                    Some(Answer::Failure { error, cause }) => {
                        break Event::TaskFailed { token, error: Some(error), cause: Some(cause) };
                    }
                    None => {}
                }
            };
            // The token of a branch that was cut off is refused, and that is all.
            let _ = reference.tell(event, tape(now));
        }
        reference
    }
}
