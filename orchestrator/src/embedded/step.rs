//! What a batch does in memory: executions begin and step, and what is to be written for them is gathered.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_asl::{Event, Identity, StateMachine, Surroundings};
use usher_workflows::{amend::Amendment, orchestrator::OrchestratorError};

use super::{
    amend::amend,
    batch::Engine,
    cache::Snapshot,
    command::{Command, id, refusal},
    pace::Pace,
    send::send,
    store::{self, Moved},
    token,
};

#[cfg(feature = "crash-points")]
use crate::crash_point::{self, Point};

/// What a batch has gathered so far.
pub(super) struct Gathered {
    /// The moment at which all of it happens.
    pub now: OffsetDateTime,
    /// Of each command, in their order; a command that is left out went well.
    pub results: Vec<Option<Result<(), OrchestratorError>>>,
    pub begun: Vec<Moved>,
    pub moved: Vec<Moved>,
}

impl Gathered {
    pub fn new(commands: usize, now: OffsetDateTime) -> Self {
        let results = std::iter::repeat_with(|| None).take(commands).collect();
        Self { now, results, begun: Vec::new(), moved: Vec::new() }
    }
}

impl Engine {
    /// Starts every execution that is asked for, as if none existed.
    pub(super) fn begin(&self, commands: &[Command], gathered: &mut Gathered) {
        let mut asked = HashSet::new();
        for (index, command) in commands.iter().enumerate() {
            let Command::Start { saga, name, input } = command else { continue };
            let id = id(saga, name);
            let Some(deployed) = self.definitions.current(saga) else {
                gathered.results[index] = Some(Err(OrchestratorError::Refused(format!("there is no saga `{saga}`"))));
                continue;
            };
            if !asked.insert(id.clone()) {
                continue; // The same start twice in one batch.
            }
            let identity = Identity {
                execution_id: id.clone(),
                execution_name: name.clone(),
                state_machine_id: saga.clone(),
                state_machine_name: saga.clone(),
                role_arn: String::new(),
                started_at: gathered.now,
            };
            let mut messages = Vec::new();
            let (execution, history) = self.surrounded(&id, gathered.now, |around| {
                let (mut execution, transition) = usher_asl::start(&deployed.machine, identity, input.clone(), around);
                let history = send(&mut execution, &deployed.machine, transition, around, &mut messages);
                (execution, history)
            });
            let due_at = execution.due_at();
            let snapshot = Snapshot {
                version: 1,
                definition: deployed.hash.as_str().into(),
                execution,
                due_at,
                pace: Pace::begun(gathered.now),
            };
            gathered.begun.push(Moved { id, snapshot, history, messages });
        }
    }

    /// Steps the executions that are told something: as the cache has them, and as the database has them where the cache
    /// has nothing or would refuse. A move on an old snapshot fails when it is written; a refusal on one would be believed.
    pub(super) async fn step(
        &self,
        connection: &mut PgConnection,
        commands: &[Command],
        gathered: &mut Gathered,
    ) -> Result<(), sqlx::Error> {
        let mut unread = Vec::new();
        for told in by_execution(commands) {
            match self.cache.take(&told.id) {
                Some(snapshot) => {
                    let machine = self.definitions.by_hash(&mut *connection, &snapshot.definition).await?;
                    if self.tell(&told, snapshot, &machine, gathered).is_some() {
                        unread.push(told);
                    }
                }
                None => unread.push(told),
            }
        }
        if !unread.is_empty() {
            let ids: Vec<String> = unread.iter().map(|told| told.id.clone()).collect();
            let mut snapshots = store::load(&mut *connection, &ids).await?;
            #[cfg(feature = "crash-points")]
            crash_point::reached(Point::Loaded, ids.iter().map(String::as_str));
            for told in unread {
                let Some(snapshot) = snapshots.remove(&told.id) else {
                    for (index, news) in told.news {
                        gathered.results[index] = Some(Err(unknown(news)));
                    }
                    continue;
                };
                let machine = self.definitions.by_hash(&mut *connection, &snapshot.definition).await?;
                let unmoved = self.tell(&told, snapshot, &machine, gathered);
                if let Some(running) = unmoved.filter(|snapshot| snapshot.due_at.is_some()) {
                    self.cache.put(told.id, running); // A late answer is no reason to read it again.
                }
            }
        }
        gathered.moved.sort_unstable_by(|a, b| a.id.cmp(&b.id)); // Rows are locked in one order by everybody.
        Ok(())
    }

