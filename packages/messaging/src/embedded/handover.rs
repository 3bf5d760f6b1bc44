//! Handing a message to a consumer in the same process without a second trip to the database.
//!
//! A message that is written while a consumer waits is written as leased to it, and given to it in memory once the
//! transaction is durable. The row is there all the same: when the process dies, the lease runs out and the message is
//! delivered to somebody else. So the hand-over saves a statement per message and risks nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::sync::{Notify, mpsc};

use crate::queue::Delivery;

/// The consumers of this process, by queue.
#[derive(Debug, Clone, Default)]
pub(super) struct Consumers(Arc<Mutex<HashMap<String, Arc<Consumer>>>>);

impl Consumers {
    /// The consumers of a queue; made when first asked for.
    pub fn of(&self, queue: &str) -> Arc<Consumer> {
        let mut consumers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(consumer) = consumers.get(queue) {
            return Arc::clone(consumer);
        }
        let consumer = Arc::new(Consumer::default());
        consumers.insert(queue.to_owned(), Arc::clone(&consumer));
        consumer
    }

    /// Makes the next receive of a queue look into the database, if anybody here consumes it.
    pub fn stir(&self, queue: &str) {
        let consumers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(consumer) = consumers.get(queue) {
            consumer.stir();
        }
    }
}

/// What the consumers of one queue want, and what was handed to them.
#[derive(Debug)]
pub(super) struct Consumer {
    /// How many more messages they would take right now.
    demand: AtomicUsize,
    handed: mpsc::UnboundedSender<Delivery>,
    taken: tokio::sync::Mutex<mpsc::UnboundedReceiver<Delivery>>,
    /// Whether rows may wait in the database that nobody was handed.
    stale: AtomicBool,
    stirred: Notify,
}

impl Default for Consumer {
    fn default() -> Self {
        let (handed, taken) = mpsc::unbounded_channel();
        Self {
            demand: AtomicUsize::new(0),
            handed,
            taken: tokio::sync::Mutex::new(taken),
            stale: AtomicBool::new(true),
            stirred: Notify::new(),
        }
    }
}

impl Consumer {
    /// Reserves a place at a consumer, if one has room.
    pub fn reserve(&self) -> bool {
        self.demand.try_update(Ordering::AcqRel, Ordering::Acquire, |demand| demand.checked_sub(1)).is_ok()
    }

    /// Gives a place back that was reserved in vain.
    pub fn cancel(&self) {
        self.demand.fetch_add(1, Ordering::AcqRel);
    }

    /// Hands a message over, durable and leased.
    pub fn hand(&self, delivery: Delivery) {
        drop(self.handed.send(delivery)); // The receiving end lives as long as this does.
    }

    /// Says how many messages the consumers would take from now on.
    pub fn want(&self, max: usize) {
        self.demand.store(max, Ordering::Release);
    }

    /// Somebody is about to wait. Whoever goes away while waiting wants nothing any more; whoever got something comes back
    /// for more in a moment, so the demand stays.
    pub fn arrive(&self) -> Presence<'_> {
        Presence { consumer: self, served: false }
    }

    /// Makes the next receive look into the database.
    pub fn stir(&self) {
        self.stale.store(true, Ordering::Release);
        self.stirred.notify_waiters();
    }

    /// Whether rows may wait in the database; asking answers it for now.
    pub fn take_stale(&self) -> bool {
        self.stale.swap(false, Ordering::AcqRel)
    }

    /// What was handed over, without waiting. While somebody else waits for it, it is theirs.
    pub fn take_handed(&self, max: usize) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        let Ok(mut taken) = self.taken.try_lock() else { return deliveries };
        while deliveries.len() < max
            && let Ok(delivery) = taken.try_recv()
        {
            deliveries.push(delivery);
        }
        deliveries
    }

    /// Waits until something is handed over or rows may wait.
    pub async fn wait(&self, max: usize) -> Vec<Delivery> {
        let stirred = self.stirred.notified();
        if self.stale.load(Ordering::Acquire) {
            return Vec::new();
        }
        let mut deliveries = Vec::new();
        let mut taken = self.taken.lock().await;
        tokio::select! {
            biased;
            _ = taken.recv_many(&mut deliveries, max) => {}
            () = stirred => {}
        }
        deliveries
    }
}

/// A consumer that waits.
#[derive(Debug)]
pub(super) struct Presence<'a> {
    consumer: &'a Consumer,
    served: bool,
}

impl Presence<'_> {
    /// The wait came to its end.
    pub fn served(mut self) {
        self.served = true;
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        if !self.served {
            self.consumer.want(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, poll};

    use super::*;
    use crate::queue::Receipt;

    fn delivery(body: &str) -> Delivery {
        Delivery { body: body.to_owned(), receives: 1, receipt: Receipt("1.1".to_owned()), trace: None }
    }

    #[tokio::test]
    async fn whoever_does_not_want_to_wait_is_not_held_up_by_whoever_does() {
        let consumer = Consumer::default();
        assert!(consumer.take_stale(), "at first nobody knows whether rows wait");
        let mut waiting = Box::pin(consumer.wait(1));
        assert!(poll!(&mut waiting).is_pending());
        consumer.hand(delivery("handed"));
        assert_eq!(consumer.take_handed(1), [], "it is the other's");
        assert_eq!(waiting.await, [delivery("handed")]);
        consumer.hand(delivery("next"));
        assert_eq!(consumer.take_handed(1), [delivery("next")]);
    }

    #[tokio::test]
    async fn there_are_as_many_places_as_are_wanted() {
        let consumer = Consumer::default();
        assert!(!consumer.reserve(), "nobody is there");
        let presence = consumer.arrive();
        consumer.want(2);
        assert!(consumer.reserve() && consumer.reserve() && !consumer.reserve());
        consumer.cancel();
        presence.served();
        assert!(consumer.reserve() && !consumer.reserve(), "whoever was served comes back");
        let presence = consumer.arrive();
        consumer.want(2);
        drop(presence);
        assert!(!consumer.reserve(), "whoever went away does not");
    }

    #[tokio::test]
    async fn a_stir_is_never_missed() {
        let consumer = Consumer::default();
        consumer.take_stale();
        consumer.stir();
        assert_eq!(consumer.wait(1).now_or_never(), Some(Vec::new()), "before the wait");
        consumer.take_stale();
        let mut waiting = Box::pin(consumer.wait(1));
        assert!(poll!(&mut waiting).is_pending());
        consumer.stir();
        assert_eq!(waiting.now_or_never(), Some(Vec::new()), "during the wait");
    }
}
