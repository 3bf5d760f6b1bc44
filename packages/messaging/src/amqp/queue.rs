//! The queue: what is sent, received, settled, and put back when its lease ends.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use async_trait::async_trait;
use futures::future::join_all;
use lapin::options::{BasicNackOptions, QueueDeclareOptions};
use tokio::time::{Duration, sleep};
use usher_core::{ambient::SharedAmbient, ids::MessageId};

use super::{
    delay,
    failure::{failed, is_missing},
    lease::{Arrived, Held, Leases},
    link::Link,
    message::Message,
    publisher::{Outgoing, Publisher, unroutable},
    settings::AmqpSettings,
    source::{LINGER, Source},
    topology::{DEAD, Topology, dead_of},
};
use crate::{
    error::MessagingError,
    queue::{DeadLetter, Delivery, Depth, MAX_RECEIVES, Receipt, TaskQueue, admit},
    sequence::Sequence,
};

/// Queues over AMQP. Cheap to clone; the connections end with the last clone.
#[derive(Debug, Clone)]
pub struct AmqpQueue(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub settings: AmqpSettings,
    pub ambient: SharedAmbient,
    pub publishing: Arc<Link>,
    consuming: Arc<Link>,
    pub topology: Topology,
    publisher: Publisher,
    leases: Leases,
    sources: Mutex<HashMap<String, Arc<Source>>>,
    sequence: Sequence,
}

impl AmqpQueue {
    /// Connects when first used; call it inside a runtime.
    pub fn new(settings: AmqpSettings, ambient: SharedAmbient) -> Self {
        let publishing = Arc::new(Link::new(settings.clone(), "publishing"));
        let inner = Arc::new(Inner {
            consuming: Arc::new(Link::new(settings.clone(), "consuming")),
            topology: Topology::new(Arc::clone(&publishing), settings.patience),
            publisher: Publisher::new(Arc::clone(&publishing), settings.patience),
            leases: Leases::new(ambient.random(), settings.lease),
            sources: Mutex::default(),
            sequence: Sequence::default(),
            publishing,
            ambient,
            settings,
        });
        tokio::spawn(keep_time(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// Puts back what arrived and nobody has, and says goodbye to the broker. What somebody has is delivered again.
    pub async fn close(&self) {
        for source in self.0.sources() {
            sleep(LINGER).await;
            let left = source.park().await;
            self.0.put_back(&source.queue, left, Counted::No).await;
        }
        self.0.leases.abandon();
        self.0.consuming.close().await;
        self.0.publisher.abandon();
        self.0.publishing.close().await;
    }
}

/// Whether what is put back was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// By somebody who did not answer.
    Yes,
    /// By nobody who began with it.
    No,
}

/// Looks after leases and idle consumers as long as there is a queue.
async fn keep_time(inner: Weak<Inner>) {
    loop {
        let Some(tick) = inner.upgrade().map(|inner| inner.settings.lease / 30) else { return };
        sleep(tick.clamp(Duration::from_millis(20), LINGER)).await;
        let Some(inner) = inner.upgrade() else { return };
        let mut over: HashMap<Arc<str>, Vec<Arrived>> = HashMap::new();
        for Held { queue, arrived, .. } in inner.leases.end_expired() {
            over.entry(queue).or_default().push(arrived);
        }
        // Each on its own, because a broker that hangs must not stop the time for the others.
        for (queue, arrived) in over {
            let inner = Arc::clone(&inner);
            tokio::spawn(async move { inner.put_back(&queue, arrived, Counted::Yes).await });
        }
        for source in inner.sources() {
            let inner = Arc::clone(&inner);
            tokio::spawn(async move {
                let left = source.park().await;
                inner.put_back(&source.queue, left, Counted::No).await;
            });
        }
    }
}

impl Inner {
    pub fn source(&self, queue: &str) -> Arc<Source> {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = sources.get(queue) {
            return Arc::clone(source);
        }
        let source = Source::new(queue, Arc::clone(&self.consuming), self.settings.patience);
        sources.insert(queue.to_owned(), Arc::clone(&source));
        source
    }

    fn sources(&self) -> Vec<Arc<Source>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).values().map(Arc::clone).collect()
    }

    fn id(&self) -> MessageId {
        self.sequence
            .take(1, &*self.ambient)
            .map(MessageId::from)
            .next()
            .unwrap_or_else(|| MessageId::new(&*self.ambient))
    }

