//! What the provider tells by itself: webhooks, from the signature to the books.
//!
//! Taken in three steps, each safe to repeat. The signature over the raw body is checked ([`signature`]); the event is
//! stored under its own id, and only then is the provider answered; then it is applied ([`apply`]). Between storing and
//! applying a process may die: the reconciler applies what waits. Events come twice, late, in any order and not at all, so
//! none is a command. Each is news about one charge or refund, and news are merged by rules that do not ask for an order
//! ([`mod@crate::settle`]).

mod apply;
pub mod signature;

use usher_database::Failure;

use crate::{
    Payments,
    provider::{Event, Unreadable},
};

pub use apply::Applied;
pub use signature::{Forged, Secrets};

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is stored.
    New,
    /// It was stored before.
    Repeated,
}

/// Why a webhook was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It does not come from the provider, or not now.
    #[error(transparent)]
    Forged(#[from] Forged),
    /// It does, and makes no sense.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It could not be stored: the provider has to send it again.
    #[error("the webhook could not be stored")]
    Transient(#[from] Failure),
}

/// A webhook as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Stored {
    /// The provider's own name for the event.
    pub event: String,
    /// The provider's own word for what happened.
    pub kind: String,
    /// When it came.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: time::OffsetDateTime,
    /// When it was applied.
    #[serde(with = "time::serde::rfc3339::option")]
    pub applied_at: Option<time::OffsetDateTime>,
    /// What it changed.
    pub outcome: Option<String>,
}

impl Payments {
    /// Checks and stores a webhook. When it returns, the event is durable and the provider may be told so.
    pub async fn receive(&self, signature: &str, body: &[u8]) -> Result<(Event, Received), NotTaken> {
        signature::verify(signature, body, &self.webhook_secrets, self.ambient.now())?;
        let event = self.provider.read_event(body)?;
        let text = std::str::from_utf8(body).map_err(|error| Unreadable(error.to_string()))?;
        let stored = sqlx::query!(
            "INSERT INTO payments.webhooks (event_id, kind, body, received_at, reference) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (event_id) DO NOTHING",
            event.id,
            event.kind,
            text,
            self.ambient.now(),
            event.news.reference(),
        );
        let is_new = stored.execute(&self.pool).await.map_err(Failure::from)?.rows_affected() > 0;
        let received = if is_new { Received::New } else { Received::Repeated };
        metrics::counter!("usher_webhooks_total", "outcome" => if is_new { "new" } else { "repeated" }).increment(1);
        Ok((event, received))
    }

    /// Webhooks, newest first; only those that wait to be applied, if so asked.
    pub async fn webhooks(&self, only_waiting: bool, limit: i64) -> Result<Vec<Stored>, Failure> {
        let rows = sqlx::query_as!(
            Stored,
            "SELECT event_id AS event, kind, received_at, applied_at, outcome FROM payments.webhooks
             WHERE applied_at IS NULL OR NOT $1 ORDER BY received_at DESC, event_id LIMIT $2",
            only_waiting,
            limit,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Webhooks about a charge, by its reference, in the order in which they came.
    pub async fn webhooks_about(&self, reference: &str) -> Result<Vec<Stored>, Failure> {
        let rows = sqlx::query_as!(
            Stored,
            "SELECT event_id AS event, kind, received_at, applied_at, outcome FROM payments.webhooks
             WHERE reference = $1 ORDER BY received_at, event_id",
            reference,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Applies a stored webhook, again if it was. `None` when there is none of this name.
    pub async fn replay(&self, event: &str) -> Result<Option<Applied>, NotTaken> {
        let body = sqlx::query_scalar!("SELECT body FROM payments.webhooks WHERE event_id = $1", event);
        let Some(body) = body.fetch_optional(&self.pool).await.map_err(Failure::from)? else { return Ok(None) };
        let event = self.provider.read_event(body.as_bytes())?;
        Ok(Some(self.apply(&event).await?))
    }

    /// Applies what was stored and never applied, oldest first, and tells how many.
    pub async fn apply_waiting(&self, limit: i64) -> Result<usize, Failure> {
        let waiting = sqlx::query_scalar!(
            "SELECT event_id FROM payments.webhooks WHERE applied_at IS NULL ORDER BY received_at LIMIT $1",
            limit,
        );
        let mut applied = 0;
        for event in waiting.fetch_all(&self.pool).await? {
            match self.replay(&event).await {
                Ok(_) => applied += 1,
                Err(error) => tracing::warn!(%error, event, "a webhook waits on"),
            }
        }
        Ok(applied)
    }
}
