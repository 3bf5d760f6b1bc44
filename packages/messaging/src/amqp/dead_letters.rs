//! Dead letters: looked at without being lost, and sent again.
//!
//! The protocol has no way to look into a queue: who wants to see a message takes it, and the broker has it back later,
//! not always at its old place. So a look takes all of them, under a lock that keeps other lookers away, sorts them by
//! their ids - which tell the order of deaths - and puts all of them back. A look that dies in between loses nothing: its
//! connection dies with it. While it lasts, the depth shows fewer.

use std::{collections::HashSet, sync::Arc};

use lapin::{
    Acker,
    options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, QueueDeclareOptions},
    types::FieldTable,
};
use usher_core::ids::MessageId;

use super::{
    failure::{failed, is_missing},
    lock::Lock,
    message::Message,
    publisher::Outgoing,
    queue::Inner,
    topology::dead_of,
};
use crate::{
    error::{MessagingError, Trouble},
    queue::DeadLetter,
};

/// All dead letters of a queue, taken from it and not yet put back.
struct Look {
    lock: Lock,
    queue: String,
    letters: Vec<(MessageId, Message, Acker)>,
}

impl Look {
    async fn take(inner: &Inner, queue: &str) -> Result<Self, MessagingError> {
        let queue = dead_of(queue);
        let lock = Lock::take(&inner.settings, &queue).await?;
        let mut letters = Vec::new();
        loop {
            match lock.channel.basic_get(queue.as_str().into(), BasicGetOptions::default()).await {
                Ok(Some(got)) => {
                    let delivery = got.delivery;
                    let message = Message { body: delivery.data, properties: delivery.properties };
                    letters.push((message.id(), message, delivery.acker));
                }
                Ok(None) => break,
                Err(error) if is_missing(&error) => break,
                Err(error) => return Err(failed(&format!("`{queue}` cannot be looked into"))(error)),
            }
        }
        letters.sort_by_key(|(id, _, _)| id.uuid());
        Ok(Self { lock, queue, letters })
    }

    /// Puts all of them back that were not acknowledged.
    async fn put_back(self) {
        for (_, _, acker) in &self.letters {
            // Whatever does not get there is put back when the connection ends, in the next line but two.
            let _ = acker.nack(BasicNackOptions { requeue: true, multiple: false }).await;
        }
        // The answer says that the broker has read what came before.
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let _ = self.lock.channel.queue_declare(self.queue.into(), options, FieldTable::default()).await;
        self.lock.release().await;
    }
}

impl Inner {
    pub async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        let after = cursor.map(str::parse::<MessageId>).transpose();
        let after = after
            .map_err(|error| MessagingError::Refused(Trouble::new("this is not a cursor").because(Arc::new(error))))?
            .map(MessageId::uuid);
        let look = Look::take(self, queue).await?;
        let wanted = look.letters.iter().filter(|(id, _, _)| after.is_none_or(|after| id.uuid() > after));
        let letters = wanted.take(usize::try_from(limit).unwrap_or_default()).map(|(id, message, _)| DeadLetter {
            id: id.to_string(),
            body: message.text(),
            receives: message.receives_in_life(),
            reason: message.reason(),
            died_at: message.died_at(),
        });
        let letters = letters.collect();
        look.put_back().await;
        Ok(letters)
    }

    pub async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        let ids: HashSet<MessageId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() {
            return Ok(0);
        }
        let look = Look::take(self, queue).await?;
        let chosen: Vec<_> = look.letters.iter().filter(|(id, _, _)| ids.contains(id)).collect();
        let sent = if chosen.is_empty() {
            Ok(())
        } else {
            let again = chosen.iter().map(|(_, message, _)| Outgoing::to(queue, message.again(0)));
            self.deliver(queue, again.collect()).await
        };
        let count = chosen.len() as u64;
        if sent.is_ok() {
            for (_, _, acker) in chosen {
                // If it does not get there, the letter stays, and its message is sent twice: that is allowed.
                let _ = acker.ack(BasicAckOptions::default()).await;
            }
        }
        look.put_back().await;
        sent.map(|()| count)
    }

    pub async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        let ids: HashSet<MessageId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() {
            return Ok(0);
        }
        let look = Look::take(self, queue).await?;
        let (mut count, mut failure) = (0, None);
        for (_, _, acker) in look.letters.iter().filter(|(id, _, _)| ids.contains(id)) {
            match acker.ack(BasicAckOptions::default()).await {
                Ok(_) => count += 1,
                Err(error) => failure = Some(failed(&format!("a dead letter of `{queue}` cannot be discarded"))(error)),
            }
        }
        look.put_back().await;
        failure.map_or(Ok(count), Err)
    }
}
