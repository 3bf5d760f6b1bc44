//! The life of an execution: it starts, takes events one by one, and ends; sometimes it is redriven.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    Activity, Answer, Branch, Env, Event, Facts, Identity, OpenTask, Outcome, Refused, Run, Signal, Stand, Status,
    Surroundings, Transition, failure_details, is_zero, sweep,
};
use crate::{
    details::Output,
    errors::{self, Failure},
    history::EventType,
    model::StateMachine,
    moment, size,
};

/// The snapshot of an execution. Its serialised form is compact and meant for storage, not for people: short names,
/// nothing that is empty. Fields that a later version adds are ignored by an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    #[serde(rename = "id")]
    identity: Identity,
    #[serde(rename = "i")]
    input: Value,
    #[serde(rename = "s", default, skip_serializing_if = "Status::is_running")]
    status: Status,
    #[serde(rename = "n")]
    next_event_id: u64,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none", with = "moment::option")]
    deadline: Option<OffsetDateTime>,
    #[serde(rename = "r", default, skip_serializing_if = "is_zero")]
    redrives: u32,
    #[serde(rename = "rt", default, skip_serializing_if = "Option::is_none", with = "moment::option")]
    redriven_at: Option<OffsetDateTime>,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    closed_tokens: Vec<String>,
    #[serde(rename = "b")]
    root: Branch,
}

/// How many closed tokens are remembered, so that a repeated answer is told from a wrong one. Two cover a worker that
/// repeats itself and a time-out that crossed an answer, at some forty bytes each.
const REMEMBERED_TOKENS: usize = 2;

/// Starts an execution and runs it until it waits for something or ends.
pub fn start(
    machine: &StateMachine,
    identity: Identity,
    input: Value,
    around: &mut Surroundings<'_>,
) -> (Execution, Transition) {
    let now = moment::truncate(around.now);
    let identity = Identity { started_at: moment::truncate(identity.started_at), ..identity };
    let mut execution = Execution {
        deadline: machine.timeout_seconds.map(|seconds| moment::after(now, seconds)),
        identity,
        input,
        status: Status::Running,
        next_event_id: 1,
        redrives: 0,
        redriven_at: None,
        closed_tokens: Vec::new(),
        root: Branch::after(0),
    };
    let transition = execution.change(around, |run, root| {
        let details = json!({ "input": run.facts.execution_input, "roleArn": run.facts.identity.role_arn });
        run.record(EventType::ExecutionStarted, 0, &details);
        let input = run.facts.execution_input.clone();
        if size::exceeds_limit(&input) {
            let cause = "The input exceeds the maximum number of bytes service limit.".to_owned();
            return Outcome::Failed(Failure::named(errors::DATA_LIMIT_EXCEEDED, cause));
        }
        root.start(Env::outermost(&machine.flow), run, input)
    });
    (execution, transition)
}

impl Execution {
    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What it was started with.
    pub fn input(&self) -> &Value {
        &self.input
    }

    /// How it stands.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// When [`Event::Timer`] is next worth sending: the earliest wait, retry, time-out or heartbeat.
    pub fn due_at(&self) -> Option<OffsetDateTime> {
        if !self.status.is_running() {
            return None;
        }
        sweep::due_at(&self.root).into_iter().chain(self.deadline).min()
    }

    /// The states it stands in; several inside Parallel and Map states, none when it has succeeded.
    pub fn current_states(&self) -> Vec<&str> {
        let mut names = Vec::new();
        sweep::leaves(&self.root, &mut |place| names.push(place.name.as_str()));
        names
    }

    /// The number that its next history event gets.
    pub fn next_event_id(&self) -> u64 {
        self.next_event_id
    }

    /// How often it was redriven.
    pub fn redrive_count(&self) -> u32 {
        self.redrives
    }

    /// The tasks that somebody is working on.
    pub fn open_tasks(&self) -> impl Iterator<Item = &OpenTask> {
        let mut tasks = Vec::new();
        sweep::leaves(&self.root, &mut |place| {
            if let Activity::Task(task) = &place.activity {
                tasks.push(task);
            }
        });
        tasks.into_iter()
    }