    /// Tells one execution its events, and gives it back if none of them moved it.
    fn tell(
        &self,
        told: &Told<'_>,
        mut snapshot: Snapshot,
        machine: &StateMachine,
        gathered: &mut Gathered,
    ) -> Option<Snapshot> {
        let (mut history, mut messages, mut timer, mut accepted) = (Vec::new(), Vec::new(), false, false);
        let mut pace = snapshot.pace;
        let own_now = pace.keep(gathered.now);
        for (index, news) in &told.news {
            timer |= matches!(news, News::Event(Event::Timer));
            let stepped = self.surrounded(&told.id, own_now, |around| match *news {
                News::Event(event) => {
                    let stepped = snapshot.execution.step(machine, event.clone(), around);
                    let transition = stepped.map_err(|refused| refusal(event, refused))?;
                    Ok(send(&mut snapshot.execution, machine, transition, around, &mut messages))
                }
                News::Amendment(seen, amendment) => {
                    amend(&mut snapshot.execution, machine, (seen, amendment), around, &mut messages)
                }
            });
            gathered.results[*index] = Some(match stepped {
                Ok(events) => {
                    history.extend(events);
                    accepted = true;
                    Ok(())
                }
                Err(refused) => Err(refused),
            });
        }
        if !accepted && !timer {
            return Some(snapshot);
        }
        snapshot.pace = pace;
        snapshot.due_at = earliest(&snapshot, timer);
        snapshot.version += 1;
        gathered.moved.push(Moved { id: told.id.clone(), snapshot, history, messages });
        None
    }

    fn surrounded<T>(&self, id: &str, now: OffsetDateTime, work: impl FnOnce(&mut Surroundings<'_>) -> T) -> T {
        #[expect(clippy::cast_possible_truncation, reason = "64 of the 128 random bits")]
        let mut random = || self.ambient.random() as u64;
        let mut new_token = || token::new(id, self.ambient.random());
        work(&mut Surroundings { now, random: &mut random, new_token: &mut new_token })
    }
}

/// What one execution is told by a batch, in the order in which it came, with the places of the commands.
struct Told<'a> {
    id: String,
    news: Vec<(usize, News<'a>)>,
}

/// What it is told.
#[derive(Clone, Copy)]
enum News<'a> {
    Event(&'a Event),
    /// With the last event that was seen.
    Amendment(u64, &'a Amendment),
}

fn by_execution(commands: &[Command]) -> Vec<Told<'_>> {
    let mut told: Vec<Told<'_>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (index, command) in commands.iter().enumerate() {
        let (execution, news) = match command {
            Command::Tell { execution, event } => (execution, News::Event(event)),
            Command::Amend { execution, seen, amendment } => (execution, News::Amendment(*seen, amendment)),
            Command::Start { .. } => continue,
        };
        let place = *places.entry(execution).or_insert(told.len());
        if place == told.len() {
            told.push(Told { id: execution.clone(), news: Vec::new() });
        }
        told[place].news.push((index, news));
    }
    told
}

/// What an event for an execution that does not exist is answered.
fn unknown(news: News<'_>) -> OrchestratorError {
    match news {
        News::Event(Event::Stop { .. } | Event::Redrive | Event::Timer) | News::Amendment(..) => {
            OrchestratorError::NotFound
        }
        News::Event(_) => OrchestratorError::TokenDead,
    }
}

/// The timer that the row is to carry. It moves only to come earlier - a row whose indexed columns stay is cheaper to
/// write - except when a timer fired, and when the execution ended.
fn earliest(snapshot: &Snapshot, timer: bool) -> Option<OffsetDateTime> {
    let due_at = snapshot.pace.on_the_machine(snapshot.execution.due_at()?);
    Some(if timer { due_at } else { snapshot.due_at.map_or(due_at, |stored| stored.min(due_at)) })
}
