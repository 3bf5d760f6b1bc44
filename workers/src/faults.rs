//! What a drill does to a worker: the places of `usher_core::faults` as the runner passes them.
//!
//! A worker that dies is one that lets go of a request: nothing is reported or acknowledged, and what its transaction did
//! not commit is gone. To the rest of the product that is all that can be seen of a death.

use std::time::Duration;

use usher_core::faults::{Act, Faults, Point, Subject};
use usher_messaging::queue::Delivery;
use usher_workflows::{envelope::Envelope, error::StepError};

/// How often a pause looks whether its order still holds.
const LOOK: Duration = Duration::from_millis(20);

/// What nobody can read.
const POISON: &str = "{\"poison\": ";

/// The worker is dead to this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Died;

/// What became of a message that was received.
pub(crate) enum Received {
    /// It is to be handled, so often.
    Comes { times: usize },
    /// It is gone, and its queue is to be told that it was handled.
    Lost,
    /// It was received by somebody who died.
    Died,
}

/// What a request is about: a booking, or whatever its execution is named after.
pub(crate) fn subject(envelope: &Envelope) -> Subject<'_> {
    let Envelope { saga, name: execution, step, .. } = envelope;
    Subject { saga, execution, step, booking: envelope.booking().or(Some(execution)) }
}

/// A place where one request is in a worker's hands. `Ok(Some(..))` is how the step fails instead of what it came to.
pub(crate) async fn pass(faults: &Faults, point: Point, envelope: &Envelope) -> Result<Option<StepError>, Died> {
    let Some(act) = faults.at(point, &subject(envelope)) else { return Ok(None) };
    tracing::info!(point = point.as_str(), ?act, "fails on purpose");
    match act {
        Act::Crash => Err(Died),
        Act::Abort => std::process::abort(),
        Act::Pause { order, milliseconds } => {
            pause(faults, &order, milliseconds).await;
            Ok(None)
        }
        Act::FailTransient => Ok(Some(StepError::Transient("a drill says that something is away".to_owned()))),
        Act::FailUnknown => Ok(Some(StepError::Unknown("a drill says that nobody knows".to_owned()))),
        Act::Lose | Act::Duplicate { .. } | Act::Reorder | Act::Poison | Act::Throttle => Ok(None),
    }
}

/// What becomes of a message; its body where it comes as poison.
pub(crate) async fn receive(faults: &Faults, step: &'static str, delivery: &mut Delivery) -> Received {
    if !faults.is_on() {
        return Received::Comes { times: 1 };
    }
    let envelope = serde_json::from_str::<Envelope>(&delivery.body);
    let subject = envelope.as_ref().map_or(Subject::queue(step), subject);
    match faults.at(Point::Receive, &subject) {
        Some(Act::Lose) => Received::Lost,
        Some(Act::Crash) => Received::Died,
        Some(Act::Abort) => std::process::abort(),
        Some(Act::Duplicate { copies }) => Received::Comes { times: 1 + copies as usize },
        Some(Act::Poison) => {
            POISON.clone_into(&mut delivery.body);
            Received::Comes { times: 1 }
        }
        Some(Act::Pause { order, milliseconds }) => {
            pause(faults, &order, milliseconds).await;
            Received::Comes { times: 1 }
        }
        _ => Received::Comes { times: 1 },
    }
}

/// Whether the queue refuses to be asked, after the time that it takes to refuse.
pub(crate) async fn poll(faults: &Faults, step: &'static str) -> bool {
    match faults.at_for(Point::Poll, &Subject::queue(step), |act| *act != Act::Reorder) {
        Some(Act::Throttle) => true,
        Some(Act::Pause { order, milliseconds }) => {
            pause(faults, &order, milliseconds).await;
            false
        }
        _ => false,
    }
}

/// Puts a batch last first, if that is ordered.
pub(crate) fn reorder(faults: &Faults, step: &'static str, batch: &mut [Delivery]) {
    let suits = |act: &Act| *act == Act::Reorder;
    if batch.len() > 1 && faults.at_for(Point::Poll, &Subject::queue(step), suits).is_some() {
        batch.reverse();
    }
}

async fn pause(faults: &Faults, order: &str, milliseconds: u64) {
    let until = tokio::time::Instant::now() + Duration::from_millis(milliseconds);
    while faults.holds(order) && tokio::time::Instant::now() < until {
        tokio::time::sleep(LOOK).await;
    }
}
