//! The port to a queue of work.
//!
//! Promises of every adapter:
//!
//! - What [`send`](TaskQueue::send) returned for is delivered at least once, in no particular order. A message larger than
//!   [`MAX_BODY`] is refused, and with it the whole call.
//! - A delivery is hidden from others for [`LEASE`]; whoever works longer [`extend`](TaskQueue::extend)s it. When the lease
//!   ends unanswered - the consumer died, or slept - the message is delivered again, with one more receive counted.
//! - [`ack`](TaskQueue::ack) forgets a message; where the transport does not confirm that, a moment later, if the process lives
//!   so long. With the receipt of a lease that was lost it does nothing: the message is somebody else's by now. A receipt is
//!   for whoever received: in another process it may be that of a lost lease.
//! - After [`MAX_RECEIVES`] deliveries without an ack, or a [`reject`](TaskQueue::reject), a message is a dead letter. It stays
//!   until a person sends it again or discards it.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::trace::TraceContext;

use crate::error::MessagingError;

/// How long a delivery is hidden: three heartbeats of a worker, and the longest that a crash delays a step.
pub const LEASE: Duration = Duration::from_secs(30);

/// How often a message is delivered before it is a dead letter. Transient failures are answered and retried by the saga, so
/// a message that comes this often kills its worker.
pub const MAX_RECEIVES: i32 = 5;

/// The longest message that every adapter carries, in bytes: what Step Functions hands from state to state.
/// Source: AWS Step Functions Developer Guide, "Service quotas".
pub const MAX_BODY: usize = 262_144;

/// How long a message can be held back: 15 minutes, as long as SQS does.
/// Source: Amazon SQS API reference, `SendMessage`, `DelaySeconds`.
pub const MAX_DELAY: Duration = Duration::from_mins(15);

/// Refuses what no adapter carries: a body above [`MAX_BODY`], a delay above [`MAX_DELAY`].
pub(crate) fn admit(bodies: &[String], delay: Duration) -> Result<(), MessagingError> {
    match bodies.iter().find(|body| body.len() > MAX_BODY) {
        Some(large) => Err(MessagingError::oversize(large.len())),
        None if delay > MAX_DELAY => Err(MessagingError::delayed_too_long(delay)),
        None => Ok(()),
    }
}

/// How many dead letters are looked at together when all of them are sent again.
const PAGE: i64 = 1000;

/// A message that a consumer got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message, as it was sent.
    pub body: String,
    /// How often it was delivered, this time included.
    pub receives: i32,
    /// What proves the lease.
    pub receipt: Receipt,
    /// The trace that its sender put beside the body, where the transport has a place for that. What the body says comes
    /// first.
    pub trace: Option<TraceContext>,
}

/// Proves that a delivery is the consumer's. Means something only to the adapter that made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Receipt(pub String);

/// A message that nobody could handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its id in the queue.
    pub id: String,
    /// The message.
    pub body: String,
    /// How often it was delivered.
    pub receives: i32,
    /// Why it is here.
    pub reason: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub died_at: OffsetDateTime,
}

/// How much is in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Depth {
    /// Messages that wait for a consumer.
    pub waiting: i64,
    /// Messages that consumers have.
    pub leased: i64,
    /// Dead letters.
    pub dead: i64,
    /// Seconds since the oldest waiting message was sent.
    pub oldest_seconds: i64,
}

/// A queue of work. See the module for its promises.
#[async_trait]
pub trait TaskQueue: Send + Sync {
    /// Adds messages.
    async fn send(&self, queue: &str, bodies: Vec<String>) -> Result<(), MessagingError> {
        self.send_later(queue, bodies, Duration::ZERO).await
    }

    /// Adds messages that nobody receives before `delay`, at most [`MAX_DELAY`], has passed.
    async fn send_later(&self, queue: &str, bodies: Vec<String>, delay: Duration) -> Result<(), MessagingError>;

    /// Takes up to `max` messages; waits up to `wait` for the first.
    async fn receive(&self, queue: &str, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError>;

    /// Starts the lease anew. `false` when it was lost already.
    async fn extend(&self, receipt: &Receipt) -> Result<bool, MessagingError>;

    /// Forgets a message.
    async fn ack(&self, receipt: &Receipt) -> Result<(), MessagingError>;

    /// Makes a message a dead letter at once, because nobody will ever be able to handle it.
    async fn reject(&self, receipt: &Receipt, reason: &str) -> Result<(), MessagingError>;

    /// Ends the leases of deliveries that were received here and not begun, so that others get them at once.
    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), MessagingError>;

    /// Counts.
    async fn depth(&self, queue: &str) -> Result<Depth, MessagingError>;

    /// Dead letters, oldest first, after `cursor`.
    async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError>;

    /// Sends dead letters again, with their receives forgotten. Tells how many there were.
    async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError>;

    /// Forgets dead letters. Tells how many there were.
    async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError>;

    /// Sends all dead letters again that there are now. Tells how many there were.
    async fn redrive_all(&self, queue: &str) -> Result<u64, MessagingError> {
        let (mut cursor, mut ids): (Option<String>, Vec<String>) = (None, Vec::new());
        loop {
            let page = self.dead_letters(queue, cursor.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            cursor = Some(last.id.clone());
            ids.extend(page.into_iter().map(|letter| letter.id));
        }
        self.redrive(queue, &ids).await
    }
}
