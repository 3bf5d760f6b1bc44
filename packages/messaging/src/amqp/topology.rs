//! Every exchange and queue there is, and how each is made.
//!
//! A queue `q` of work is a quorum queue, so that it survives the loss of a node. What comes back to it too often, or is
//! rejected, goes through [`DEAD`] to `q.dead`, and is not forgotten here before it is there. Events go to the topic
//! exchange of their family; see [`topic_of`](crate::events::topic_of). Delays have exchanges and queues of their own, in `delay.rs`.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use lapin::{
    Channel, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};
use tokio::time::timeout;

use super::{failure::failed, link::Link};
use crate::{
    error::{MessagingError, Trouble},
    events::TOPICS,
};

/// The exchange that dead letters pass; their routing key is the queue they died in.
pub const DEAD: &str = "usher.dead";

/// The exchanges of events: those of bookings, those of payments, and all others.
pub const EVENTS: [&str; 3] = TOPICS;

/// The queues that other programs consume, with what they are bound to. Nothing in Usher takes from them, so they are
/// bounded: the oldest messages go first.
pub const PUBLIC: [(&str, &str, &str); 2] =
    [("payment_queue", "booking_events", "booking.created"), ("notification_queue", "booking_events", "booking.*")];

/// A day of bookings of a large house.
const PUBLIC_LENGTH: i32 = 100_000;

/// How often a message may come back to the broker unanswered: four times what [`MAX_RECEIVES`](crate::queue::MAX_RECEIVES)
/// allows, because this is for the case that no consumer of ours is there to count.
const DELIVERY_LIMIT: i32 = 20;

/// Looking at a dead letter counts as a delivery, and looking must not kill it for good.
const NO_LIMIT: i32 = i32::MAX;

/// Where the dead letters of a queue are.
pub fn dead_of(queue: &str) -> String {
    format!("{queue}.dead")
}

/// Makes what is missing, and remembers what was there.
#[derive(Debug)]
pub(super) struct Topology {
    link: Arc<Link>,
    patience: std::time::Duration,
    known: Mutex<HashSet<String>>,
}

impl Topology {
    pub fn new(link: Arc<Link>, patience: std::time::Duration) -> Self {
        Self { link, patience, known: Mutex::default() }
    }

    /// Makes a queue of work and its queue of dead letters.
    pub async fn queue(&self, queue: &str) -> Result<(), MessagingError> {
        self.once(queue, async |channel| declare_queue(channel, queue).await).await
    }

    /// Makes the exchanges of events, and the queues that other programs consume.
    pub async fn events(&self) -> Result<(), MessagingError> {
        for (queue, _, _) in PUBLIC {
            self.queue(queue).await?;
        }
        self.once("the exchanges of events", async |channel| {
            for exchange in EVENTS {
                declare_exchange(channel, exchange, ExchangeKind::Topic).await?;
            }
            for (queue, exchange, pattern) in PUBLIC {
                bind(channel, queue, exchange, pattern).await?;
            }
            Ok(())
        })
        .await
    }

    /// Makes something unless it was made before.
    pub async fn once(
        &self,
        name: &str,
        make: impl AsyncFnOnce(&Channel) -> Result<(), MessagingError>,
    ) -> Result<(), MessagingError> {
        if self.known().contains(name) {
            return Ok(());
        }
        let channel = self.link.channel().await?;
        let answer = timeout(self.patience, make(&channel)).await;
        answer.map_err(|_| {
            MessagingError::Unavailable(Trouble::new(format!("`{name}` was not made within {:?}", self.patience)))
        })??;
        self.known().insert(name.to_owned());
        // It would be closed when dropped, with a warning where there is no runtime any more.
        let _ = channel.close(200, "made".into()).await;
        Ok(())
    }

    /// Somebody deleted something: everything is looked at again.
    pub fn forget(&self) {
        self.known().clear();
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn declare_queue(channel: &Channel, queue: &str) -> Result<(), MessagingError> {
    let public = PUBLIC.iter().any(|(name, _, _)| *name == queue);
    declare_exchange(channel, DEAD, ExchangeKind::Direct).await?;
    let dead = dead_of(queue);
    let mut arguments = quorum(NO_LIMIT);
    if public {
        arguments.insert("x-max-length".into(), AMQPValue::LongInt(PUBLIC_LENGTH));
    }
    declare(channel, &dead, arguments).await?;
    bind(channel, &dead, DEAD, queue).await?;
    let mut arguments = quorum(DELIVERY_LIMIT);
    arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString(DEAD.into()));
    arguments.insert("x-dead-letter-routing-key".into(), AMQPValue::LongString(queue.into()));
    if public {
        arguments.insert("x-max-length".into(), AMQPValue::LongInt(PUBLIC_LENGTH));
    } else {
        arguments = dead_lettered_safely(arguments);
    }
    declare(channel, queue, arguments).await
}

/// The arguments of a queue that survives the loss of a node.
pub(super) fn quorum(delivery_limit: i32) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(delivery_limit));
    arguments
}

/// A dead letter is forgotten where it died only once it is confirmed where it goes.
pub(super) fn dead_lettered_safely(mut arguments: FieldTable) -> FieldTable {
    arguments.insert("x-dead-letter-strategy".into(), AMQPValue::LongString("at-least-once".into()));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    arguments
}

pub(super) async fn declare_exchange(channel: &Channel, name: &str, kind: ExchangeKind) -> Result<(), MessagingError> {
    let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let declared = channel.exchange_declare(name.into(), kind, options, FieldTable::default()).await;
    declared.map_err(failed(&format!("the exchange `{name}` cannot be made")))
}

pub(super) async fn declare(channel: &Channel, name: &str, arguments: FieldTable) -> Result<(), MessagingError> {
    let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let declared = channel.queue_declare(name.into(), options, arguments).await;
    declared.map(drop).map_err(failed(&format!("the queue `{name}` cannot be made")))
}

pub(super) async fn bind(channel: &Channel, queue: &str, exchange: &str, key: &str) -> Result<(), MessagingError> {
    let bound = channel.queue_bind(
        queue.into(),
        exchange.into(),
        key.into(),
        QueueBindOptions::default(),
        FieldTable::default(),
    );
    bound.await.map_err(failed(&format!("the queue `{queue}` cannot be bound to `{exchange}` by `{key}`")))
}