    pub fn message(&self, body: String) -> Message {
        Message::new(body, self.id(), self.ambient.now())
    }

    /// Publishes a batch for one queue. What no queue takes is sent once more after the queue was made again.
    pub async fn deliver(&self, queue: &str, batch: Vec<Outgoing>) -> Result<(), MessagingError> {
        let left = self.try_deliver(queue, batch).await?;
        if left.is_empty() {
            return Ok(());
        }
        self.topology.forget();
        unroutable(&self.try_deliver(queue, left).await?)
    }

    /// Publishes what nobody makes a queue for; what is returned is an error.
    pub async fn publish(&self, batch: &[Outgoing]) -> Result<(), MessagingError> {
        let published = self.publisher.publish(batch).await.inspect_err(|_| self.topology.forget())?;
        unroutable(&published.returned(batch.to_vec()))
    }

    /// Tells what was returned.
    async fn try_deliver(&self, queue: &str, batch: Vec<Outgoing>) -> Result<Vec<Outgoing>, MessagingError> {
        self.topology.queue(queue).await?;
        if batch.iter().any(Outgoing::is_delayed) {
            delay::prepare(&self.topology, queue).await?;
        }
        // Whatever went wrong: next time nothing is taken for granted.
        let published = self.publisher.publish(&batch).await.inspect_err(|_| self.topology.forget())?;
        Ok(published.returned(batch))
    }

    /// Puts messages back into their queue, and the ones that came too often among the dead.
    async fn put_back(&self, queue: &Arc<str>, arrived: Vec<Arrived>, counted: Counted) {
        let dies = |arrived: &Arrived| counted == Counted::Yes && arrived.receives >= MAX_RECEIVES;
        let (dead, alive): (Vec<_>, Vec<_>) = arrived.into_iter().partition(dies);
        self.bury_overdue(queue, dead).await;
        if alive.is_empty() {
            return;
        }
        let receives =
            |arrived: &Arrived| if counted == Counted::Yes { arrived.receives } else { arrived.receives - 1 };
        let again = |arrived: &Arrived| Outgoing::to(queue, arrived.message.again(receives(arrived)));
        let delivered = self.deliver(queue, alive.iter().map(again).collect()).await;
        self.let_go(alive, delivered).await;
    }

    /// Makes dead letters of what was delivered too often.
    pub async fn bury_overdue(&self, queue: &Arc<str>, arrived: Vec<Arrived>) {
        if !arrived.is_empty() {
            let reason = format!("delivered {MAX_RECEIVES} times without an answer");
            // What did not get there is delivered again, and dies then.
            let _ = self.bury(queue, arrived, &reason).await;
        }
    }

    async fn bury(&self, queue: &Arc<str>, arrived: Vec<Arrived>, reason: &str) -> Result<(), MessagingError> {
        let now = self.ambient.now();
        let dead = |arrived: &Arrived| {
            let receives = arrived.receives.min(MAX_RECEIVES);
            let message = arrived.message.dead(self.id(), receives, reason, now);
            Outgoing { exchange: DEAD, routing_key: queue.to_string(), message, mandatory: true }
        };
        let delivered = self.deliver(queue, arrived.iter().map(dead).collect()).await;
        if delivered.is_ok() {
            metrics::counter!("usher_dead_letters_total").increment(arrived.len() as u64);
        }
        self.let_go(arrived, delivered.clone()).await;
        delivered
    }

    /// Makes the broker forget messages that are elsewhere now; or, if they did not get there, deliver them again.
    async fn let_go(&self, arrived: Vec<Arrived>, delivered: Result<(), MessagingError>) {
        let again = BasicNackOptions { requeue: true, multiple: false };
        if let Err(error) = &delivered {
            tracing::warn!(%error, messages = arrived.len(), "messages could not be moved; the broker delivers them again");
        }
        join_all(arrived.iter().map(async |arrived| {
            // If this does not reach the broker either, the connection is lost, and the broker has them back already.
            if delivered.is_ok() {
                let _ = arrived.settle().await;
            } else {
                let _ = arrived.acker.nack(again).await;
            }
        }))
        .await;
    }

