//! Ports that misbehave in the ways that networks and processes do: messages come twice and out of order, workers die
//! between the effect and the report, and between the report and the acknowledgement.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use serde_json::Value;
use usher_messaging::{
    error::MessagingError,
    queue::{DeadLetter, Delivery, Depth, Receipt, TaskQueue},
};
use usher_workflows::{
    delivery::Delivered,
    envelope::{Envelope, TaskToken},
    error::StepError,
    orchestrator::{Execution, Filter, Orchestrator, OrchestratorError, Page},
    query::{Found, Search},
};

/// Something that happens when a step is about to report, by the step's name.
type Hook = Arc<dyn Fn(&Envelope) -> BoxFuture<'static, ()> + Send + Sync>;

/// What goes wrong. Shared by the ports of a world.
#[derive(Clone, Default)]
pub struct Faults {
    /// Each message is delivered this many more times, at once.
    pub repeats: usize,
    /// Batches are delivered last first.
    pub reversed: bool,
    /// The worker dies after its effect and before its report, the first time each step of each execution comes.
    pub dies_before_report: Option<&'static str>,
    /// The worker dies after its report and before its acknowledgement, likewise.
    pub dies_before_ack: Option<&'static str>,
    /// What happens when this step has had its effect and is about to report.
    pub on_effect: Option<(&'static str, Hook)>,
    pub seen: Arc<Mutex<HashMap<String, u32>>>,
    pub tokens: Arc<Mutex<HashMap<TaskToken, Envelope>>>,
    /// Every request that went to a worker.
    pub bodies: Arc<Mutex<Vec<String>>>,
    /// Whether any fault hit anything.
    pub hit: Arc<AtomicBool>,
}

impl Faults {
    fn first_time(&self, what: &str, envelope: &Envelope) -> bool {
        let mut seen = self.seen.lock().unwrap();
        let count = seen.entry(format!("{what} {}", envelope.effect())).or_default();
        *count += 1;
        *count == 1
    }

    fn strikes(&self, what: &'static str, step: Option<&'static str>, envelope: &Envelope) -> bool {
        let strikes = step.is_some_and(|step| step == "*" || step == envelope.step) && self.first_time(what, envelope);
        if strikes {
            self.hit.store(true, Ordering::Relaxed);
        }
        strikes
    }

    fn envelope(&self, token: &TaskToken) -> Envelope {
        self.tokens.lock().unwrap().get(token).cloned().unwrap()
    }

    async fn before_report(&self, token: &TaskToken) -> Result<Envelope, OrchestratorError> {
        let envelope = self.envelope(token);
        if let Some((step, hook)) = &self.on_effect
            && *step == envelope.step
        {
            self.hit.store(true, Ordering::Relaxed);
            hook(&envelope).await;
        }
        if self.strikes("before report", self.dies_before_report, &envelope) {
            return Err(OrchestratorError::Unavailable("the worker died before its report".to_owned()));
        }
        Ok(envelope)
    }

    fn after_report(&self, envelope: &Envelope) -> Result<(), OrchestratorError> {
        if self.strikes("before ack", self.dies_before_ack, envelope) {
            return Err(OrchestratorError::Unavailable("the worker died before its acknowledgement".to_owned()));
        }
        Ok(())
    }
}

pub struct UnrulyQueue {
    pub inner: Arc<dyn TaskQueue>,
    pub faults: Faults,
}

#[async_trait]
impl TaskQueue for UnrulyQueue {
    async fn send_later(&self, queue: &str, bodies: Vec<String>, delay: Duration) -> Result<(), MessagingError> {
        self.inner.send_later(queue, bodies, delay).await
    }

    async fn receive(&self, queue: &str, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError> {
        let mut deliveries = self.inner.receive(queue, max, wait).await?;
        for delivery in &deliveries {
            self.faults.bodies.lock().unwrap().push(delivery.body.clone());
            if let Ok(envelope) = serde_json::from_str::<Envelope>(&delivery.body) {
                self.faults.tokens.lock().unwrap().insert(envelope.task_token.clone(), envelope);
            }
        }
        if self.faults.repeats > 0 && !deliveries.is_empty() {
            self.faults.hit.store(true, Ordering::Relaxed);
            deliveries =
                deliveries.iter().flat_map(|delivery| vec![delivery.clone(); self.faults.repeats + 1]).collect();
        }
        if self.faults.reversed {
            deliveries.reverse();
        }
        Ok(deliveries)
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

    async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        self.inner.dead_letters(queue, cursor, limit).await
    }

    async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.inner.redrive(queue, ids).await
    }

    async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        self.inner.discard(queue, ids).await
    }
}

pub struct UnrulyOrchestrator {
    pub inner: Arc<dyn Orchestrator>,
    pub faults: Faults,
}

#[async_trait]
impl Orchestrator for UnrulyOrchestrator {
    async fn start(&self, saga: &str, name: &str, input: Value) -> Result<(), OrchestratorError> {
        self.inner.start(saga, name, input).await
    }

    async fn succeed(&self, token: &TaskToken, output: Value) -> Result<(), OrchestratorError> {
        let envelope = self.faults.before_report(token).await?;
        self.inner.succeed(token, output).await?;
        self.faults.after_report(&envelope)
    }

    async fn fail(&self, token: &TaskToken, error: &StepError) -> Result<(), OrchestratorError> {
        let envelope = self.faults.before_report(token).await?;
        self.inner.fail(token, error).await?;
        self.faults.after_report(&envelope)
    }

    async fn heartbeat(&self, token: &TaskToken) -> Result<(), OrchestratorError> {
        self.inner.heartbeat(token).await
    }

    async fn stop(&self, saga: &str, name: &str, error: &str, cause: &str) -> Result<(), OrchestratorError> {
        self.inner.stop(saga, name, error, cause).await
    }

    async fn redrive(&self, saga: &str, name: &str) -> Result<(), OrchestratorError> {
        self.inner.redrive(saga, name).await
    }

    async fn describe(&self, saga: &str, name: &str) -> Result<Option<Execution>, OrchestratorError> {
        self.inner.describe(saga, name).await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, OrchestratorError> {
        self.inner.list(filter).await
    }

    async fn history(&self, saga: &str, name: &str) -> Result<Vec<Value>, OrchestratorError> {
        self.inner.history(saga, name).await
    }

    fn delivered(&self, delivered: Delivered) {
        self.inner.delivered(delivered);
    }

    async fn find(&self, search: &Search) -> Result<Found, OrchestratorError> {
        self.inner.find(search).await
    }

    async fn is_awaited(&self, envelope: &Envelope) -> Result<bool, OrchestratorError> {
        self.inner.is_awaited(envelope).await
    }
}
