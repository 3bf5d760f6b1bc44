//! Map, inline: runs one flow for each item of an array, a limited number at a time, and ends with all of the outputs,
//! or with a failure when more iterations fail than are tolerated.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{parallel::cut_off_failed, task::shown};
use crate::{
    context::Item,
    data_flow,
    errors::{self, Failure},
    execution::{Activity, Branch, Drive, Env, Iteration, Iterations, Outcome, Progress, Turn, abort, turn_scope},
    history::EventType,
    model::{Amount, Map},
    scope::{Random, Scope},
};

/// AWS runs at most this many iterations of an inline Map at once.
const MOST_AT_ONCE: usize = 40;

pub(super) fn execute(turn: &mut Turn<'_, '_>, map: &Map) -> Progress {
    let iterations = match begin(turn, map) {
        Ok(iterations) => iterations,
        Err(failure) => return Progress::Failed(failure),
    };
    let started = turn.record(EventType::MapStateStarted, json!({ "length": iterations.length }));
    let mut iterations = Iterations { tolerated: 0, ..iterations };
    match tolerated(turn, map, iterations.length) {
        Ok(tolerated) => iterations.tolerated = tolerated,
        Err(failure) => return Progress::Failed(failure),
    }
    let at_once = match at_once(turn, map) {
        Ok(at_once) => at_once,
        Err(failure) => return Progress::Failed(failure),
    };
    for _ in 0..at_once.min(iterations.length) {
        start_next(turn, &mut iterations, started);
    }
    drive(turn, map, iterations, &mut Drive::Begin).unwrap_or(Progress::Waiting)
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
    while let Some(iteration) = iterations.running.get_mut(position) {
        let index = iteration.index;
        let (output, event) = match step(turn, map, iteration, drive) {
            None => {
                position += 1;
                continue;
            }
            Some(Outcome::Waiting) => {
                concerned = true;
                position += 1;
                continue;
            }
            Some(Outcome::Finished(output)) => {
                let event = iteration.branch.last_event;
                *turn.last_event = turn.run.record(EventType::MapIterationSucceeded, event, told(turn, index));
                (output, event)
            }
            Some(Outcome::Failed(failure)) => {
                let event = iteration.branch.last_event;
                *turn.last_event = event;
                turn.note(EventType::MapIterationFailed, told(turn, index));
                iterations.failed += 1;
                if failure.is_fatal() || iterations.failed > iterations.tolerated {
                    return Some(broken(turn, map, iterations, position, failure));
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
            start_next(turn, &mut iterations, event);
        }
    }
    if !iterations.running.is_empty() {
        turn.place.activity = Activity::Map(iterations);
        return concerned.then_some(Progress::Waiting);
    }
    turn.note(EventType::MapStateSucceeded, json!({}));
    Some(turn.leave_with(Value::Array(iterations.outputs)))
}

fn step(turn: &mut Turn<'_, '_>, map: &Map, iteration: &mut Iteration, drive: &mut Drive<'_, '_>) -> Option<Outcome> {
    let Iteration { index, branch } = iteration;
    let input = match &branch.place {
        Some(_) => None,
        None => match item_input(turn, map, *index) {
            Ok(input) => Some(input),
            Err(failure) => return Some(Outcome::Failed(failure)),
        },
    };
    // What the iteration sees is borrowed from the state's input, while the step goes on being written to.
    let Turn { run, state, place, variables, item, .. } = turn;
    let scope = turn_scope(run.facts, place, *variables, *item, &NoRandom);
    let effective = state.data.effective_input(&scope).ok();
    let items = effective.as_deref().and_then(|effective| items(map, &scope.over(effective)).ok());
    let value = items.as_deref().and_then(|items| items.get(*index)).unwrap_or(&Value::Null);
    let env = Env { flow: &map.processor, outer: Some(variables), item: Some(Item { index: *index, value }) };
    match (input, drive) {
        (Some(input), drive) => {
            if let Drive::Resume(event) = drive {
                branch.last_event = *event;
            }
            Some(branch.start(env, run, input))
        }
        (None, Drive::Begin) => None,
        (None, Drive::Signal(signal)) => branch.signal(env, run, signal),
        (None, Drive::Resume(event)) => Some(branch.resume(env, run, *event)),
    }
}

fn broken(turn: &mut Turn<'_, '_>, map: &Map, mut iterations: Iterations, failed: usize, failure: Failure) -> Progress {
    let event = *turn.last_event;
    for (position, iteration) in iterations.running.iter_mut().enumerate() {
        if position == failed {
            cut_off_failed(turn, &iteration.branch, &map.processor, event);
        } else {
            abort(&mut iteration.branch, &map.processor, turn.run, event);
            let details = told(turn, iteration.index);
            turn.run.record(EventType::MapIterationAborted, event, details);
        }
    }
    let failure = if iterations.tolerated > 0 && !failure.is_fatal() {
        let cause = "The specified tolerated failure threshold was exceeded".to_owned();
        Failure::named(errors::EXCEED_TOLERATED_FAILURE_THRESHOLD, cause)
    } else {
        failure
    };
    // The iterations stay for a redrive, which counts their failures anew.
    iterations.failed = 0;
    turn.place.activity = Activity::Map(iterations);
    Progress::Broken(failure)
}

fn start_next(turn: &mut Turn<'_, '_>, iterations: &mut Iterations, previous: u64) {
    let index = iterations.next;
    let details = told(turn, index);
    let event = turn.run.record(EventType::MapIterationStarted, previous, details);
    iterations.running.push(Iteration { index, branch: Branch::after(event) });
    iterations.next += 1;
}

fn told(turn: &Turn<'_, '_>, index: usize) -> Value {
    json!({ "name": turn.state.name, "index": index })
}

fn begin(turn: &Turn<'_, '_>, map: &Map) -> Result<Iterations, Failure> {
    at_once(turn, map)?;
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let length = items(map, &scope.over(&effective)).map_err(|message| turn.fatal(&message))?.len();
    Ok(Iterations { length, next: 0, tolerated: 0, failed: 0, running: Vec::new(), outputs: vec![Value::Null; length] })
}

/// The items, borrowed from the state's input where they are part of it.
fn items<'a>(map: &Map, scope: &Scope<'a>) -> Result<Cow<'a, [Value]>, String> {
    let (found, text) = match &map.items {
        None => (Cow::Borrowed(scope.input), "$"),
        Some(path) => {
            let found = path.evaluate(scope).map_err(|missing| format!("Invalid path '{path}' : {}", missing.0))?;
            (found, path.text())
        }
    };
    match found {
        Cow::Borrowed(Value::Array(items)) => Ok(Cow::Borrowed(items)),
        Cow::Owned(Value::Array(items)) => Ok(Cow::Owned(items)),
        _ => Err(format!("Reference path \"{}\" must point to array.", text.replacen("$$", "$", 1))),
    }
}

