//! Map: runs one flow for each item of an array, a limited number at a time, and ends with all of the outputs, or with
//! a failure when more iterations fail than are tolerated. The iterations of a distributed Map are executions of their
//! own: what happens inside is left out of the history and only the map run as a whole is told.

mod items;
mod limits;

use std::{borrow::Cow, mem};

use serde_json::{Value, json};

use super::parallel::cut_off_failed;
use crate::{
    context::Item,
    errors::Failure,
    execution::{
        Activity, Branch, Drive, Env, Iteration, Iterations, Outcome, Progress, Turn, abort, evaluation_details,
        failure_details, turn_scope,
    },
    history::EventType,
    intrinsics,
    model::{Items, Map, Next},
    scope::Random,
};
pub(crate) use items::{item_input, items};
use limits::{at_once, tolerated};

/// The number of the event with which an execution enters its first state.
const FIRST_ENTRY: u64 = 2;

pub(super) fn execute(turn: &mut Turn<'_, '_>, map: &Map) -> Progress {
    match begin(turn, map) {
        Ok(iterations) => drive(turn, map, iterations, &mut Drive::Begin).unwrap_or(Progress::Waiting),
        Err(failure) => Progress::Failed(failure),
    }
}

/// Moves the iterations on, in their order; one that ends makes room for the next. Nothing comes back when none was
/// concerned.
pub(super) fn drive(
    turn: &mut Turn<'_, '_>,
    map: &Map,
    mut iterations: Iterations,
    drive: &mut Drive<'_, '_>,
) -> Option<Progress> {
    let mut concerned = false;
    let mut position = 0;
    let computed = mem::take(&mut iterations.items);
    while let Some(iteration) = iterations.running.get_mut(position) {
        let index = iteration.index;
        let (output, event) = match step(turn, map, computed.as_deref(), iteration, drive) {
            None => {
                position += 1;
                continue;
            }
            Some(Outcome::Waiting) => {
                concerned = true;
                position += 1;
                continue;
            }
            Some(Outcome::Finished(output)) => (output, succeeded(turn, map, &iteration.branch, index)),
            Some(Outcome::Failed(failure)) => {
                let event = failed(turn, map, &iteration.branch, index);
                iterations.failed += 1;
                // What is fatal to an execution of its own is one failed iteration to the Map.
                let is_fatal = failure.is_fatal() && !map.distributed;
                if is_fatal || iterations.failed > iterations.tolerated {
                    return Some(broken(turn, map, Iterations { items: computed, ..iterations }, (position, failure)));
                }
                (failure.to_output(), event)
            }
        };
        concerned = true;
        if let Some(slot) = iterations.outputs.get_mut(index) {
            *slot = output;
        }
        iterations.running.remove(position);
        if iterations.next < iterations.length {
            start_next(turn, map, &mut iterations, event);
        }
    }
    if !iterations.running.is_empty() {
        turn.place.activity = Activity::Map(Iterations { items: computed, ..iterations });
        return concerned.then_some(Progress::Waiting);
    }
    if map.distributed {
        let run_started = *turn.last_event;
        turn.record(EventType::MapRunSucceeded, json!({}));
        turn.note(EventType::MapStateSucceeded, json!({}));
        if turn.state.next == Some(Next::End) && turn.place.entered_event != FIRST_ENTRY {
            // Recordings disagree on what the exit follows; this tells them apart (docs/decisions/0021).
            *turn.last_event = run_started;
        }
    } else {
        turn.note(EventType::MapStateSucceeded, json!({}));
    }
    Some(turn.leave_with(Value::Array(iterations.outputs)))
}

/// Evaluates what the definition leaves open, and starts as many iterations as may run at once.
fn begin(turn: &mut Turn<'_, '_>, map: &Map) -> Result<Iterations, Failure> {
    let at_once = at_once(turn, map)?;
    let (length, computed) = {
        let scope = turn.scope();
        let effective = turn.located(turn.state.data.effective_input(&scope))?;
        let items = turn.located(items(turn.state.query_language, map, &scope.over(&effective)))?;
        let computed = matches!(map.items, Some(Items::Template(_))).then(|| items.to_vec());
        (items.len(), computed)
    };
    let mut previous = turn.record(EventType::MapStateStarted, json!({ "length": length }));
    let tolerated = tolerated(turn, map, length)?;
    if map.distributed {
        let id = intrinsics::random_uuid(|| turn.run.dice.next());
        previous = turn.record(EventType::MapRunStarted, json!({ "mapRunArn": run_arn(turn, map, &id) }));
    }
    let outputs = vec![Value::Null; length];
    let mut iterations =
        Iterations { length, next: 0, tolerated, failed: 0, items: computed, running: Vec::new(), outputs };
    for _ in 0..at_once.min(length) {
        start_next(turn, map, &mut iterations, previous);
    }
    Ok(iterations)
}

/// Whether everything that is evaluated before the first iteration has a value.
pub(crate) fn check(turn: &Turn<'_, '_>, map: &Map) -> Result<(), Failure> {
    at_once(turn, map)?;
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let length = turn.located(items(turn.state.query_language, map, &scope.over(&effective)))?.len();
    tolerated(turn, map, length).map(drop)
}

