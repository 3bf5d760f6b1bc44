//! The queue: leases are visibility time-outs, dead letters a queue beside it.
//!
//! Where SQS gives less than the port promises, this adapter adds it. SQS counts every delivery for ever, so what is given
//! back is sent anew with its earlier count, and death by deliveries is decided here; the redrive policy of the queue, at
//! twice the count, catches only what no process of ours gets to see. Receipts are kept track of here too, see `lease`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::{Client, types::QueueAttributeName};
use tokio::time::Instant;
use usher_core::ambient::SharedAmbient;

use super::{calls::Calls, connection::patient, lane::Lane, lease::Held, message::Outgoing, stage::Stage};
use crate::{
    error::MessagingError,
    queue::{DeadLetter, Delivery, Depth, LEASE, Receipt, TaskQueue, admit},
};

/// Queues over SQS. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    calls: Arc<Calls>,
    lanes: Arc<Mutex<HashMap<String, Arc<Lane>>>>,
}

impl SqsQueue {
    /// The queues of a stage; use it inside a runtime.
    pub fn new(config: &SdkConfig, stage: Stage, ambient: SharedAmbient) -> Self {
        Self::with_lease(config, stage, ambient, LEASE)
    }

    /// The same with another lease, in whole seconds, for tests that cannot wait for half a minute.
    pub fn with_lease(config: &SdkConfig, stage: Stage, ambient: SharedAmbient, lease: Duration) -> Self {
        let calls = Arc::new(Calls::new(Client::new(&patient(config)), stage, ambient, lease));
        Self { calls, lanes: Arc::default() }
    }

    fn lane(&self, queue: &str) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(queue) {
            return Arc::clone(lane);
        }
        let lane = Lane::new(queue, &self.calls);
        lanes.insert(queue.to_owned(), Arc::clone(&lane));
        lane
    }

    /// What is visible, what is hidden and what is delayed in a queue.
    async fn counts(&self, name: &str) -> Result<[i64; 3], MessagingError> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let attributes = self.calls.attributes(name, &names).await?;
        let count = |name| attributes.get(&name).and_then(|text| text.parse().ok()).unwrap_or_default();
        Ok(names.map(count))
    }
}

#[async_trait]
impl TaskQueue for SqsQueue {
    async fn send_later(&self, queue: &str, bodies: Vec<String>, delay: Duration) -> Result<(), MessagingError> {
        admit(&bodies, delay)?;
        // Never before the delay has passed, so a part of a second counts as one.
        let seconds = i32::try_from(delay.as_millis().div_ceil(1000)).unwrap_or(i32::MAX);
        let messages: Vec<Outgoing> =
            bodies.iter().map(|body| Outgoing::new(body, seconds)).collect::<Result<_, _>>()?;
        for sent in self.calls.send(&self.calls.stage.name(queue), &messages).await? {
            sent?;
        }
        Ok(())
    }

    async fn receive(&self, queue: &str, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError> {
        self.lane(queue).receive(max, wait).await
    }

    async fn extend(&self, receipt: &Receipt) -> Result<bool, MessagingError> {
        let Some(held) = self.calls.leases.of(receipt)? else { return Ok(false) };
        let asked = Instant::now();
        let extended = self.lane(&held.queue).extensions.submit(held.handle.clone()).await?;
        if extended {
            self.calls.leases.extended(&held.handle, asked);
        } else {
            self.calls.leases.forget(&held.handle);
        }
        Ok(extended)
    }

    async fn ack(&self, receipt: &Receipt) -> Result<(), MessagingError> {
        let Some(held) = self.calls.leases.of(receipt)? else { return Ok(()) };
        self.lane(&held.queue).acks.submit(held.handle.clone()).await?;
        self.calls.leases.forget(&held.handle);
        Ok(())
    }

    async fn reject(&self, receipt: &Receipt, reason: &str) -> Result<(), MessagingError> {
        let Some(held) = self.calls.leases.of(receipt)? else { return Ok(()) };
        self.calls.bury(&held, held.receives, reason).await
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), MessagingError> {
        let mut by_queue: HashMap<Arc<str>, Vec<Held>> = HashMap::new();
        for receipt in receipts {
            if let Some(held) = self.calls.leases.of(receipt)? {
                by_queue.entry(Arc::clone(&held.queue)).or_default().push(held);
            }
        }
        for (queue, held) in by_queue {
            self.calls.give_back(&queue, &held).await?;
        }
        Ok(())
    }

    async fn depth(&self, queue: &str) -> Result<Depth, MessagingError> {
        let (name, dead) = (self.calls.stage.name(queue), self.calls.stage.dead(queue));
        let ([visible, hidden, delayed], dead) = tokio::try_join!(self.counts(&name), self.counts(&dead))?;
        Ok(Depth { waiting: visible + delayed, leased: hidden, dead: dead.iter().sum(), oldest_seconds: 0 })
    }

    async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        let lane = self.lane(queue);
        let _alone = lane.dead.lock().await;
        self.calls.letters(queue, cursor, usize::try_from(limit).unwrap_or_default()).await
    }

    async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        if ids.is_empty() {
            return Ok(0);
        }
        let lane = self.lane(queue);
        let _alone = lane.dead.lock().await;
        self.calls.send_letters_again(queue, |letter| ids.contains(&letter.id), ids.len()).await
    }

    async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        if ids.is_empty() {
            return Ok(0);
        }
        let lane = self.lane(queue);
        let _alone = lane.dead.lock().await;
        self.calls.forget_letters(queue, ids).await
    }

    async fn redrive_all(&self, queue: &str) -> Result<u64, MessagingError> {
        let lane = self.lane(queue);
        let _alone = lane.dead.lock().await;
        let began = self.calls.ambient.now();
        let moved = self.calls.move_letters(queue).await?.unwrap_or_default();
        // Whatever is left: all of it where SQS does not move letters, and what it gave up on where it does.
        let sent = self.calls.send_letters_again(queue, |letter| letter.died_at <= began, usize::MAX).await?;
        Ok(moved + sent)
    }
}