fn item_input(turn: &Turn<'_, '_>, map: &Map, index: usize) -> Result<Value, Failure> {
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let mut scope = scope.over(&effective);
    let items = items(map, &scope).map_err(|message| turn.fatal(&message))?;
    let value = items.get(index).unwrap_or(&Value::Null);
    match &map.item_selector {
        None => Ok(value.clone()),
        Some(template) => {
            scope.context.item = Some(Item { index, value });
            turn.located(data_flow::fill(template, &scope))
        }
    }
}

fn at_once(turn: &Turn<'_, '_>, map: &Map) -> Result<usize, Failure> {
    let limit = amount(turn, map.max_concurrency.as_ref(), "MaxConcurrencyPath")?.unwrap_or(0);
    Ok(if limit == 0 { MOST_AT_ONCE } else { usize::try_from(limit).unwrap_or(MOST_AT_ONCE).min(MOST_AT_ONCE) })
}

fn tolerated(turn: &Turn<'_, '_>, map: &Map, length: usize) -> Result<usize, Failure> {
    let count = amount(turn, map.tolerated_failure_count.as_ref(), "ToleratedFailureCountPath")?;
    let percentage = amount(turn, map.tolerated_failure_percentage.as_ref(), "ToleratedFailurePercentagePath")?;
    let count = count.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    let share = percentage.map(|share| length.saturating_mul(usize::try_from(share.min(100)).unwrap_or(100)) / 100);
    Ok(count.into_iter().chain(share).min().unwrap_or(0))
}

fn amount(turn: &Turn<'_, '_>, amount: Option<&Amount>, field: &str) -> Result<Option<u64>, Failure> {
    let path = match amount {
        None => return Ok(None),
        Some(Amount::Fixed(number)) => return Ok(Some(*number)),
        Some(Amount::At(path)) => path,
    };
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let value = path.evaluate(&scope.over(&effective));
    let value = value.map_err(|missing| turn.fatal(&format!("Invalid path '{path}' : {}", missing.0)))?;
    value.as_u64().map(Some).ok_or_else(|| {
        turn.fatal(&format!(
            "The {field} field refers to value \"{}\" which is not a valid integer: {path}",
            shown(&value)
        ))
    })
}

/// Paths draw nothing.
struct NoRandom;

impl Random for NoRandom {
    fn next(&self) -> u64 {
        0
    }
}
