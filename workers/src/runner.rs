//! Receives the requests of one step, and sees each through: run, report, acknowledge.
//!
//! The order is what makes it safe. The effect is durable before it is reported, the report is durable before the message
//! is acknowledged; a crash in between repeats the message, and the effect's inbox answers it. While a step works, the
//! message's lease and the task's heartbeat are kept alive; a worker that hangs loses both.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, field};
use usher_core::faults::{Faults, Point};
use usher_database::event;
use usher_messaging::{
    error::MessagingError,
    queue::{Delivery, TaskQueue},
};
use usher_telemetry::{process, trace};
use usher_workflows::{
    delivery::Delivered,
    envelope::Envelope,
    error::{Reason, StepError},
    orchestrator::{Orchestrator, OrchestratorError},
    payload,
};

use crate::{
    faults::{self, Died, Received},
    request,
    step::{Contexts, Registered, StepContext},
};

/// How long to wait for the first message before looking again.
const POLL: Duration = Duration::from_secs(20);

/// How many requests of a step are worked on at once: what a batch takes, so that full batches can form.
const IN_FLIGHT: usize = 256;

/// How often a working step shows that it lives: well below the shortest heartbeat of the definitions, 10 s.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// How long a draining worker lets steps finish: what a container gets between SIGTERM and SIGKILL, less a margin.
const DRAIN: Duration = Duration::from_secs(25);

/// How long to rest when the queue cannot be read.
const REST: Duration = Duration::from_millis(500);

/// What every runner works with.
#[derive(Clone)]
pub struct Worker {
    /// Where requests come from.
    pub queue: Arc<dyn TaskQueue>,
    /// Where answers go.
    pub orchestrator: Arc<dyn Orchestrator>,
    /// What steps work on.
    pub contexts: Arc<Contexts>,
    /// What a drill makes go wrong.
    pub faults: Faults,
}

impl Worker {
    /// Performs a step's requests until `draining`; then finishes what was begun and gives back what was not.
    pub async fn run(self, step: Registered, draining: CancellationToken) {
        let mut working = JoinSet::new();
        while !draining.is_cancelled() {
            while working.try_join_next().is_some() {}
            let room = IN_FLIGHT.saturating_sub(working.len());
            if room == 0 {
                working.join_next().await;
                continue;
            }
            if faults::poll(&self.faults, step.name).await {
                tokio::time::sleep(REST).await;
                continue;
            }
            let received = tokio::select! {
                received = self.queue.receive(step.name, room, POLL) => received,
                () = draining.cancelled() => break,
            };
            match received {
                Ok(mut deliveries) => {
                    faults::reorder(&self.faults, step.name, &mut deliveries);
                    for delivery in deliveries {
                        working.spawn(self.clone().take(step.clone(), delivery));
                    }
                }
                Err(error) => {
                    tracing::warn!(step = step.name, %error, "the queue cannot be read, trying again");
                    tokio::time::sleep(REST).await;
                }
            }
        }
        self.give_back(&step).await;
        let drained = tokio::time::timeout(DRAIN, async { while working.join_next().await.is_some() {} }).await;
        if drained.is_err() {
            tracing::warn!(step = step.name, left = working.len(), "left unfinished; their leases will run out");
        }
    }

    /// What was handed to this worker and not begun goes to others at once, and not when its lease runs out.
    async fn give_back(&self, step: &Registered) {
        let Ok(left) = self.queue.receive(step.name, IN_FLIGHT, Duration::ZERO).await else { return };
        let receipts: Vec<_> = left.into_iter().map(|delivery| delivery.receipt).collect();
        if !receipts.is_empty() {
            Self::settled(self.queue.give_back(&receipts)).await;
        }
    }

    /// Handles a message, as often as it comes.
    async fn take(self, step: Registered, mut delivery: Delivery) {
        if delivery.receives > 1 {
            metrics::counter!("usher_redeliveries_total", "step" => step.name).increment(1);
        }
        match faults::receive(&self.faults, step.name, &mut delivery).await {
            Received::Comes { times: 1 } => self.handle(step, delivery).await,
            Received::Comes { times } => {
                let handled = (0..times).map(|_| self.clone().handle(step.clone(), delivery.clone()));
                futures::future::join_all(handled).await;
            }
            Received::Lost => Self::settled(self.queue.ack(&delivery.receipt)).await,
            Received::Died => {}
        }
    }

