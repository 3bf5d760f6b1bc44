//! Walks one flow: enters states, lets them work, hears their failures, leaves them for the next, until one waits or
//! the flow is over. Nested flows are walked by the Parallel and Map states that own them, with the same code.

use serde_json::{Value, json};

use super::{Activity, Branch, Drive, Place, Run, Signal, Turn, failure_details};
use crate::{
    context::Item,
    data_flow::{self, Departure, Selection},
    errors::Failure,
    evaluation,
    history::EventType,
    model::{Catcher, Flow, Kind, Next, State},
    moment,
    scope::Variables,
    states,
};

/// What a branch walks, and what it sees of what is around it.
#[derive(Clone, Copy)]
pub(crate) struct Env<'e> {
    pub(crate) flow: &'e Flow,
    pub(crate) outer: Option<&'e Variables<'e>>,
    pub(crate) item: Option<Item<'e>>,
}

impl<'e> Env<'e> {
    /// That of the outermost flow: there is nothing around it.
    pub(crate) fn outermost(flow: &'e Flow) -> Self {
        Self { flow, outer: None, item: None }
    }
}

/// How a walk ended.
pub(crate) enum Outcome {
    /// Some state waits.
    Waiting,
    /// The flow is over.
    Finished(Value),
    /// A state failed and nothing in this flow handled it.
    Failed(Failure),
}

/// What became of a state.
pub(crate) enum Progress {
    /// It waits.
    Waiting,
    /// It is done.
    Left { departure: Departure, next: Next },
    /// It failed.
    Failed(Failure),
    /// A flow inside it failed.
    Broken(Failure),
}

impl Branch {
    /// Begins at the flow's first state.
    pub(crate) fn start(&mut self, env: Env<'_>, run: &mut Run<'_>, input: Value) -> Outcome {
        let progress = self.enter(env, run, env.flow.start_at.clone(), input);
        self.proceed(env, run, progress)
    }

    /// Lets something arrive. Nothing comes back when it is not for this branch.
    pub(crate) fn signal(&mut self, env: Env<'_>, run: &mut Run<'_>, signal: &mut Signal<'_>) -> Option<Outcome> {
        let progress = self.with_turn(env, run, |turn| states::signal(turn, signal)).flatten()?;
        Some(self.proceed(env, run, progress))
    }

    /// Goes on after a redrive: inside Parallel and Map states only what is not finished, elsewhere the state again.
    pub(crate) fn resume(&mut self, env: Env<'_>, run: &mut Run<'_>, event: u64) -> Outcome {
        self.last_event = event;
        let progress = match &mut self.place {
            None => Progress::Waiting,
            Some(place) => {
                place.attempts = crate::retry::Attempts::default();
                let is_task = env.flow.get(&place.name).is_some_and(|state| matches!(state.kind, Kind::Task(_)));
                if matches!(place.activity, Activity::Parallel(_) | Activity::Map(_)) {
                    self.with_turn(env, run, |turn| states::drive(turn, &mut Drive::Resume(event)))
                        .flatten()
                        .unwrap_or(Progress::Waiting)
                } else if is_task {
                    self.work(env, run)
                } else {
                    let (name, input) = (std::mem::take(&mut place.name), std::mem::take(&mut place.input));
                    self.enter(env, run, name, input)
                }
            }
        };
        self.proceed(env, run, progress)
    }

    fn enter(&mut self, env: Env<'_>, run: &mut Run<'_>, name: String, input: Value) -> Progress {
        let full = run.history_is_full();
        let state = env.flow.get(&name);
        if let Some(state) = state.filter(|_| !full) {
            let details = json!({ "name": name, "input": input });
            self.last_event = run.record(EventType::entered(&state.kind), self.last_event, details);
        }
        self.place = Some(Place {
            name,
            entered_event: self.last_event,
            entered_at: run.now,
            input,
            attempts: crate::retry::Attempts::default(),
            activity: Activity::Idle,
        });
        if full {
            let cause = "The execution reached the maximum number of history events (25000).";
            return Progress::Failed(Failure::fatal(cause.to_owned()));
        }
        self.work(env, run)
    }

    /// Has the current state do its work, for the first time or again.
    fn work(&mut self, env: Env<'_>, run: &mut Run<'_>) -> Progress {
        let progress = self.with_turn(env, run, states::execute);
        progress.unwrap_or_else(|| Progress::Failed(Failure::fatal("The state is not in the definition.".to_owned())))
    }

    fn proceed(&mut self, env: Env<'_>, run: &mut Run<'_>, mut progress: Progress) -> Outcome {
        loop {
            progress = match progress {
                Progress::Waiting => return Outcome::Waiting,
                Progress::Failed(failure) => match self.with_turn(env, run, |turn| handle(turn, failure, false)) {
                    Some(Ok(progress)) => progress,
                    Some(Err(failure)) => return Outcome::Failed(failure),
                    None => return Outcome::Waiting,
                },
                Progress::Broken(failure) => match self.with_turn(env, run, |turn| handle(turn, failure, true)) {
                    Some(Ok(progress)) => progress,
                    Some(Err(failure)) => return Outcome::Failed(failure),
                    None => return Outcome::Waiting,
                },
                Progress::Left { departure, next } => {
                    let output = self.leave(env.flow, run, departure);
                    match next {
                        Next::End => return Outcome::Finished(output),
                        Next::State(name) => self.enter(env, run, name, output),
                    }
                }
            };
        }
    }

