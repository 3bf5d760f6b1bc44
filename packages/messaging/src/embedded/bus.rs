//! Topics: each event goes to the queue of each consumer whose patterns match.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::{PgConnection, PgPool};

use super::{EmbeddedQueue, enlist::Enlisted};
use crate::{
    error::MessagingError,
    events::{Event, EventBus, matches, queue_of},
};

/// Events over PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EmbeddedBus {
    pool: PgPool,
    queue: EmbeddedQueue,
}

impl EmbeddedBus {
    /// A bus whose consumers receive from `queue`.
    pub const fn new(pool: PgPool, queue: EmbeddedQueue) -> Self {
        Self { pool, queue }
    }

    /// Whether a pool leads to this bus's own database, so that its transactions can [`enlist`](Self::enlist).
    pub fn shares(&self, pool: &PgPool) -> bool {
        Arc::ptr_eq(&pool.connect_options(), &self.pool.connect_options())
    }

    /// Publishes in the caller's transaction. Once that is committed, call [`Enlisted::release`].
    pub async fn enlist(&self, connection: &mut PgConnection, events: &[Event]) -> Result<Enlisted, sqlx::Error> {
        let subscriptions = sqlx::query!("SELECT consumer, pattern FROM messaging.subscriptions ORDER BY consumer")
            .fetch_all(&mut *connection)
            .await?;
        let mut messages = Vec::new();
        for event in events {
            let mut consumers: Vec<&str> = subscriptions
                .iter()
                .filter(|subscription| matches(&subscription.pattern, &event.topic))
                .map(|subscription| subscription.consumer.as_str())
                .collect();
            consumers.dedup(); // Two patterns of one consumer are one delivery.
            messages.extend(consumers.into_iter().map(|consumer| (queue_of(consumer), event.payload.to_string())));
        }
        self.queue.enlist(connection, messages).await
    }
}

#[async_trait]
impl EventBus for EmbeddedBus {
    async fn publish(&self, events: &[Event]) -> Result<(), MessagingError> {
        let mut transaction = self.pool.begin().await?;
        let mut enlisted = self.enlist(&mut transaction, events).await?;
        transaction.commit().await?;
        enlisted.release();
        Ok(())
    }

    async fn subscribe(&self, consumer: &str, patterns: &[&str]) -> Result<(), MessagingError> {
        let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "DELETE FROM messaging.subscriptions WHERE consumer = $1 AND pattern <> ALL ($2)",
            consumer,
            &patterns
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO messaging.subscriptions (consumer, pattern) SELECT $1, pattern FROM unnest($2::text[]) AS new (pattern) ON CONFLICT DO NOTHING",
            consumer,
            &patterns,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
