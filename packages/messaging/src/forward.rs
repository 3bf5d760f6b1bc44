//! From one kind of queue to another: so that Step Functions, which speaks SQS, drives workers that live on RabbitMQ.
//!
//! A message is acknowledged here once the other side has confirmed it. A crash in between sends it twice, which is what
//! both sides promise anyway. While the other side is away, messages are given back: their receives are not used up by
//! waiting.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    error::MessagingError,
    queue::{Delivery, LEASE, Receipt, TaskQueue},
};

/// How many messages are forwarded at once: ten answers of SQS.
const BATCH: usize = 100;

/// How long to wait for the first message before looking again; the longest that SQS waits.
const POLL: Duration = Duration::from_secs(20);

/// Leases are extended this often while the other side takes its time.
const EXTEND: Duration = Duration::from_secs(LEASE.as_secs() / 3);

/// Rests while a side is away: they double from the first to the last.
const FIRST_REST: Duration = Duration::from_millis(200);
const LAST_REST: Duration = Duration::from_secs(5);

/// Takes from one, sends to the other, under the same names.
#[derive(Clone)]
pub struct Forwarder {
    /// Where messages come from.
    pub from: Arc<dyn TaskQueue>,
    /// Where they go.
    pub to: Arc<dyn TaskQueue>,
    /// Which queues.
    pub queues: Vec<String>,
}

impl Forwarder {
    /// Forwards until `draining`; what was received and not begun is given back.
    pub async fn run(self, draining: CancellationToken) {
        let mut queues = JoinSet::new();
        for queue in &self.queues {
            queues.spawn(self.clone().forward(queue.clone(), draining.clone()));
        }
        queues.join_all().await;
    }

    async fn forward(self, queue: String, draining: CancellationToken) {
        let mut rest = FIRST_REST;
        while !draining.is_cancelled() {
            let received = tokio::select! {
                received = self.from.receive(&queue, BATCH, POLL) => received,
                () = draining.cancelled() => break,
            };
            let forwarded = match received {
                Ok(deliveries) if deliveries.is_empty() => continue,
                Ok(deliveries) => self.hand_over(&queue, deliveries).await,
                Err(error) => Err(error),
            };
            if let Err(error) = forwarded {
                metrics::counter!("usher_forward_failures_total", "queue" => queue.clone()).increment(1);
                tracing::warn!(queue, %error, "nothing can be forwarded, trying again");
                tokio::select! {
                    () = tokio::time::sleep(rest) => rest = LAST_REST.min(rest * 2),
                    () = draining.cancelled() => break,
                }
            } else {
                rest = FIRST_REST;
            }
        }
        if let Ok(left) = self.from.receive(&queue, BATCH, Duration::ZERO).await {
            settled(self.from.give_back(&receipts(&left)).await);
        }
    }

    async fn hand_over(&self, queue: &str, deliveries: Vec<Delivery>) -> Result<(), MessagingError> {
        match self.send(queue, &deliveries).await {
            Ok(()) => {
                self.done(queue, &deliveries).await;
                Ok(())
            }
            Err(error) if error.is_transient() => {
                settled(self.from.give_back(&receipts(&deliveries)).await);
                Err(error)
            }
            // One of them is to blame, and the others should not suffer for it.
            Err(_) => self.one_by_one(queue, deliveries).await,
        }
    }

    async fn one_by_one(&self, queue: &str, deliveries: Vec<Delivery>) -> Result<(), MessagingError> {
        let mut left = deliveries.into_iter();
        while let Some(delivery) = left.next() {
            let delivery = std::slice::from_ref(&delivery);
            match self.send(queue, delivery).await {
                Ok(()) => self.done(queue, delivery).await,
                Err(error) if error.is_transient() => {
                    let back: Vec<Receipt> = receipts(delivery).into_iter().chain(receipts(left.as_slice())).collect();
                    settled(self.from.give_back(&back).await);
                    return Err(error);
                }
                Err(error) => {
                    tracing::error!(queue, %error, "a message cannot be forwarded; it becomes a dead letter");
                    settled(self.from.reject(&delivery[0].receipt, &format!("it cannot be forwarded: {error}")).await);
                }
            }
        }
        Ok(())
    }

    /// Sends, and keeps the leases meanwhile.
    async fn send(&self, queue: &str, deliveries: &[Delivery]) -> Result<(), MessagingError> {
        let sending = self.to.send(queue, deliveries.iter().map(|delivery| delivery.body.clone()).collect());
        tokio::pin!(sending);
        loop {
            tokio::select! {
                sent = &mut sending => return sent,
                () = tokio::time::sleep(EXTEND) => {
                    join_all(deliveries.iter().map(|delivery| self.from.extend(&delivery.receipt))).await;
                }
            }
        }
    }

    async fn done(&self, queue: &str, deliveries: &[Delivery]) {
        metrics::counter!("usher_forwarded_total", "queue" => queue.to_owned()).increment(deliveries.len() as u64);
        for settling in join_all(deliveries.iter().map(|delivery| self.from.ack(&delivery.receipt))).await {
            settled(settling);
        }
    }
}

fn receipts(deliveries: &[Delivery]) -> Vec<Receipt> {
    deliveries.iter().map(|delivery| delivery.receipt.clone()).collect()
}

/// What could not be settled comes again, and is forwarded again.
fn settled(settling: Result<(), MessagingError>) {
    if let Err(error) = settling {
        tracing::warn!(%error, "a message could not be settled; it will be forwarded again");
    }
}
