//! What one step gathers: events, effects, tokens that were closed; and what it may draw on: the time, randomness,
//! tokens.

use std::cell::RefCell;

use serde_json::Value;
use time::OffsetDateTime;

use super::{Effect, Identity, Surroundings};
use crate::{
    history::{EventType, HistoryEvent},
    moment,
    scope::Random,
};

/// AWS ends an execution with this many events. The limit also ends every loop that never waits.
const MOST_EVENTS: u64 = 25_000;

/// What is the same in all states of an execution.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'r> {
    pub(crate) identity: &'r Identity,
    pub(crate) execution_input: &'r Value,
    pub(crate) redrives: u32,
    pub(crate) redriven_at: Option<OffsetDateTime>,
    /// A context object that takes the place of the real one.
    pub(crate) given_context: Option<&'r Value>,
}

/// One step under way.
pub(crate) struct Run<'r> {
    pub(crate) facts: Facts<'r>,
    pub(crate) now: OffsetDateTime,
    pub(crate) dice: Dice<'r>,
    new_token: &'r mut dyn FnMut() -> String,
    pub(crate) next_event_id: u64,
    pub(crate) history: Vec<HistoryEvent>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) closed_tokens: Vec<String>,
}

impl<'r> Run<'r> {
    pub(crate) fn new(facts: Facts<'r>, next_event_id: u64, around: &'r mut Surroundings<'_>) -> Self {
        Self {
            facts,
            now: moment::truncate(around.now),
            dice: Dice(RefCell::new(&mut *around.random)),
            new_token: &mut *around.new_token,
            next_event_id,
            history: Vec::new(),
            effects: Vec::new(),
            closed_tokens: Vec::new(),
        }
    }

    /// Writes an event and gives its number.
    pub(crate) fn record(&mut self, kind: EventType, previous: u64, details: Value) -> u64 {
        let id = self.next_event_id;
        self.next_event_id += 1;
        self.history.push(HistoryEvent { id, previous_event_id: previous, at: self.now, kind, details });
        id
    }

    /// Does work whose events do not belong to this history: with a number given, that of the next event there, they
    /// are counted apart and dropped.
    pub(crate) fn aside<T>(&mut self, next_event_id: Option<&mut u64>, work: impl FnOnce(&mut Self) -> T) -> T {
        let Some(next_event_id) = next_event_id else { return work(self) };
        std::mem::swap(&mut self.next_event_id, next_event_id);
        let history = std::mem::take(&mut self.history);
        let result = work(self);
        std::mem::swap(&mut self.next_event_id, next_event_id);
        self.history = history;
        result
    }

    /// Whether the history may not grow any more.
    pub(crate) fn history_is_full(&self) -> bool {
        self.next_event_id >= MOST_EVENTS
    }

    /// A token that was never given before.
    pub(crate) fn new_token(&mut self) -> String {
        (self.new_token)()
    }

    /// Tells the world that nobody waits for a task any more.
    pub(crate) fn cancel(&mut self, token: &str) {
        self.closed_tokens.push(token.to_owned());
        self.effects.push(Effect::CancelTask { token: token.to_owned() });
    }
}

/// The host's randomness, drawn through a shared reference because expressions are evaluated through one.
pub(crate) struct Dice<'r>(RefCell<&'r mut dyn FnMut() -> u64>);

impl Random for Dice<'_> {
    fn next(&self) -> u64 {
        (self.0.borrow_mut())()
    }
}
