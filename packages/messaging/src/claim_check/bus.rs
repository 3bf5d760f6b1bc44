//! Publishing: events that are too large go by reference.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};
use usher_core::size::{MAX_INLINE, json_bytes};

use super::store::ClaimCheck;
use crate::{
    error::MessagingError,
    events::{Event, EventBus},
};

/// The member of an event that makes it large.
const DATA: &str = "data";

/// A bus whose large events travel by reference. Consumers receive from a [`CheckedQueue`](super::CheckedQueue).
pub struct CheckedBus {
    pub(super) inner: Arc<dyn EventBus>,
    pub(super) claim_check: ClaimCheck,
}

#[async_trait]
impl EventBus for CheckedBus {
    async fn publish(&self, events: &[Event]) -> Result<(), MessagingError> {
        let large: Vec<usize> = (0..events.len()).filter(|&at| json_bytes(&events[at].payload) > MAX_INLINE).collect();
        if large.is_empty() {
            return self.inner.publish(events).await;
        }
        let bodies: Vec<String> = large.iter().map(|&at| events[at].payload.to_string()).collect();
        let references = self.claim_check.store(&bodies.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        let mut sent = events.to_vec();
        for (at, reference) in large.into_iter().zip(references) {
            let mut around = match sent[at].payload.take() {
                Value::Object(envelope) => envelope,
                _ => Map::new(),
            };
            around.remove(DATA);
            if json_bytes(&around) > MAX_INLINE {
                around.clear(); // Whatever it is, it is no envelope of ours.
            }
            sent[at].payload = reference.travelling(around);
        }
        self.inner.publish(&sent).await
    }

    async fn subscribe(&self, consumer: &str, patterns: &[&str]) -> Result<(), MessagingError> {
        self.inner.subscribe(consumer, patterns).await
    }
}
