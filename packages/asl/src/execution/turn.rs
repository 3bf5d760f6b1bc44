//! A state's view of the step: its own definition, where it stands, what it can see, and what it may record. The files
//! in `states` are written against this and nothing else.

use std::mem;

use serde_json::Value;
use time::OffsetDateTime;

use super::{Activity, Facts, Place, Progress, Run};
use crate::{
    context::{ContextObject, Item},
    data_flow::{Departure, Selection},
    errors::{self, Failure},
    evaluation::FlowFailure,
    history::EventType,
    model::{Next, State},
    scope::{Random, Scope, States, Variables},
    size,
    template::Template,
};

/// What arrives at open states.
pub(crate) enum Signal<'s> {
    /// Time has passed.
    Tick,
    /// Somebody reports on a task. The answer is taken out by the state that it belongs to.
    Answer { token: &'s str, answer: Option<Answer> },
}

/// What is reported on a task.
pub(crate) enum Answer {
    Failed { error: Option<String>, cause: Option<String> },
    Heartbeat,
    Started { worker: Option<String> },
    Submitted(Value),
    Succeeded(Value),
}

/// Why a Parallel or Map state looks at its branches.
pub(crate) enum Drive<'d, 's> {
    /// It has just begun.
    Begin,
    /// Something arrived.
    Signal(&'d mut Signal<'s>),
    /// The execution is redriven; the number is that of the event that says so.
    Resume(u64),
}

/// One state at work.
pub(crate) struct Turn<'t, 'r> {
    pub(crate) run: &'t mut Run<'r>,
    pub(crate) state: &'t State,
    pub(crate) place: &'t mut Place,
    pub(crate) last_event: &'t mut u64,
    pub(crate) variables: Variables<'t>,
    pub(crate) item: Option<Item<'t>>,
}

impl Turn<'_, '_> {
    /// Records an event that follows the last one of this branch and becomes the last one.
    pub(crate) fn record(&mut self, kind: EventType, details: Value) -> u64 {
        *self.last_event = self.run.record(kind, *self.last_event, details);
        *self.last_event
    }

    /// Records an event beside the line: the next one has the same predecessor.
    pub(crate) fn note(&mut self, kind: EventType, details: Value) {
        self.run.record(kind, *self.last_event, details);
    }

    /// What expressions see, over the raw input.
    pub(crate) fn scope(&self) -> Scope<'_> {
        scope(self.run.facts, self.place, self.variables, self.item, (self.run.now, &self.run.dice))
    }

    /// What the state hands to its task or its branches.
    pub(crate) fn arguments(&self) -> Result<Value, Failure> {
        self.located(self.state.data.arguments(&self.scope())).map(std::borrow::Cow::into_owned)
    }

    /// Adds to a failure where it happened.
    pub(crate) fn located<T>(&self, result: Result<T, FlowFailure>) -> Result<T, Failure> {
        result.map_err(|failure| failure.in_state(&self.state.name, self.place.entered_event))
    }

    /// A failure that ends the execution, worded with the state's name.
    pub(crate) fn fatal(&self, message: &str) -> Failure {
        Failure::in_state(&self.state.name, self.place.entered_event, message)
    }

    /// A failure of the value that a JSONata expression gave for a field.
    pub(crate) fn query_failure(&self, field: &str, message: String) -> Failure {
        let failure = FlowFailure::Query { location: Some(field.to_owned()), message };
        failure.in_state(&self.state.name, self.place.entered_event)
    }

    /// Leaves with a result, which goes through the state's output processing.
    pub(crate) fn leave_with(&mut self, result: Value) -> Progress {
        // The input is lent out for the processing and put back: a failure may still need it.
        let mut input = mem::take(&mut self.place.input);
        let departure = self.state.data.depart(&mut input, result, &self.scope());
        self.place.input = input;
        self.leave(departure, self.state.next.clone().unwrap_or(Next::End))
    }

    /// Leaves with the input as it is, but for InputPath, OutputPath, Output and Assign.
    pub(crate) fn pass_through(&mut self, assign: Option<&Template>, output: &Selection, next: Next) -> Progress {
        let mut input = mem::take(&mut self.place.input);
        let departure = self.state.data.pass_through(&mut input, assign, output, &self.scope());
        self.place.input = input;
        self.leave(departure, next)
    }

    /// Says which result was too large.
    pub(crate) fn too_large(what: &str) -> Failure {
        let cause = format!(
            "The state/task '{what}' returned a result with a size exceeding the maximum number of bytes service limit."
        );
        Failure::named(errors::DATA_LIMIT_EXCEEDED, cause)
    }

    fn leave(&self, departure: Result<Departure, FlowFailure>, next: Next) -> Progress {
        match self.located(departure) {
            Ok(departure) if departure.is_too_large(size::exceeds_limit) => {
                Progress::Failed(Self::too_large(&self.state.name))
            }
            Ok(departure) => Progress::Left { departure, next },
            Err(failure) => Progress::Failed(failure),
        }
    }
}

/// What expressions see in a state, put together from parts, so that the caller may keep on borrowing the rest.
pub(crate) fn scope<'a>(
    facts: Facts<'a>,
    place: &'a Place,
    variables: Variables<'a>,
    item: Option<Item<'a>>,
    (now, random): (OffsetDateTime, &'a dyn Random),
) -> Scope<'a> {
    let token = match &place.activity {
        Activity::Task(task) => Some(task.token.as_str()),
        _ => None,
    };
    let context = ContextObject {
        identity: facts.identity,
        execution_input: facts.execution_input,
        redrives: facts.redrives,
        redriven_at: facts.redriven_at,
        given: facts.given_context,
        state: &place.name,
        entered_at: place.entered_at,
        retry_count: place.attempts.total(),
        token,
        item,
    };
    let states = States { input: &place.input, result: None, error: None };
    Scope { input: &place.input, states, variables, context, now, random }
}