fn run_arn(turn: &Turn<'_, '_>, map: &Map, id: &str) -> String {
    let identity = turn.run.facts.identity;
    let account = identity.execution_id.split(":execution:").next().unwrap_or_default();
    let label = map.label.as_deref().unwrap_or(&turn.state.name);
    format!("{account}:mapRun:{}/{label}:{id}", identity.state_machine_name)
}

fn step(
    turn: &mut Turn<'_, '_>,
    map: &Map,
    computed: Option<&[Value]>,
    iteration: &mut Iteration,
    drive: &mut Drive<'_, '_>,
) -> Option<Outcome> {
    let Iteration { index, next_event_id, branch } = iteration;
    let input = match &branch.place {
        Some(_) => None,
        None => match item_input(turn, map, computed, *index) {
            Ok(input) => Some(input),
            Err(failure) => {
                if failure.is_evaluation() && !map.distributed {
                    let details = evaluation_details(&turn.state.name, &failure);
                    branch.last_event = turn.run.record(EventType::EvaluationFailed, branch.last_event, details);
                }
                return Some(Outcome::Failed(failure));
            }
        },
    };
    // What the iteration sees is borrowed from the state's input, while the step goes on being written to.
    let Turn { run, state, place, variables, item, .. } = turn;
    let scope = turn_scope(run.facts, place, *variables, *item, (run.now, &NoRandom));
    let effective = state.data.effective_input(&scope).ok();
    let found = match (computed, effective.as_deref()) {
        (Some(computed), _) => Some(Cow::Borrowed(computed)),
        (None, Some(effective)) => items(state.query_language, map, &scope.over(effective)).ok(),
        (None, None) => None,
    };
    let value = found.as_deref().and_then(|items| items.get(*index)).unwrap_or(&Value::Null);
    let outer = (!map.distributed).then_some(&*variables);
    let env = Env { flow: &map.processor, outer, item: Some(Item { index: *index, value }) };
    run.aside(map.distributed.then_some(next_event_id), |run| match (input, drive) {
        (Some(input), drive) => {
            if let (Drive::Resume(event), false) = (drive, map.distributed) {
                branch.last_event = *event;
            }
            Some(branch.start(env, run, input))
        }
        (None, Drive::Begin) => None,
        (None, Drive::Signal(signal)) => branch.signal(env, run, signal),
        (None, Drive::Resume(event)) => Some(branch.resume(env, run, *event)),
    })
}

/// Tells that an iteration ended well. The next one follows what was last inside of it.
fn succeeded(turn: &mut Turn<'_, '_>, map: &Map, branch: &Branch, index: usize) -> u64 {
    if map.distributed {
        return *turn.last_event;
    }
    *turn.last_event = turn.run.record(EventType::MapIterationSucceeded, branch.last_event, told(turn, index));
    branch.last_event
}

/// Tells that an iteration failed.
fn failed(turn: &mut Turn<'_, '_>, map: &Map, branch: &Branch, index: usize) -> u64 {
    if !map.distributed {
        *turn.last_event = branch.last_event;
        turn.note(EventType::MapIterationFailed, told(turn, index));
    }
    *turn.last_event
}

fn broken(
    turn: &mut Turn<'_, '_>,
    map: &Map,
    mut iterations: Iterations,
    (failed, failure): (usize, Failure),
) -> Progress {
    let event = *turn.last_event;
    for (position, iteration) in iterations.running.iter_mut().enumerate() {
        let Iteration { index, next_event_id, branch } = iteration;
        if map.distributed {
            if position != failed {
                turn.run.aside(Some(next_event_id), |run| abort(branch, &map.processor, run, event));
            }
        } else if position == failed {
            cut_off_failed(turn, branch, &map.processor, event);
        } else {
            abort(branch, &map.processor, turn.run, event);
            let details = told(turn, *index);
            turn.run.record(EventType::MapIterationAborted, event, details);
        }
    }
    let failure = if map.distributed || (iterations.tolerated > 0 && !failure.is_fatal()) {
        Failure::threshold()
    } else {
        failure
    };
    if map.distributed {
        let details = failure_details(failure.error.as_deref(), failure.cause.as_deref());
        turn.record(EventType::MapRunFailed, details);
    }
    // The iterations stay for a redrive, which counts their failures anew.
    iterations.failed = 0;
    turn.place.activity = Activity::Map(iterations);
    Progress::Broken(failure)
}

fn start_next(turn: &mut Turn<'_, '_>, map: &Map, iterations: &mut Iterations, previous: u64) {
    let index = iterations.next;
    // An iteration of a distributed Map counts its events itself, beginning with that of its start.
    let (branch, next_event_id) = if map.distributed {
        (Branch::after(0), 2)
    } else {
        let details = told(turn, index);
        (Branch::after(turn.run.record(EventType::MapIterationStarted, previous, details)), 0)
    };
    iterations.running.push(Iteration { index, next_event_id, branch });
    iterations.next += 1;
}

fn told(turn: &Turn<'_, '_>, index: usize) -> Value {
    json!({ "name": turn.state.name, "index": index })
}

/// Paths draw nothing.
struct NoRandom;

impl Random for NoRandom {
    fn next(&self) -> u64 {
        0
    }
}
