//! Messages on their way into the table: places at consumers are reserved before they are written, and filled once they
//! are durable.

use std::{collections::HashMap, sync::Arc};

use time::OffsetDateTime;
use usher_core::ambient::Ambient;
use uuid::Uuid;

use super::{
    handover::{Consumer, Consumers},
    lease::Lease,
};
use crate::{queue::Delivery, sequence::Sequence};

/// The columns of new rows of `messaging.messages`, side by side. Whoever writes them itself - an engine that wants its
/// move and the messages of it in one statement - writes all of them, in the columns of these names.
#[derive(Debug)]
pub struct Rows {
    /// `queue`
    pub queues: Vec<String>,
    /// `id`
    pub ids: Vec<Uuid>,
    /// `body`
    pub bodies: Vec<String>,
    /// `receives`
    pub receives: Vec<i32>,
    /// `visible_at`
    pub visible: Vec<OffsetDateTime>,
    /// `sent_at`, the same for all.
    pub sent_at: OffsetDateTime,
}

/// Messages that are about to be written. Dropping it gives the places back.
#[derive(Debug)]
pub struct Enlisting {
    /// What is to be written.
    pub rows: Rows,
    places: Vec<Option<Place>>,
    /// The queues of which some messages found no place here: whoever writes the rows tells the other processes of them
    /// on [`CHANNEL`](super::queue::CHANNEL).
    pub waiting: Vec<String>,
}

impl Enlisting {
    pub(super) fn new(
        consumers: &Consumers,
        messages: Vec<(String, String)>,
        sequence: &Sequence,
        lease: time::Duration,
        ambient: &dyn Ambient,
    ) -> Self {
        let now = ambient.now();
        let count = messages.len();
        let mut rows = Rows {
            queues: Vec::with_capacity(count),
            ids: Vec::with_capacity(count),
            bodies: Vec::with_capacity(count),
            receives: Vec::with_capacity(count),
            visible: Vec::with_capacity(count),
            sent_at: now,
        };
        let (mut places, mut waiting) = (Vec::with_capacity(count), Vec::new());
        let mut known: HashMap<String, Arc<Consumer>> = HashMap::new();
        for (id, (queue, body)) in sequence.take(count, ambient).zip(messages) {
            let consumer = known.entry(queue.clone()).or_insert_with(|| consumers.of(&queue));
            let handed = consumer.reserve();
            places.push(handed.then(|| Place { consumer: Arc::clone(consumer), used: false }));
            rows.ids.push(id);
            rows.receives.push(i32::from(handed));
            rows.visible.push(if handed { now + lease } else { now });
            if !handed && !waiting.contains(&queue) {
                waiting.push(queue.clone());
            }
            rows.queues.push(queue);
            rows.bodies.push(body);
        }
        Self { rows, places, waiting }
    }

    /// What to release once the rows are durable.
    pub fn written(self) -> Enlisted {
        let Rows { queues, ids, bodies, .. } = self.rows;
        let rows = queues.into_iter().zip(ids).zip(bodies).zip(self.places);
        let handed = rows.filter_map(|(((queue, id), body), place)| {
            let receipt = Lease { queue: &queue, id, receives: 1 }.receipt();
            Some((place?, Delivery { body, receives: 1, receipt, trace: None }))
        });
        Enlisted { handed: handed.collect() }
    }
}

/// Messages that were written but may not be durable yet. Dropping it unreleased leaves them to their leases.
#[derive(Debug)]
pub struct Enlisted {
    handed: Vec<(Place, Delivery)>,
}

impl Enlisted {
    /// Hands over what waits for a consumer of this process. Call it when the transaction is durable, and not before.
    pub fn release(&mut self) {
        for (mut place, delivery) in self.handed.drain(..) {
            place.used = true;
            place.consumer.hand(delivery);
        }
    }
}

/// A reserved place at a consumer; given back unless it was used.
#[derive(Debug)]
struct Place {
    consumer: Arc<Consumer>,
    used: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.used {
            self.consumer.cancel();
        }
    }
}
