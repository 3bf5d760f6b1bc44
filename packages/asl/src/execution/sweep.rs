//! Looks over, or closes, everything that is open in a tree of branches.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Activity, Branch, Iteration, Place, Run, Slot};
use crate::{
    details::OfTask,
    history::{EventType, TaskEvent},
    model::{Flow, Kind},
};

/// The earliest moment at which something in the tree is due.
pub(super) fn due_at(branch: &Branch) -> Option<OffsetDateTime> {
    let mut earliest: Option<OffsetDateTime> = None;
    leaves(branch, &mut |place| {
        let due = match &place.activity {
            Activity::Waiting(until) | Activity::Backoff(until) => Some(*until),
            Activity::Task(task) => task.due_at(),
            _ => None,
        };
        earliest = earliest.into_iter().chain(due).min();
    });
    earliest
}

/// Visits every place that has no further places inside.
pub(super) fn leaves<'b>(branch: &'b Branch, visit: &mut impl FnMut(&'b Place)) {
    let Some(place) = &branch.place else { return };
    match &place.activity {
        Activity::Parallel(slots) => {
            for slot in slots {
                if let Slot::Running(inner) = slot {
                    leaves(inner, visit);
                }
            }
        }
        Activity::Map(iterations) => iterations.running.iter().for_each(|iteration| leaves(&iteration.branch, visit)),
        _ => visit(place),
    }
}

/// Makes every wait end at `now`, and tells how many there were.
pub(super) fn hurry(branch: &mut Branch, now: OffsetDateTime) -> usize {
    let Some(place) = &mut branch.place else { return 0 };
    match &mut place.activity {
        Activity::Waiting(until) | Activity::Backoff(until) => {
            *until = now.min(*until);
            1
        }
        Activity::Parallel(slots) => {
            let running =
                slots.iter_mut().filter_map(|slot| if let Slot::Running(inner) = slot { Some(inner) } else { None });
            running.map(|inner| hurry(inner, now)).sum()
        }
        Activity::Map(iterations) => {
            iterations.running.iter_mut().map(|iteration| hurry(&mut iteration.branch, now)).sum()
        }
        _ => 0,
    }
}

/// Records the time-outs of all tasks whose time is up. What they lead to happens afterwards: AWS writes all the
/// time-outs of a moment before the first consequence (recorded).
pub(super) fn expire(branch: &mut Branch, flow: &Flow, run: &mut Run<'_>) {
    let Branch { last_event, place: Some(place), .. } = branch else { return };
    let Some(state) = flow.get(&place.name) else { return };
    match (&mut place.activity, &state.kind) {
        (Activity::Task(open), Kind::Task(task)) if open.due_at().is_some_and(|due| due <= run.now) => {
            let in_time = open.timeout_at.is_none_or(|timeout| timeout > run.now);
            let kind = EventType::of_task(task.integration.family, TaskEvent::TimedOut);
            let details = OfTask::new(task, json!({ "error": crate::errors::TIMEOUT }));
            *last_event = run.record(kind, *last_event, &details);
            run.cancel(&open.token);
            place.activity = Activity::Expired { heartbeat: in_time };
        }
        (Activity::Parallel(slots), Kind::Parallel(parallel)) => {
            for (slot, flow) in slots.iter_mut().zip(&parallel.branches) {
                if let Slot::Running(inner) = slot {
                    expire(inner, flow, run);
                }
            }
        }
        (Activity::Map(iterations), Kind::Map(map)) => {
            for Iteration { next_event_id, branch, .. } in &mut iterations.running {
                run.aside(map.distributed.then_some(next_event_id), |run| expire(branch, &map.processor, run));
            }
        }
        _ => {}
    }
}

/// Closes everything because the execution ends. Nothing is recorded but the end itself.
pub(super) fn halt(branch: &mut Branch, run: &mut Run<'_>) {
    let Some(place) = &mut branch.place else { return };
    match &mut place.activity {
        Activity::Parallel(slots) => {
            for slot in slots {
                if let Slot::Running(inner) = slot {
                    halt(inner, run);
                }
            }
        }
        Activity::Map(iterations) => {
            iterations.running.iter_mut().for_each(|iteration| halt(&mut iteration.branch, run));
        }
        Activity::Task(task) => {
            run.cancel(&task.token);
            place.activity = Activity::Idle;
        }
        activity => *activity = Activity::Idle,
    }
}

/// Cuts a branch off because something beside it failed: `event` is the failing one.
pub(crate) fn abort(branch: &mut Branch, flow: &Flow, run: &mut Run<'_>, event: u64) {
    let Some(place) = &mut branch.place else { return };
    let Some(state) = flow.get(&place.name) else { return };
    match (&mut place.activity, &state.kind) {
        (Activity::Parallel(slots), Kind::Parallel(parallel)) => {
            for (slot, flow) in slots.iter_mut().zip(&parallel.branches) {
                if let Slot::Running(inner) = slot {
                    abort(inner, flow, run, event);
                }
            }
        }
        (Activity::Map(iterations), Kind::Map(map)) => {
            for Iteration { index, next_event_id, branch } in &mut iterations.running {
                run.aside(map.distributed.then_some(next_event_id), |run| {
                    abort(branch, &map.processor, run, event);
                    run.record(EventType::MapIterationAborted, event, &json!({ "name": state.name, "index": index }));
                });
            }
        }
        (Activity::Task(task), _) => {
            run.cancel(&task.token);
            place.activity = Activity::Idle;
        }
        (activity, _) => *activity = Activity::Idle,
    }
    if let Some(kind) = EventType::aborted(&state.kind) {
        run.record(kind, event, &Value::Object(serde_json::Map::new()));
    }
}