    fn leave(&mut self, flow: &Flow, run: &mut Run<'_>, departure: Departure) -> Value {
        let place = self.place.take();
        let Departure { output, assigned } = departure;
        let state = place.as_ref().and_then(|place| flow.get(&place.name));
        if let Some((state, exited)) = state.and_then(|state| Some((state, EventType::exited(&state.kind)?))) {
            let mut details = json!({ "name": state.name, "output": output });
            if !assigned.is_empty() {
                details["assignedVariables"] = Value::Object(assigned.clone());
            }
            self.last_event = run.record(exited, self.last_event, details);
        }
        self.variables.extend(assigned);
        output
    }

    /// Lends the current state its view of the step. Nothing comes back when there is no current state, or when the
    /// definition does not know it.
    fn with_turn<T>(
        &mut self,
        env: Env<'_>,
        run: &mut Run<'_>,
        work: impl FnOnce(&mut Turn<'_, '_>) -> T,
    ) -> Option<T> {
        let Self { last_event, variables, place } = self;
        let place = place.as_mut()?;
        let state: &State = env.flow.get(&place.name)?;
        let variables = Variables { own: variables, outer: env.outer };
        Some(work(&mut Turn { run, state, place, last_event, variables, item: env.item }))
    }
}

/// Asks the state's retriers and catchers what to do about a failure.
fn handle(turn: &mut Turn<'_, '_>, failure: Failure, from_inside: bool) -> Result<Progress, Failure> {
    if let Some(delay) = turn.place.attempts.next_delay(&turn.state.retry, &failure, &turn.run.dice) {
        let delay = time::Duration::microseconds(i64::try_from(delay).unwrap_or(i64::MAX));
        turn.place.activity = Activity::Backoff(moment::truncate(turn.run.now.saturating_add(delay)));
        return Ok(Progress::Waiting);
    }
    let is_container = matches!(turn.state.kind, Kind::Map(_) | Kind::Parallel(_));
    let is_evaluation = !from_inside && failure.is_evaluation();
    if is_evaluation {
        record_evaluation(turn, &failure);
    }
    if from_inside || (is_evaluation && is_container) {
        // The failure of what is inside becomes the failure of the whole only now that it is final (recorded).
        let is_map = matches!(turn.state.kind, Kind::Map(_));
        turn.record(if is_map { EventType::MapStateFailed } else { EventType::ParallelStateFailed }, json!({}));
    }
    let Some(catcher) = turn.state.catch.iter().find(|catcher| failure.matches(&catcher.error_equals)) else {
        if !from_inside {
            turn.place.activity = Activity::Idle;
        }
        return Err(failure);
    };
    match caught(turn, catcher, &failure) {
        Ok(departure) => Ok(Progress::Left { departure, next: Next::State(catcher.next.clone()) }),
        Err(failure) => {
            if failure.is_evaluation() {
                record_evaluation(turn, &failure);
            }
            Err(failure)
        }
    }
}

/// What a catcher makes of a failure.
pub(crate) fn caught(turn: &mut Turn<'_, '_>, catcher: &Catcher, failure: &Failure) -> Result<Departure, Failure> {
    let caught = failure.to_output();
    let assigned = data_flow::assigned(catcher.assign.as_ref(), &turn.scope().with_error(&caught));
    let assigned = turn.located(assigned)?;
    let output = match &catcher.output {
        Selection::Template(template) => evaluation::fill(template, &turn.scope().with_error(&caught)),
        _ => catcher.result.place(&mut turn.place.input, caught),
    };
    Ok(Departure { output: turn.located(output)?, assigned })
}

/// Tells that an expression had no usable value. The event belongs before the state's entry where both happen in one
/// step, because the service decides on them together; only a Wait state is entered first (recorded).
fn record_evaluation(turn: &mut Turn<'_, '_>, failure: &Failure) {
    let entered = turn.place.entered_event;
    if *turn.last_event == entered && !matches!(turn.state.kind, Kind::Wait(_)) {
        let entry = turn.run.history.iter().rfind(|event| event.id == entered);
        *turn.last_event = entry.map_or(entered, |entry| entry.previous_event_id);
    }
    let details = evaluation_details(&turn.state.name, failure);
    turn.record(EventType::EvaluationFailed, details);
}

/// The particulars of an expression that had no usable value.
pub(crate) fn evaluation_details(state: &str, failure: &Failure) -> Value {
    let mut details = failure_details(failure.error.as_deref(), failure.cause.as_deref());
    details["state"] = state.into();
    if let Some(location) = failure.location() {
        details["location"] = location.into();
    }
    details
}
