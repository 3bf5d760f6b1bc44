//! What a batch does in memory: executions begin and step, and what is to be written for them is gathered.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use usher_asl::{Event, Execution, Identity, StateMachine, Surroundings};
use usher_workflows::orchestrator::OrchestratorError;

use super::{Moved, Snapshot};
use crate::{
    command::{self, Command},
    database::{Database, Told},
    planted::Bug,
    send::send,
    tape::Tape,
    token,
};

/// What a decision draws on.
pub(crate) struct Decider<'a> {
    pub machines: &'a BTreeMap<String, StateMachine>,
    pub database: &'a Database,
    pub cache: &'a mut BTreeMap<String, Snapshot>,
    pub before_timeout: &'a mut BTreeMap<String, Execution>,
    pub random: &'a dyn Fn() -> u128,
    /// The engine's own clock.
    pub now: OffsetDateTime,
    pub planted: Option<Bug>,
}

/// What a batch has gathered.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Of each command, in their order.
    pub results: Vec<Result<(), OrchestratorError>>,
    pub begun: Vec<Moved>,
    pub moved: Vec<Moved>,
}

impl Decider<'_> {
    /// Decides on a batch; `look_first` asks which of the starts there are.
    pub fn decide(&mut self, commands: &[Command], look_first: bool) -> Gathered {
        let mut gathered = Gathered { results: commands.iter().map(|_| Ok(())).collect(), ..Gathered::default() };
        self.begin(commands, &mut gathered);
        if look_first {
            gathered.begun.retain(|begun| !self.database.rows.contains_key(&begun.id));
        }
        for (id, events) in by_execution(commands) {
            let moved = self.cache.remove(&id).and_then(|snapshot| self.tell(&id, snapshot, &events, &mut gathered));
            let moved = moved.or_else(|| {
                let Some(snapshot) = self.load(&id) else {
                    for (index, event) in &events {
                        gathered.results[*index] = Err(unknown(event));
                    }
                    return None;
                };
                self.tell(&id, snapshot, &events, &mut gathered)
            });
            gathered.moved.extend(moved);
        }
        gathered
    }

    fn begin(&mut self, commands: &[Command], gathered: &mut Gathered) {
        let mut asked = BTreeSet::new();
        for (index, command) in commands.iter().enumerate() {
            let Command::Start { saga, name, input } = command else { continue };
            let id = command::id(saga, name);
            let Some(machine) = self.machines.get(saga) else {
                gathered.results[index] = Err(OrchestratorError::Refused(format!("there is no saga `{saga}`")));
                continue;
            };
            if !asked.insert(id.clone()) {
                continue; // The same start twice in one batch.
            }
            let identity = identity(saga, name, self.now);
            let mut messages = Vec::new();
            let ((execution, history), tape) = self.surrounded(&id, |around| {
                let (mut execution, transition) = usher_asl::start(machine, identity, input.clone(), around);
                let history = send(&mut execution, machine, transition, around, &mut messages);
                (execution, history)
            });
            let due_at = execution.due_at();
            let snapshot = Snapshot { version: 1, saga: saga.clone(), execution, due_at };
            let told = vec![Told { event: None, tape }];
            gathered.begun.push(Moved { id, snapshot, history, messages, told });
        }
    }

    fn load(&self, id: &str) -> Option<Snapshot> {
        let row = self.database.rows.get(id)?;
        let execution = self.database.execution(id)?;
        Some(Snapshot { version: row.version, saga: row.saga.clone(), execution, due_at: row.due_at })
    }

    /// Tells one execution its events; nothing comes back when none of them moved it.
    fn tell(
        &mut self,
        id: &str,
        mut snapshot: Snapshot,
        events: &[(usize, &Event)],
        gathered: &mut Gathered,
    ) -> Option<Moved> {
        let machine = self.machines.get(&snapshot.saga)?;
        let (mut history, mut messages, mut told) = (Vec::new(), Vec::new(), Vec::new());
        let mut timer = false;
        for (index, event) in events {
            timer |= matches!(event, Event::Timer);
            self.revive(id, &mut snapshot.execution, event);
            let (stepped, tape) = self.surrounded(id, |around| {
                let transition = snapshot.execution.step(machine, (*event).clone(), around)?;
                Ok(send(&mut snapshot.execution, machine, transition, around, &mut messages))
            });
            gathered.results[*index] = match stepped {
                Ok(events) => {
                    history.extend(events);
                    told.push(Told { event: Some((*event).clone()), tape });
                    Ok(())
                }
                Err(refused) => Err(command::refusal(event, refused)),
            };
        }
        if told.is_empty() && !timer {
            return None;
        }
        snapshot.due_at = earliest(&snapshot, timer);
        snapshot.version += 1;
        Some(Moved { id: id.to_owned(), snapshot, history, messages, told })
    }

    fn surrounded<T>(&self, id: &str, work: impl FnOnce(&mut Surroundings<'_>) -> T) -> (T, Tape) {
        #[expect(clippy::cast_possible_truncation, reason = "64 of the 128 random bits")]
        let random = || (self.random)() as u64;
        Tape::record(self.now, random, || token::new(id, (self.random)()), work)
    }

    /// The planted bug of a token that outlives its time-out.
    fn revive(&mut self, id: &str, execution: &mut Execution, event: &Event) {
        if self.planted != Some(Bug::TokenOutlivesTimeout) {
            return;
        }
        let holds = |execution: &Execution, token: &str| execution.open_tasks().any(|task| task.token == token);
        match event {
            Event::Timer => {
                self.before_timeout.insert(id.to_owned(), execution.clone());
            }
            Event::TaskSucceeded { token, .. } | Event::TaskFailed { token, .. } if !holds(execution, token) => {
                if let Some(before) = self.before_timeout.remove(id).filter(|before| holds(before, token)) {
                    *execution = before;
                }
            }
            _ => {}
        }
    }
}

/// Who an execution of the simulation is.
pub(crate) fn identity(saga: &str, name: &str, now: OffsetDateTime) -> Identity {
    Identity {
        execution_id: command::id(saga, name),
        execution_name: name.to_owned(),
        state_machine_id: saga.to_owned(),
        state_machine_name: saga.to_owned(),
        role_arn: String::new(),
        started_at: now,
    }
}

fn by_execution(commands: &[Command]) -> Vec<(String, Vec<(usize, &Event)>)> {
    let mut told: BTreeMap<&String, Vec<(usize, &Event)>> = BTreeMap::new();
    for (index, command) in commands.iter().enumerate() {
        if let Command::Tell { execution, event } = command {
            told.entry(execution).or_default().push((index, event));
        }
    }
    told.into_iter().map(|(id, events)| (id.clone(), events)).collect()
}

/// What an event for an execution that does not exist is answered.
fn unknown(event: &Event) -> OrchestratorError {
    match event {
        Event::Stop { .. } | Event::Redrive | Event::Timer => OrchestratorError::NotFound,
        _ => OrchestratorError::TokenDead,
    }
}

/// The timer that the row is to carry: moved only to come earlier, except when a timer fired or the execution ended.
fn earliest(snapshot: &Snapshot, timer: bool) -> Option<OffsetDateTime> {
    let due_at = snapshot.execution.due_at()?;
    Some(if timer { due_at } else { snapshot.due_at.map_or(due_at, |stored| stored.min(due_at)) })
}
