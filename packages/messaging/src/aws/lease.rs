//! What this process holds, and until when.
//!
//! SQS promises little about the receipt of a lease that ended: deleting with it "succeeds, but the message might not be
//! deleted", and servers differ. So the process keeps its own account. A receipt whose lease has ended by our clock does
//! nothing, without asking; one whose lease we think we hold is judged by the server as well. The account ends a little
//! before the server's, because the answer that began the lease was on its way for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use usher_core::trace::TraceContext;

use crate::{
    error::{MessagingError, Trouble},
    queue::Receipt,
};

/// A message that this process has.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// Its queue, as callers name it.
    pub queue: Arc<str>,
    /// The receipt handle of SQS.
    pub handle: String,
    /// The message: dead letters and what is given back are sent anew.
    pub body: Arc<str>,
    /// How often it was delivered, this time included.
    pub receives: i32,
    /// The trace that its sender put beside it: it goes along where the message is sent anew.
    pub trace: Option<TraceContext>,
}

/// All that this process has.
#[derive(Debug)]
pub(super) struct Leases {
    lease: Duration,
    held: Mutex<HashMap<String, (Held, Instant)>>,
}

impl Leases {
    pub(super) fn new(lease: Duration) -> Self {
        Self { lease, held: Mutex::default() }
    }

    /// How long a lease is.
    pub(super) const fn length(&self) -> Duration {
        self.lease
    }

    /// Begins leases that the server gave just now. Those that ended are forgotten.
    pub(super) fn begin(&self, new: impl IntoIterator<Item = Held>) {
        let (now, until) = (Instant::now(), self.end(Instant::now()));
        let mut held = self.held();
        held.retain(|_, (_, until)| *until > now);
        held.extend(new.into_iter().map(|held| (held.handle.clone(), (held, until))));
    }

    /// What a receipt is for, while its lease lasts.
    pub(super) fn of(&self, receipt: &Receipt) -> Result<Option<Held>, MessagingError> {
        let handle = handle(receipt)?;
        let held = self.held();
        Ok(held.get(handle).filter(|(_, until)| *until > Instant::now()).map(|(held, _)| held.clone()))
    }

    /// Starts a lease anew that the server extended by a request of this moment.
    pub(super) fn extended(&self, handle: &str, asked: Instant) {
        if let Some((_, until)) = self.held().get_mut(handle) {
            *until = self.end(asked);
        }
    }

    /// Forgets a lease: its message is settled, or the server says that it is lost.
    pub(super) fn forget(&self, handle: &str) {
        self.held().remove(handle);
    }

    fn end(&self, begun: Instant) -> Instant {
        begun + self.lease - self.lease / 30
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, (Held, Instant)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What proves a lease to the caller.
pub(super) fn receipt(held: &Held) -> Receipt {
    Receipt(format!("sqs:{}", held.handle))
}

fn handle(receipt: &Receipt) -> Result<&str, MessagingError> {
    receipt
        .0
        .strip_prefix("sqs:")
        .ok_or_else(|| MessagingError::Refused(Trouble::new(format!("`{}` is not a receipt of this queue", receipt.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Held {
        Held { queue: "q".into(), handle: "h".to_owned(), body: "b".into(), receives: 1, trace: None }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_ends_a_little_early_and_an_extension_begins_when_it_was_asked_for() {
        let leases = Leases::new(Duration::from_secs(30));
        leases.begin([held()]);
        let receipt = receipt(&held());
        tokio::time::advance(Duration::from_secs(28)).await;
        assert!(leases.of(&receipt).unwrap().is_some());
        let asked = Instant::now();
        tokio::time::advance(Duration::from_millis(500)).await;
        leases.extended("h", asked);
        tokio::time::advance(Duration::from_millis(28_400)).await;
        assert!(leases.of(&receipt).unwrap().is_some());
        tokio::time::advance(Duration::from_millis(200)).await;
        assert!(leases.of(&receipt).unwrap().is_none());
    }

    #[tokio::test]
    async fn a_settled_lease_is_gone_and_a_foreign_receipt_is_refused() {
        let leases = Leases::new(Duration::from_secs(30));
        leases.begin([held()]);
        assert_eq!(leases.of(&receipt(&held())).unwrap().unwrap().receives, 1);
        leases.forget("h");
        assert!(leases.of(&receipt(&held())).unwrap().is_none());
        assert!(leases.of(&Receipt("1.abc.reserve-seats".to_owned())).is_err());
    }
}
