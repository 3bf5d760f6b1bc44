//! One batch: many executions stepped in memory, all results in one transaction.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use tokio::sync::Notify;
use usher_asl::{
    Effect, Event, Execution, HistoryEvent, Identity, SEND_AND_WAIT, StateMachine, Surroundings, Transition,
};
use usher_core::ambient::SharedAmbient;
use usher_database::{failure::overtaken, group_commit::Apply};
use usher_messaging::embedded::{EmbeddedQueue, queue::Enlisted};
use usher_workflows::orchestrator::OrchestratorError;

use super::{
    cache::{Cache, Snapshot},
    command::{Command, id, refusal},
    definitions::Definitions,
    store::{self, Moved},
    token,
};

/// What a command is answered, and what remains to be done once its batch is durable.
#[derive(Debug)]
pub(super) struct Outcome {
    pub result: Result<(), OrchestratorError>,
    after: Option<After>,
}

/// Carried by the first outcome of a batch.
#[derive(Debug)]
struct After {
    enlisted: Enlisted,
    snapshots: Vec<(String, Snapshot)>,
}

/// The earliest timer that this process knows of, so that the timers need not ask for what was just written.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    earliest: Mutex<Option<OffsetDateTime>>,
    pub changed: Notify,
}

impl Alarm {
    fn set(&self, due_at: OffsetDateTime) {
        let mut earliest = self.earliest.lock().unwrap_or_else(PoisonError::into_inner);
        if earliest.is_none_or(|earliest| due_at < earliest) {
            *earliest = Some(due_at);
            self.changed.notify_one();
        }
    }

    pub fn take(&self) -> Option<OffsetDateTime> {
        self.earliest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Steps executions.
#[derive(Debug)]
pub(super) struct Engine {
    pub ambient: SharedAmbient,
    pub definitions: Arc<Definitions>,
    pub queue: EmbeddedQueue,
    pub cache: Cache,
    pub alarm: Arc<Alarm>,
}

/// What a batch has gathered so far.
#[derive(Default)]
struct Gathered {
    results: Vec<Option<Result<(), OrchestratorError>>>,
    moved: Vec<Moved>,
    messages: Vec<(String, String)>,
}

impl Apply<Command, Outcome> for Engine {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Command],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let mut gathered = Gathered { results: commands.iter().map(|_| None).collect(), ..Gathered::default() };
            let begun = self.begin(&mut *connection, commands, &mut gathered, now).await?;
            self.step(&mut *connection, commands, &mut gathered, now).await?;
            if !gathered.moved.is_empty()
                && store::update(&mut *connection, &gathered.moved, now).await? != gathered.moved.len() as u64
            {
                return Err(overtaken()); // What was taken from the cache is gone from it, and will be read anew.
            }
            let messages = std::mem::take(&mut gathered.messages);
            let enlisted = self.queue.enlist(&mut *connection, messages).await?;
            metrics::counter!("usher_saga_transitions_total").increment((begun.len() + gathered.moved.len()) as u64);
            let snapshots = begun.into_iter().chain(gathered.moved).map(|moved| (moved.id, moved.snapshot)).collect();
            let mut after = Some(After { enlisted, snapshots });
            let outcome = |result: Option<_>| Outcome { result: result.unwrap_or(Ok(())), after: after.take() };
            Ok(gathered.results.into_iter().map(outcome).collect())
        })
    }

    fn committed(&self, outcomes: &mut [Outcome]) {
        for after in outcomes.iter_mut().filter_map(|outcome| outcome.after.take()) {
            let After { mut enlisted, snapshots } = after;
            enlisted.release();
            for (id, snapshot) in snapshots {
                if let Some(due_at) = snapshot.due_at {
                    self.alarm.set(due_at);
                    self.cache.put(id, snapshot);
                } else {
                    count_end(&id, &snapshot.execution);
                }
            }
        }
    }
}

impl Engine {
    /// Starts the executions that do not exist yet.
    async fn begin(
        &self,
        connection: &mut PgConnection,
        commands: &[Command],
        gathered: &mut Gathered,
        now: OffsetDateTime,
    ) -> Result<Vec<Moved>, sqlx::Error> {
        let mut begun: Vec<Moved> = Vec::new();
        let mut messages: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for (index, command) in commands.iter().enumerate() {
            let Command::Start { saga, name, input } = command else { continue };
            let id = id(saga, name);
            let Some(deployed) = self.definitions.current(saga) else {
                gathered.results[index] = Some(Err(OrchestratorError::Refused(format!("there is no saga `{saga}`"))));
                continue;
            };
            if messages.contains_key(&id) {
                continue; // The same start twice in one batch.
            }
            let identity = Identity {
                execution_id: id.clone(),
                execution_name: name.clone(),
                state_machine_id: saga.clone(),
                state_machine_name: saga.clone(),
                role_arn: String::new(),
                started_at: now,
            };
            let mut outgoing = Vec::new();
            let (execution, history) = self.surrounded(&id, now, |around| {
                let (mut execution, transition) = usher_asl::start(&deployed.machine, identity, input.clone(), around);
                let history = send(&mut execution, &deployed.machine, transition, around, &mut outgoing);
                (execution, history)
            });
            messages.insert(id.clone(), outgoing);
            let due_at = execution.due_at();
            let snapshot = Snapshot { version: 1, definition: deployed.hash.as_str().into(), execution, due_at };
            begun.push(Moved { id, snapshot, history });
        }
        if !begun.is_empty() {
            let inserted = store::insert(&mut *connection, &begun, now).await?;
            store::append(connection, &begun, &inserted).await?;
            begun.retain(|moved| inserted.contains(&moved.id));
            gathered.messages.extend(begun.iter().filter_map(|moved| messages.remove(&moved.id)).flatten());
        }
        Ok(begun)
    }

