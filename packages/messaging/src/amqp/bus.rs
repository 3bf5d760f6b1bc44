//! The bus: topic exchanges, and a queue for each consumer.
//!
//! An event is published to the exchange of its family, and a consumer's patterns are bound to all of them, so that `#` is
//! everything and each event comes once. The broker does not tell what a queue is bound to, so each consumer's patterns
//! are written down beside its queue, in a message that is replaced when they change: whoever subscribes anew knows what
//! to unbind.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use lapin::{
    Acker,
    options::{BasicAckOptions, BasicGetOptions, BasicNackOptions},
    types::FieldTable,
};

use super::{
    AmqpQueue,
    failure::failed,
    lock::Lock,
    publisher::Outgoing,
    queue::Inner,
    topology::{EVENTS, bind, declare, quorum},
};
use crate::{
    error::{MessagingError, Trouble},
    events::{Event, EventBus, queue_of, topic_of},
};

/// Events over AMQP. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AmqpBus(Arc<Inner>);

impl AmqpBus {
    /// A bus whose consumers receive from `queue`, over the same connections.
    pub fn new(queue: &AmqpQueue) -> Self {
        Self(Arc::clone(&queue.0))
    }
}

#[async_trait]
impl EventBus for AmqpBus {
    async fn publish(&self, events: &[Event]) -> Result<(), MessagingError> {
        self.0.topology.events().await?;
        let batch: Vec<Outgoing> = events
            .iter()
            .map(|event| Outgoing {
                exchange: topic_of(&event.topic),
                routing_key: event.topic.clone(),
                message: self.0.message(event.payload.to_string()),
                mandatory: false, // An event that nobody wants is no error.
            })
            .collect();
        self.0.publish(&batch).await
    }

    async fn subscribe(&self, consumer: &str, patterns: &[&str]) -> Result<(), MessagingError> {
        let queue = queue_of(consumer);
        self.0.topology.events().await?;
        self.0.topology.queue(&queue).await?;
        let wanted: BTreeSet<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let lock = Lock::take(&self.0.settings, &queue).await?;
        let (inner, subscribing) = (Arc::clone(&self.0), Subscribing { queue, lock });
        // In a task of its own, because half a change would be seen as a whole one by the next.
        let task = tokio::spawn(async move { subscribing.replace(&inner, wanted).await });
        task.await.unwrap_or(Err(MessagingError::ShuttingDown))
    }
}

/// One consumer's patterns, while nobody else may change them.
struct Subscribing {
    queue: String,
    lock: Lock,
}

impl Subscribing {
    async fn replace(self, inner: &Inner, wanted: BTreeSet<String>) -> Result<(), MessagingError> {
        let notes = format!("{}.patterns", self.queue);
        declare(&self.lock.channel, &notes, quorum(i32::MAX)).await?;
        let (bound, written) = self.read(&notes).await?;
        let is_new = bound != wanted || written.len() != 1;
        if is_new {
            // Written down before it is bound: a crash in between leaves notes of too much, and never of too little.
            self.write(inner, &notes, &wanted).await?;
        }
        for pattern in &wanted {
            for exchange in EVENTS {
                bind(&self.lock.channel, &self.queue, exchange, pattern).await?;
            }
        }
        for pattern in bound.difference(&wanted) {
            self.unbind(pattern).await?;
        }
        for note in written {
            let settled = if is_new {
                note.ack(BasicAckOptions::default()).await
            } else {
                note.nack(BasicNackOptions { requeue: true, multiple: false }).await
            };
            settled.map_err(failed("a note of a subscription was not replaced"))?;
        }
        self.lock.release().await;
        Ok(())
    }

    /// What all notes say together, and the notes.
    async fn read(&self, notes: &str) -> Result<(BTreeSet<String>, Vec<Acker>), MessagingError> {
        let (mut patterns, mut written) = (BTreeSet::new(), Vec::new());
        let what = format!("`{notes}` cannot be read");
        while let Some(got) =
            self.lock.channel.basic_get(notes.into(), BasicGetOptions::default()).await.map_err(failed(&what))?
        {
            let note: BTreeSet<String> = serde_json::from_slice(&got.delivery.data).map_err(|error| {
                let trouble =
                    Trouble::new(format!("`{notes}` holds something else than patterns")).because(Arc::new(error));
                MessagingError::Refused(trouble.remedy("look who else writes there, and purge it"))
            })?;
            patterns.extend(note);
            written.push(got.delivery.acker);
        }
        Ok((patterns, written))
    }

    async fn write(&self, inner: &Inner, notes: &str, patterns: &BTreeSet<String>) -> Result<(), MessagingError> {
        let note = serde_json::json!(patterns).to_string();
        inner.publish(&[Outgoing::to(notes, inner.message(note))]).await
    }

    async fn unbind(&self, pattern: &str) -> Result<(), MessagingError> {
        for exchange in EVENTS {
            let (queue, key) = (self.queue.as_str().into(), pattern.into());
            let unbound = self.lock.channel.queue_unbind(queue, exchange.into(), key, FieldTable::default()).await;
            unbound.map_err(failed(&format!("`{}` cannot be unbound from `{pattern}`", self.queue)))?;
        }
        Ok(())
    }
}
