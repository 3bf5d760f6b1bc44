//! What each state type does, one file a type. A state either is done at once, or leaves an activity behind and is
//! heard again when something arrives for it. A new type is a file here and a line in [`execute`].

pub(crate) mod choice;
mod fail;
pub(crate) mod map;
mod parallel;
mod pass;
mod succeed;
pub(crate) mod task;
pub(crate) mod wait;

use std::mem;

use crate::{
    errors::Failure,
    execution::{Activity, Drive, Progress, Signal, Turn},
    model::Kind,
};

/// Has a state do its work, from the beginning.
pub(crate) fn execute(turn: &mut Turn<'_, '_>) -> Progress {
    turn.place.activity = Activity::Idle;
    match &turn.state.kind {
        Kind::Pass { result } => pass::execute(turn, result.as_ref()),
        Kind::Task(task) => task::execute(turn, task),
        Kind::Choice(choice) => choice::execute(turn, choice),
        Kind::Wait(wait) => wait::execute(turn, wait),
        Kind::Succeed => succeed::execute(turn),
        Kind::Fail(fail) => fail::execute(turn, fail),
        Kind::Parallel(parallel) => parallel::execute(turn, parallel),
        Kind::Map(map) => map::execute(turn, map),
    }
}

/// Lets something arrive at a state that waits. Nothing comes back when it is not for this state.
pub(crate) fn signal(turn: &mut Turn<'_, '_>, signal: &mut Signal<'_>) -> Option<Progress> {
    let tick = matches!(signal, Signal::Tick);
    match &turn.place.activity {
        Activity::Idle => None,
        Activity::Waiting(until) => (tick && *until <= turn.run.now).then(|| wait::finish(turn)),
        Activity::Backoff(until) => (tick && *until <= turn.run.now).then(|| execute(turn)),
        Activity::Expired { heartbeat } => tick.then_some(Progress::Failed(Failure::timed_out(*heartbeat))),
        Activity::Task(open) => match signal {
            Signal::Answer { token, answer } if open.token == *token => task::answer(turn, answer.take()?),
            _ => None,
        },
        Activity::Parallel(_) | Activity::Map(_) => drive(turn, &mut Drive::Signal(signal)),
    }
}

/// Moves on what runs inside a Parallel or Map state. Nothing comes back when nothing inside was concerned.
pub(crate) fn drive(turn: &mut Turn<'_, '_>, drive: &mut Drive<'_, '_>) -> Option<Progress> {
    match (mem::take(&mut turn.place.activity), &turn.state.kind) {
        (Activity::Parallel(slots), Kind::Parallel(parallel)) => parallel::drive(turn, parallel, slots, drive),
        (Activity::Map(iterations), Kind::Map(map)) => map::drive(turn, map, iterations, drive),
        (activity, _) => {
            turn.place.activity = activity;
            None
        }
    }
}
