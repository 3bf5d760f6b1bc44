//! Parallel: runs several flows at once and ends with all of their outputs, or with the first failure.

use serde_json::{Value, json};

use crate::{
    execution::{Activity, Branch, Drive, Env, Outcome, Progress, Slot, Turn, abort},
    history::EventType,
    model::{Flow, Kind, Parallel},
};

pub(super) fn execute(turn: &mut Turn<'_, '_>, parallel: &Parallel) -> Progress {
    // Evaluated once, so that all branches are given the same.
    let arguments = match turn.arguments() {
        Ok(arguments) => arguments,
        Err(failure) => return Progress::Failed(failure),
    };
    let started = turn.record(EventType::ParallelStateStarted, json!({}));
    let slots = parallel.branches.iter().map(|_| Slot::Running(Box::new(Branch::after(started)))).collect();
    advance(turn, parallel, slots, &mut Drive::Begin, Some(&arguments)).unwrap_or(Progress::Waiting)
}

/// Moves the branches on, in their order. Nothing comes back when none was concerned.
pub(super) fn drive(
    turn: &mut Turn<'_, '_>,
    parallel: &Parallel,
    slots: Vec<Slot>,
    drive: &mut Drive<'_, '_>,
) -> Option<Progress> {
    advance(turn, parallel, slots, drive, None)
}

/// The same, with what branches are given that have not begun, if it is at hand.
fn advance(
    turn: &mut Turn<'_, '_>,
    parallel: &Parallel,
    mut slots: Vec<Slot>,
    drive: &mut Drive<'_, '_>,
    arguments: Option<&Value>,
) -> Option<Progress> {
    let mut concerned = false;
    for position in 0..slots.len() {
        let (Some(slot), Some(flow)) = (slots.get_mut(position), parallel.branches.get(position)) else { break };
        let Slot::Running(branch) = slot else { continue };
        match step(turn, (branch, flow), drive, arguments) {
            None => {}
            Some(Outcome::Waiting) => concerned = true,
            Some(Outcome::Finished(output)) => {
                concerned = true;
                *turn.last_event = branch.last_event;
                *slot = Slot::Done(output);
            }
            Some(Outcome::Failed(failure)) => {
                let event = branch.last_event;
                *turn.last_event = event;
                cut_off_failed(turn, branch, flow, event);
                for (other, (slot, flow)) in slots.iter_mut().zip(&parallel.branches).enumerate() {
                    if let Slot::Running(sibling) = slot
                        && other != position
                    {
                        abort(sibling, flow, turn.run, event);
                    }
                }
                // The branches stay for a redrive, which goes on with those that are not done.
                turn.place.activity = Activity::Parallel(slots);
                return Some(Progress::Broken(failure));
            }
        }
    }
    if slots.iter().any(|slot| matches!(slot, Slot::Running(_))) {
        turn.place.activity = Activity::Parallel(slots);
        return concerned.then_some(Progress::Waiting);
    }
    turn.note(EventType::ParallelStateSucceeded, json!({}));
    let outputs = slots.into_iter().map(|slot| if let Slot::Done(output) = slot { output } else { Value::Null });
    let outputs = outputs.collect();
    Some(turn.leave_with(outputs))
}

fn step(
    turn: &mut Turn<'_, '_>,
    (branch, flow): (&mut Branch, &Flow),
    drive: &mut Drive<'_, '_>,
    arguments: Option<&Value>,
) -> Option<Outcome> {
    if branch.place.is_none() {
        if let Drive::Resume(event) = drive {
            branch.last_event = *event;
        }
        let input = match arguments.cloned().map_or_else(|| turn.arguments(), Ok) {
            Ok(input) => input,
            Err(failure) => return Some(Outcome::Failed(failure)),
        };
        let env = Env { flow, outer: Some(&turn.variables), item: turn.item };
        return Some(branch.start(env, turn.run, input));
    }
    let env = Env { flow, outer: Some(&turn.variables), item: turn.item };
    match drive {
        Drive::Begin => None,
        Drive::Signal(signal) => branch.signal(env, turn.run, signal),
        Drive::Resume(event) => Some(branch.resume(env, turn.run, *event)),
    }
}

/// The task whose failure ends everything around it is recorded as cut off like its siblings (recorded).
pub(super) fn cut_off_failed(turn: &mut Turn<'_, '_>, branch: &Branch, flow: &Flow, event: u64) {
    let state = branch.place.as_ref().and_then(|place| flow.get(&place.name));
    if state.is_some_and(|state| matches!(state.kind, Kind::Task(_))) {
        turn.run.record(EventType::TaskStateAborted, event, json!({}));
    }
}
