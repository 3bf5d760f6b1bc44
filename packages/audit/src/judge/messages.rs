//! Messages that nobody sent, nobody took, or nobody could handle.
//!
//! The body of a dead letter is not shown: it carries a task token, and whoever holds that can answer for the step.

use usher_core::ids::{BookingId, CancellationId};
use usher_workflows::envelope::Envelope;

use crate::{
    Finding,
    Invariant::NoMessageLost,
    facts::{Moment, QueueFacts, Whole},
};

pub(super) fn judge(whole: &Whole, moment: &Moment) -> Vec<Finding> {
    let limit = moment.message_limit();
    let expected = format!("messages that leave the outbox within {limit}");
    let outbox = whole.outbox.iter().filter(|row| row.written_at + limit < moment.now).map(|row| {
        let found = format!("{} `{}` with the number {} waits since {}", row.kind, row.topic, row.id, row.written_at);
        Finding::new(NoMessageLost, expected.clone(), found).of(row.about.as_deref().and_then(booking))
    });
    let queues = whole.queues.iter().flat_map(|queue| waiting(queue, moment).into_iter().chain(dead(queue)));
    outbox.chain(queues).collect()
}

fn waiting(queue: &QueueFacts, moment: &Moment) -> Option<Finding> {
    let limit = moment.message_limit();
    (queue.depth.oldest_seconds > limit.whole_seconds()).then(|| {
        let found =
            format!("{} wait in {}, the oldest for {} s", queue.depth.waiting, queue.name, queue.depth.oldest_seconds);
        Finding::new(NoMessageLost, format!("messages that are taken within {limit}"), found)
    })
}

fn dead(queue: &QueueFacts) -> impl Iterator<Item = Finding> {
    let listed = i64::try_from(queue.dead.len()).unwrap_or(i64::MAX);
    let more = (queue.depth.dead > listed).then(|| {
        let found = format!("{} more in {}", queue.depth.dead - listed, queue.name);
        Finding::new(NoMessageLost, "no dead letter", found)
    });
    let letters = queue.dead.iter().map(|letter| {
        let envelope: Option<Envelope> = serde_json::from_str(&letter.body).ok();
        let found = format!("{} in {}, delivered {} times: {}", letter.id, queue.name, letter.receives, letter.reason);
        Finding::new(NoMessageLost, "no dead letter", found).of(envelope.and_then(|envelope| booking(&envelope.name)))
    });
    letters.chain(more)
}

/// The booking behind an execution's name or an event's subject.
pub(crate) fn booking(name: &str) -> Option<BookingId> {
    let cancellation = || name.parse().map(|id: CancellationId| BookingId::from(id.uuid()));
    name.parse().or_else(|_| cancellation()).ok()
}