    /// Steps the executions that exist.
    async fn step(
        &self,
        connection: &mut PgConnection,
        commands: &[Command],
        gathered: &mut Gathered,
        now: OffsetDateTime,
    ) -> Result<(), sqlx::Error> {
        let mut told: Vec<(String, Vec<(usize, &Event)>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (index, command) in commands.iter().enumerate() {
            let Command::Tell { event, .. } = command else { continue };
            let id = command.execution();
            let place = *places.entry(id.clone()).or_insert(told.len());
            if place == told.len() {
                told.push((id, Vec::new()));
            }
            told[place].1.push((index, event));
        }
        let mut snapshots: HashMap<String, Snapshot> = HashMap::with_capacity(told.len());
        let mut missing = Vec::new();
        for (id, _) in &told {
            match self.cache.take(id) {
                Some(snapshot) => drop(snapshots.insert(id.clone(), snapshot)),
                None => missing.push(id.clone()),
            }
        }
        if !missing.is_empty() {
            snapshots.extend(store::load(&mut *connection, &missing).await?);
        }
        for (id, events) in told {
            let Some(mut snapshot) = snapshots.remove(&id) else {
                for (index, event) in events {
                    let unknown = match event {
                        Event::Stop { .. } | Event::Redrive | Event::Timer => OrchestratorError::NotFound,
                        _ => OrchestratorError::TokenDead,
                    };
                    gathered.results[index] = Some(Err(unknown));
                }
                continue;
            };
            let machine = self.definitions.by_hash(&mut *connection, &snapshot.definition).await?;
            let (mut history, mut timer, mut accepted) = (Vec::new(), false, false);
            for (index, event) in events {
                timer |= matches!(event, Event::Timer);
                let stepped = self.surrounded(&id, now, |around| {
                    let transition = snapshot.execution.step(&machine, event.clone(), around)?;
                    Ok(send(&mut snapshot.execution, &machine, transition, around, &mut gathered.messages))
                });
                gathered.results[index] = Some(match stepped {
                    Ok(events) => {
                        history.extend(events);
                        accepted = true;
                        Ok(())
                    }
                    Err(refused) => Err(refusal(refused)),
                });
            }
            if accepted || timer {
                let due_at = earliest(&snapshot, timer);
                snapshot.version += 1;
                snapshot.due_at = due_at;
                gathered.moved.push(Moved { id, snapshot, history });
            } else {
                self.cache.put(id, snapshot); // Nothing changed.
            }
        }
        gathered.moved.sort_unstable_by(|a, b| a.id.cmp(&b.id)); // Rows are locked in one order by everybody.
        Ok(())
    }

    fn surrounded<T>(&self, id: &str, now: OffsetDateTime, work: impl FnOnce(&mut Surroundings<'_>) -> T) -> T {
        #[expect(clippy::cast_possible_truncation, reason = "64 of the 128 random bits")]
        let mut random = || self.ambient.random() as u64;
        let mut new_token = || token::new(id, self.ambient.random());
        work(&mut Surroundings { now, random: &mut random, new_token: &mut new_token })
    }
}

/// The timer that the row is to carry. It moves only to come earlier - a row whose indexed columns stay is cheaper to
/// write - except when a timer fired, and when the execution ended.
fn earliest(snapshot: &Snapshot, timer: bool) -> Option<OffsetDateTime> {
    let due_at = snapshot.execution.due_at()?;
    Some(if timer { due_at } else { snapshot.due_at.map_or(due_at, |stored| stored.min(due_at)) })
}

/// Turns the tasks of a transition into messages, and tells the execution that they are away: they are, in the same
/// transaction. Whatever follows from that is sent likewise.
fn send(
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

fn count_end(id: &str, execution: &Execution) {
    let saga = id.split(':').next().unwrap_or_default().to_owned();
    metrics::counter!("usher_sagas_ended_total", "saga" => saga, "status" => store::status(execution).as_str())
        .increment(1);
}
