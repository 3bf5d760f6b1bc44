//! Who waits for which execution to end. The worker that gave the last answer says so, so that nobody asks the database.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::oneshot;
use usher_workflows::orchestrator::OrchestratorError;

/// How the wait ended: the last answer was accepted, or one was not.
type End = Result<(), OrchestratorError>;

/// Those who wait, by the names of their executions.
#[derive(Debug, Default)]
pub struct Ends(Mutex<HashMap<String, oneshot::Sender<End>>>);

impl Ends {
    /// Waits for an execution that is about to start.
    pub fn expect(&self, name: &str) -> oneshot::Receiver<End> {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), sender);
        receiver
    }

    /// Tells whoever waits for it.
    pub fn tell(&self, name: &str, end: End) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        if let Some(waiting) = waiting {
            drop(waiting.send(end)); // Whoever gave up waiting has failed already.
        }
    }
}
