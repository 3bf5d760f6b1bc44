//! Sending and receiving: large messages go by reference, and references come out as what they refer to.
//!
//! A reference to nothing - its body was pruned, or the sender has another database - will never become a message, so it is
//! a dead letter at once, with the reason. When the database of the bodies is away, nobody is to blame: the deliveries go
//! back uncounted and the receive fails.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::time::Instant;
use usher_core::size::MAX_INLINE;

use super::{reference::Reference, store::ClaimCheck};
use crate::{
    error::MessagingError,
    queue::{DeadLetter, Delivery, Depth, Receipt, TaskQueue, admit},
    trace::{self, TRACEPARENT},
};

/// A queue whose large messages travel by reference.
pub struct CheckedQueue {
    pub(super) inner: Arc<dyn TaskQueue>,
    pub(super) claim_check: ClaimCheck,
}

impl CheckedQueue {
    /// The bodies behind those messages that are references.
    async fn behind(&self, bodies: impl Iterator<Item = &str>) -> Result<HashMap<String, String>, MessagingError> {
        let references: Vec<Reference> = bodies.filter_map(Reference::of).collect();
        if references.is_empty() { Ok(HashMap::new()) } else { self.claim_check.find(&references).await }
    }

    /// The deliveries, each with the body that was sent; without those whose body is gone.
    async fn resolve(&self, queue: &str, received: Vec<Delivery>) -> Result<Vec<Delivery>, MessagingError> {
        let behind = match self.behind(received.iter().map(|delivery| delivery.body.as_str())).await {
            Ok(behind) => behind,
            Err(error) => {
                let receipts: Vec<Receipt> = received.into_iter().map(|delivery| delivery.receipt).collect();
                self.inner.give_back(&receipts).await?;
                return Err(error);
            }
        };
        let mut resolved = Vec::with_capacity(received.len());
        for mut delivery in received {
            if let Some(reference) = Reference::of(&delivery.body) {
                let Some(body) = behind.get(&reference.sha256) else {
                    self.reject_unresolved(queue, &delivery, &reference).await;
                    continue;
                };
                delivery.body.clone_from(body);
            }
            resolved.push(delivery);
        }
        Ok(resolved)
    }

    async fn reject_unresolved(&self, queue: &str, delivery: &Delivery, reference: &Reference) {
        let reason = format!(
            "it refers to a body of {} bytes that is not stored (sha256 {}): the body is older than {} days, or the sender \
             keeps bodies in another database (USHER_ENGINE_DATABASE_URL has to be the same for both)",
            reference.bytes,
            reference.sha256,
            ClaimCheck::LIFE.whole_days(),
        );
        tracing::error!(queue, reason, "a message cannot be resolved; it becomes a dead letter");
        if let Err(error) = self.inner.reject(&delivery.receipt, &reason).await {
            tracing::warn!(queue, %error, "the message could not be made a dead letter; it will come again");
        }
    }
}

#[async_trait]
impl TaskQueue for CheckedQueue {
    async fn send_later(&self, queue: &str, bodies: Vec<String>, delay: Duration) -> Result<(), MessagingError> {
        admit(&bodies, delay)?;
        let large: Vec<&str> = bodies.iter().map(String::as_str).filter(|body| body.len() > MAX_INLINE).collect();
        if large.is_empty() {
            return self.inner.send_later(queue, bodies, delay).await;
        }
        let mut references = self.claim_check.store(&large).await?.into_iter();
        let mut sent = bodies;
        for body in sent.iter_mut().filter(|body| body.len() > MAX_INLINE) {
            if let Some(reference) = references.next() {
                // What is said of a body's trace is said of its reference too.
                let around = trace::of(body).map(|trace| (TRACEPARENT.to_owned(), trace.to_string().into()));
                *body = reference.travelling(around.into_iter().collect()).to_string();
            }
        }
        self.inner.send_later(queue, sent, delay).await
    }

    async fn receive(&self, queue: &str, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError> {
        let deadline = Instant::now() + wait;
        loop {
            let received = self.inner.receive(queue, max, deadline.saturating_duration_since(Instant::now())).await?;
            if received.is_empty() {
                return Ok(received);
            }
            let resolved = self.resolve(queue, received).await?;
            // Whoever waits for a message has not got one yet when all that came was none.
            if !resolved.is_empty() {
                return Ok(resolved);
            }
        }
    }

    async fn extend(&self, receipt: &Receipt) -> Result<bool, MessagingError> {
        self.inner.extend(receipt).await
    }

    async fn ack(&self, receipt: &Receipt) -> Result<(), MessagingError> {
        self.inner.ack(receipt).await
    }

    async fn reject(&self, receipt: &Receipt, reason: &str) -> Result<(), MessagingError> {
        self.inner.reject(receipt, reason).await
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), MessagingError> {
        self.inner.give_back(receipts).await
    }

    async fn depth(&self, queue: &str) -> Result<Depth, MessagingError> {
        self.inner.depth(queue).await
    }

    /// Shows what a reference refers to, or the reference where that is gone.
    async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        let mut letters = self.inner.dead_letters(queue, cursor, limit).await?;
        let behind = self.behind(letters.iter().map(|letter| letter.body.as_str())).await?;
        for letter in &mut letters {
            if let Some(body) = Reference::of(&letter.body).and_then(|reference| behind.get(&reference.sha256)) {
                letter.body.clone_from(body);
            }
        }
        Ok(letters)
    }

    async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.inner.redrive(queue, ids).await
    }

    async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.inner.discard(queue, ids).await
    }
}
