//! Workers whose steps do nothing: all that is left is the queue and the engine.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;
use usher_messaging::{
    embedded::EmbeddedQueue,
    queue::{Delivery, TaskQueue as _},
};
use usher_orchestrator::embedded::EmbeddedOrchestrator;
use usher_workflows::{envelope::Envelope, orchestrator::Orchestrator as _};

use super::{ends::Ends, machines};

/// How many requests of a step are answered at once, as the workers of the product do.
const IN_FLIGHT: usize = 256;

/// How long to wait for the first message before looking again.
const POLL: Duration = Duration::from_secs(20);

/// How long to rest when the queue cannot be read.
const REST: Duration = Duration::from_millis(500);

/// Answers the requests of any queue.
#[derive(Debug, Clone)]
pub struct Worker {
    pub queue: EmbeddedQueue,
    pub engine: EmbeddedOrchestrator,
    pub ends: Arc<Ends>,
}

impl Worker {
    /// Answers the requests of one step until it is dropped.
    pub async fn run(self, step: &'static str) {
        let mut working = JoinSet::new();
        loop {
            while working.try_join_next().is_some() {}
            let room = IN_FLIGHT.saturating_sub(working.len());
            if room == 0 {
                working.join_next().await;
                continue;
            }
            match self.queue.receive(step, room, POLL).await {
                Ok(deliveries) => {
                    for delivery in deliveries {
                        working.spawn(self.clone().answer(delivery));
                    }
                }
                Err(error) => {
                    tracing::warn!(step, %error, "the queue cannot be read, trying again");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    /// Answers one request, acknowledges it, and tells when that was the last of its execution.
    async fn answer(self, delivery: Delivery) {
        let request: Envelope = match serde_json::from_str(&delivery.body) {
            Ok(request) => request,
            Err(error) => {
                tracing::error!(%error, "a message is no request");
                return;
            }
        };
        let accepted = self.engine.succeed(&request.task_token, machines::answer(&request.step)).await;
        if accepted.is_err() || machines::is_last(&request) {
            self.ends.tell(&request.name, accepted);
        }
        if let Err(error) = self.queue.ack(&delivery.receipt).await {
            tracing::warn!(%error, "a message could not be acknowledged; it will come again");
        }
    }
}