    /// Where it stands: one for each place that has no further places inside.
    pub fn stands(&self) -> Vec<Stand<'_>> {
        let mut stands = Vec::new();
        sweep::leaves(&self.root, &mut |place| stands.push(Stand::of(place)));
        stands
    }

    /// Takes one event. A refused event changes nothing.
    pub fn step(
        &mut self,
        machine: &StateMachine,
        event: Event,
        around: &mut Surroundings<'_>,
    ) -> Result<Transition, Refused> {
        let (token, answer) = match event {
            Event::Redrive => return self.redrive(machine, around),
            _ if !self.status.is_running() => return Err(Refused::NotRunning),
            Event::Stop { error, cause } => return Ok(self.stop(error.as_deref(), cause.as_deref(), around)),
            Event::Timer => return Ok(self.tick(machine, around)),
            Event::TaskStarted { token } => (token, Answer::Started { worker: None }),
            Event::ActivityStarted { token, worker } => (token, Answer::Started { worker }),
            Event::TaskSubmitted { token, output } => (token, Answer::Submitted(output)),
            Event::TaskSucceeded { token, output } => (token, Answer::Succeeded(output)),
            Event::TaskFailed { token, error, cause } => (token, Answer::Failed { error, cause }),
            Event::Heartbeat { token } => (token, Answer::Heartbeat),
        };
        if !self.open_tasks().any(|task| task.token == token) {
            let closed = self.closed_tokens.contains(&token);
            return Err(if closed { Refused::TokenClosed } else { Refused::UnknownToken });
        }
        Ok(self.change(around, |run, root| {
            let mut signal = Signal::Answer { token: &token, answer: Some(answer) };
            root.signal(Env::outermost(&machine.flow), run, &mut signal).unwrap_or(Outcome::Waiting)
        }))
    }

    fn tick(&mut self, machine: &StateMachine, around: &mut Surroundings<'_>) -> Transition {
        if self.deadline.is_some_and(|deadline| deadline <= around.now) {
            let error = Some(errors::TIMEOUT.to_owned());
            self.status = Status::TimedOut { error: error.clone(), cause: None };
            return self.change(around, |run, root| {
                sweep::halt(root, run);
                run.record(EventType::ExecutionTimedOut, root.last_event, &failure_details(error.as_deref(), None));
                Outcome::Waiting
            });
        }
        self.change(around, |run, root| {
            sweep::expire(root, &machine.flow, run);
            root.signal(Env::outermost(&machine.flow), run, &mut Signal::Tick).unwrap_or(Outcome::Waiting)
        })
    }

    fn stop(&mut self, error: Option<&str>, cause: Option<&str>, around: &mut Surroundings<'_>) -> Transition {
        self.status = Status::Aborted { error: error.map(str::to_owned), cause: cause.map(str::to_owned) };
        self.change(around, |run, root| {
            sweep::halt(root, run);
            // An abort has no predecessor (recorded).
            run.record(EventType::ExecutionAborted, 0, &failure_details(error, cause));
            Outcome::Waiting
        })
    }

    fn redrive(&mut self, machine: &StateMachine, around: &mut Surroundings<'_>) -> Result<Transition, Refused> {
        let failed = matches!(self.status, Status::Failed { .. } | Status::TimedOut { .. } | Status::Aborted { .. });
        if !failed || self.root.place.is_none() {
            return Err(Refused::NotRedrivable);
        }
        let now = moment::truncate(around.now);
        self.status = Status::Running;
        self.redrives += 1;
        self.redriven_at = Some(now);
        self.deadline = machine.timeout_seconds.map(|seconds| moment::after(now, seconds));
        let count = self.redrives;
        Ok(self.change(around, |run, root| {
            let last = run.next_event_id.saturating_sub(1);
            let event = run.record(EventType::ExecutionRedriven, last, &json!({ "redriveCount": count }));
            root.resume(Env::outermost(&machine.flow), run, event)
        }))
    }

    /// Lets `work` change the tree of branches and files what comes of it.
    fn change(
        &mut self,
        around: &mut Surroundings<'_>,
        work: impl FnOnce(&mut Run<'_>, &mut Branch) -> Outcome,
    ) -> Transition {
        let facts = Facts {
            identity: &self.identity,
            execution_input: &self.input,
            redrives: self.redrives,
            redriven_at: self.redriven_at,
            given_context: None,
        };
        let mut run = Run::new(facts, self.next_event_id, around);
        let ended = match work(&mut run, &mut self.root) {
            Outcome::Waiting => None,
            Outcome::Finished(output) => {
                run.record(EventType::ExecutionSucceeded, self.root.last_event, &Output { output: &output });
                Some(Status::Succeeded { output })
            }
            Outcome::Failed(Failure { error, cause, .. }) => {
                let details = failure_details(error.as_deref(), cause.as_deref());
                run.record(EventType::ExecutionFailed, self.root.last_event, &details);
                Some(Status::Failed { error, cause })
            }
        };
        let Run { next_event_id, history, effects, closed_tokens, .. } = run;
        self.next_event_id = next_event_id;
        self.closed_tokens.extend(closed_tokens);
        let forgotten = self.closed_tokens.len().saturating_sub(REMEMBERED_TOKENS);
        self.closed_tokens.drain(..forgotten);
        if let Some(status) = ended {
            self.status = status;
        }
        Transition { history, effects }
    }
}