    async fn count(&self, queue: &str) -> Result<Option<u32>, MessagingError> {
        let channel = self.publishing.channel().await?;
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let what = format!("`{queue}` cannot be looked at");
        match channel.queue_declare(queue.into(), passive, lapin::types::FieldTable::default()).await {
            Ok(found) => {
                let _ = channel.close(200, "seen".into()).await;
                Ok(Some(found.message_count()))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed(&what)(error)),
        }
    }
}

#[async_trait]
impl TaskQueue for AmqpQueue {
    async fn send_later(&self, queue: &str, bodies: Vec<String>, delay: Duration) -> Result<(), MessagingError> {
        admit(&bodies, delay)?;
        let batch = bodies.into_iter().map(|body| self.0.message(body)).map(|message| {
            if delay.is_zero() { Outgoing::to(queue, message) } else { delay::outgoing(queue, message, delay) }
        });
        self.0.deliver(queue, batch.collect()).await
    }

    async fn receive(&self, queue: &str, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError> {
        self.0.topology.queue(queue).await?;
        let source = self.0.source(queue);
        let deadline = tokio::time::Instant::now() + wait;
        loop {
            let patience = deadline.saturating_duration_since(tokio::time::Instant::now());
            let received = source.receive(max, patience).await.inspect_err(|_| self.0.topology.forget())?;
            let (dead, alive): (Vec<_>, Vec<_>) = received.into_iter().partition(|one| one.receives > MAX_RECEIVES);
            let deliveries: Vec<Delivery> =
                alive.into_iter().map(|one| self.0.leases.grant(&source.queue, one)).collect();
            let only_dead = deliveries.is_empty() && !dead.is_empty();
            if !dead.is_empty() {
                let (inner, queue) = (Arc::clone(&self.0), Arc::clone(&source.queue));
                tokio::spawn(async move { inner.bury_overdue(&queue, dead).await });
            }
            // The dead may have taken the places of others.
            if !only_dead {
                return Ok(deliveries);
            }
        }
    }

    async fn extend(&self, receipt: &Receipt) -> Result<bool, MessagingError> {
        self.0.leases.extend(receipt)
    }

    async fn ack(&self, receipt: &Receipt) -> Result<(), MessagingError> {
        match self.0.leases.end(receipt)? {
            Some(held) => held.arrived.settle().await,
            None => Ok(()),
        }
    }

    async fn reject(&self, receipt: &Receipt, reason: &str) -> Result<(), MessagingError> {
        let Some(Held { queue, arrived, .. }) = self.0.leases.end(receipt)? else { return Ok(()) };
        let (inner, reason) = (Arc::clone(&self.0), reason.to_owned());
        // In a task of its own, because a message that was taken from its lease must end somewhere.
        let burying = tokio::spawn(async move { inner.bury(&queue, vec![arrived], &reason).await });
        burying.await.unwrap_or(Err(MessagingError::ShuttingDown))
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), MessagingError> {
        let mut back: HashMap<Arc<str>, Vec<Arrived>> = HashMap::new();
        for receipt in receipts {
            if let Some(Held { queue, arrived, .. }) = self.0.leases.end(receipt)? {
                back.entry(queue).or_default().push(arrived);
            }
        }
        for (queue, arrived) in back {
            let inner = Arc::clone(&self.0);
            let putting = tokio::spawn(async move { inner.put_back(&queue, arrived, Counted::No).await });
            putting.await.map_err(|_| MessagingError::ShuttingDown)?;
        }
        Ok(())
    }

    /// What other processes have is not counted: the protocol does not tell. Nor does it tell how long a message waits
    /// without taking it, which would count as a receive; so the age is 0.
    async fn depth(&self, queue: &str) -> Result<Depth, MessagingError> {
        let (waiting, dead) = (self.0.count(queue).await?, self.0.count(&dead_of(queue)).await?);
        let (buffered, held) = (self.0.source(queue).buffered(), self.0.leases.count(queue));
        Ok(Depth {
            waiting: i64::from(waiting.unwrap_or_default()) + i64::try_from(buffered).unwrap_or_default(),
            leased: i64::try_from(held).unwrap_or_default(),
            dead: i64::from(dead.unwrap_or_default()),
            oldest_seconds: 0,
        })
    }

    async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        self.0.dead_letters(queue, cursor, limit).await
    }

    async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.0.redrive(queue, ids).await
    }

    async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.0.discard(queue, ids).await
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AmqpQueue").field("settings", &self.settings).finish_non_exhaustive()
    }
}
