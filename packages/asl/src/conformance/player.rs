//! Plays an execution without a host: its tasks are handed out to be answered, and time jumps to whatever is due next.
//! Nothing is left to chance: tokens are counted and random numbers come from a fixed sequence.

use std::collections::VecDeque;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    Effect, Event, Execution, HistoryEvent, Identity, Refused, StateMachine, Status, Surroundings, Transition, start,
};

/// An execution together with everything that happened to it.
#[derive(Debug)]
pub struct Player {
    /// What is played.
    pub machine: StateMachine,
    /// Where the execution stands.
    pub execution: Execution,
    /// What happened so far.
    pub history: Vec<HistoryEvent>,
    /// What the execution wanted done and nobody took yet.
    pub effects: VecDeque<Effect>,
    /// The virtual time.
    pub now: OffsetDateTime,
    tokens: u64,
    random: u64,
}

/// A task that the execution wants done.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRequest {
    /// The handle by which it is answered.
    pub token: String,
    /// The state that wants it.
    pub state: String,
    /// The resource, as the definition spells it.
    pub resource: String,
    /// What it is about.
    pub parameters: Value,
    /// 0 for the first attempt, counting retries.
    pub attempt: u32,
}

impl Player {
    /// Starts an execution at the moment that its identity names.
    pub fn start(machine: StateMachine, identity: Identity, input: Value) -> Self {
        let (now, mut tokens, mut random) = (identity.started_at, 0, 1);
        let (execution, transition) =
            lend(now, &mut tokens, &mut random, |around| start(&machine, identity, input, around));
        let mut player =
            Self { machine, execution, history: Vec::new(), effects: VecDeque::new(), now, tokens, random };
        player.file(transition);
        player
    }

    /// Sends an event at the present virtual time.
    pub fn send(&mut self, event: Event) -> Result<(), Refused> {
        let Self { machine, execution, now, tokens, random, .. } = self;
        let transition = lend(*now, tokens, random, |around| execution.step(machine, event, around))?;
        self.file(transition);
        Ok(())
    }

    /// Lets time jump to `moment`, unless that is past, and sends the timer.
    pub fn advance_to(&mut self, moment: OffsetDateTime) -> Result<(), Refused> {
        self.now = self.now.max(moment);
        self.send(Event::Timer)
    }

    /// Lets time jump to what is due next. False when nothing is.
    pub fn jump(&mut self) -> bool {
        self.execution.due_at().is_some_and(|due| self.advance_to(due).is_ok())
    }

    /// Takes the next task that the execution wants done.
    pub fn take_task(&mut self) -> Option<TaskRequest> {
        while let Some(effect) = self.effects.pop_front() {
            if let Effect::RunTask { token, state, resource, parameters, attempt, .. } = effect {
                return Some(TaskRequest { token, state, resource, parameters, attempt });
            }
        }
        None
    }

    /// Stores the snapshot as text and reads it back, as an engine does between two events.
    pub fn store(&mut self) -> Result<(), serde_json::Error> {
        self.execution = serde_json::from_str(&serde_json::to_string(&self.execution)?)?;
        Ok(())
    }

    /// Status, output, error, cause and history as one JSON object; what does not apply is null.
    pub fn result(&self) -> Value {
        let status = self.execution.status();
        let (output, error, cause) = match status {
            Status::Running => (None, None, None),
            Status::Succeeded { output } => (Some(output), None, None),
            Status::Failed { error, cause } | Status::TimedOut { error, cause } | Status::Aborted { error, cause } => {
                (None, error.as_deref(), cause.as_deref())
            }
        };
        let history: Vec<_> = self.history.iter().map(HistoryEvent::as_aws).collect();
        json!({ "status": status.name(), "output": output, "error": error, "cause": cause, "history": history })
    }

    fn file(&mut self, transition: Transition) {
        self.history.extend(transition.history);
        self.effects.extend(transition.effects);
    }
}

/// Lends surroundings whose tokens and random numbers are counted on.
pub(super) fn lend<T>(
    now: OffsetDateTime,
    tokens: &mut u64,
    random: &mut u64,
    work: impl FnOnce(&mut Surroundings<'_>) -> T,
) -> T {
    let mut draw = || {
        // Knuth's linear congruential generator, its high bits folded into the low ones.
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *random ^ (*random >> 29)
    };
    let mut token = || {
        *tokens += 1;
        format!("token-{tokens}")
    };
    work(&mut Surroundings { now, random: &mut draw, new_token: &mut token })
}