    async fn handle(self, step: Registered, delivery: Delivery) {
        let envelope = match request::read(step.name, &delivery.body) {
            Ok(envelope) => envelope,
            Err(unreadable) => {
                tracing::error!(step = step.name, reason = %unreadable, "a message is no request; it becomes a dead letter");
                Self::settled(self.queue.reject(&delivery.receipt, &unreadable.to_string())).await;
                return;
            }
        };
        let span = tracing::info_span!(
            "step",
            step.name = step.name,
            saga = envelope.saga,
            execution.name = envelope.name,
            attempt = envelope.attempt,
            receives = delivery.receives,
            trace.id = field::Empty,
        );
        // What the saga's data say goes for all of its steps; beside the body it says who sent this one.
        let parent = envelope.traceparent().or(delivery.trace);
        let trace = parent.map(|parent| trace::follow(&span, parent));
        let _working = trace.zip(envelope.booking()).map(|(trace, booking)| event::trace::enter(booking, trace));
        let token = envelope.task_token.clone();
        self.orchestrator.observe(&envelope);
        let work = async {
            let began = tokio::time::Instant::now();
            let Ok(outcome) = self.alive(&delivery, &envelope, self.perform(&step, &envelope)).await else { return };
            let outcome = outcome.and_then(|output| output.map(|output| small_enough(&delivery, output)).transpose());
            let verdict = match &outcome {
                Ok(Some(_)) => "done".to_owned(),
                Ok(None) => "parked".to_owned(),
                Err(error) => error.name(),
            };
            metrics::histogram!("usher_step_duration_seconds", "step" => step.name).record(began.elapsed());
            metrics::counter!("usher_steps_total", "step" => step.name, "outcome" => verdict.clone()).increment(1);
            let note =
                |outcome: &str| Delivered::of(&envelope, process::name(), delivery.receives, began.elapsed(), outcome);
            if faults::pass(&self.faults, Point::BeforeToken, &envelope).await.is_err() {
                return;
            }
            let reported = match outcome {
                // The token is kept where whoever answers it finds it.
                Ok(None) => {
                    tracing::info!("waits for somebody else");
                    Ok(())
                }
                Ok(Some(output)) => {
                    tracing::debug!("done");
                    self.orchestrator.succeed(&token, output).await
                }
                Err(error) => {
                    tracing::info!(error = error.name(), cause = error.cause(), "not done");
                    self.orchestrator.fail(&token, &error).await
                }
            };
            if reported.is_ok() && faults::pass(&self.faults, Point::BeforeAck, &envelope).await.is_err() {
                return;
            }
            match reported {
                Ok(()) => {
                    self.orchestrator.delivered(note(&verdict));
                    Self::settled(self.queue.ack(&delivery.receipt)).await;
                }
                Err(OrchestratorError::TokenDead | OrchestratorError::NotFound) => {
                    // The attempt was given up while it worked. Its effect stands under the effect's name: the next attempt
                    // gets the stored answer, or the undo finds it.
                    metrics::counter!("usher_dead_tokens_total", "step" => step.name).increment(1);
                    tracing::info!("the answer came too late");
                    self.orchestrator.delivered(note("late"));
                    Self::settled(self.queue.ack(&delivery.receipt)).await;
                }
                Err(OrchestratorError::Refused(reason)) => {
                    tracing::error!(reason, "the answer was refused; the request becomes a dead letter");
                    self.orchestrator.delivered(note("refused"));
                    let reason = format!("the answer was refused: {reason}");
                    Self::settled(self.queue.reject(&delivery.receipt, &reason)).await;
                }
                Err(error) => tracing::warn!(%error, "not reported; the message will come again"),
            }
        };
        match trace {
            Some(trace) => {
                span.record("trace.id", trace.trace_id());
                trace::within(trace, work.instrument(span)).await;
            }
            None => work.instrument(span).await,
        }
    }

    /// The step itself, between the places where a drill can hit it.
    async fn perform(&self, step: &Registered, envelope: &Envelope) -> Result<Result<Option<Value>, StepError>, Died> {
        if let Some(failure) = faults::pass(&self.faults, Point::BeforeEffect, envelope).await? {
            return Ok(Err(failure));
        }
        let outcome = step.run(self.context(envelope.clone())).await;
        let failure = faults::pass(&self.faults, Point::AfterEffect, envelope).await?;
        Ok(failure.map_or(outcome, Err))
    }

    fn context(&self, envelope: Envelope) -> StepContext {
        StepContext { contexts: Arc::clone(&self.contexts), envelope }
    }

    /// Runs the step, and shows every few seconds that it is alive.
    async fn alive<T>(&self, delivery: &Delivery, envelope: &Envelope, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(HEARTBEAT) => {
                    let (lease, heartbeat) = tokio::join!(
                        self.queue.extend(&delivery.receipt),
                        self.orchestrator.heartbeat(&envelope.task_token),
                    );
                    if let Err(error) = heartbeat {
                        tracing::debug!(%error, "the heartbeat was not taken");
                    }
                    if !matches!(lease, Ok(true)) {
                        tracing::debug!("the lease was not renewed");
                    }
                }
            }
        }
    }

    /// A message that could not be acknowledged comes again and is answered from the inbox.
    async fn settled(acknowledging: impl Future<Output = Result<(), MessagingError>>) {
        if let Err(error) = acknowledging.await {
            tracing::warn!(%error, "a message could not be settled; it will come again");
        }
    }
}

/// What a step adds goes along with every request after it, as what came with this one does. A step that adds too much
/// will do so again, so the saga hears of it at once, and its undo looks at what was done.
fn small_enough(delivery: &Delivery, output: Value) -> Result<Value, StepError> {
    match payload::check(delivery.body.len(), &output) {
        Ok(()) => Ok(output),
        Err(oversize) => {
            tracing::error!(%oversize, "what the step answers is too large for its saga");
            Err(StepError::Rejected(Reason::InvalidRequest, oversize.to_string()))
        }
    }
}
