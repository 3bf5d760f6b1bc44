//! What a step is: a name, and what it does with the saga's data.
//!
//! A step is called again for every delivery and every retry, so it has to be idempotent: its effects are kept apart by
//! [`StepContext::effect`], which is the same each time. What it can reach is the context and nothing else.

use std::{future::Future, sync::Arc};

use futures::{FutureExt, future::BoxFuture};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use usher_bookings::Bookings;
use usher_catalog::Catalog;
use usher_core::ids::BookingId;
use usher_database::Failure;
use usher_notifications::Notifications;
use usher_payments::Payments;
use usher_seating::Seating;
use usher_tickets::Tickets;
use usher_workflows::{
    booking::SagaData,
    business::Finding,
    envelope::Envelope,
    error::{Reason, StepError},
};

use crate::probe;

/// The contexts that steps work on.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the context that it is named after")]
pub struct Contexts {
    pub bookings: Bookings,
    pub catalog: Catalog,
    pub notifications: Notifications,
    pub payments: Payments,
    pub seating: Seating,
    pub tickets: Tickets,
}

/// What a step can reach.
pub struct StepContext {
    /// The contexts.
    pub contexts: Arc<Contexts>,
    /// The request.
    pub envelope: Envelope,
}

impl StepContext {
    /// The name of this step's effect: the same for every delivery, retry and redrive.
    pub fn effect(&self) -> String {
        self.envelope.effect()
    }

    /// The name of the effect that a step of the booking's own execution has or had, for its undo.
    pub fn forward_effect(&self, booking: BookingId, step: &str) -> String {
        format!("{booking}/{step}")
    }
}

/// One step of a saga.
pub trait Step: Send + Sync + 'static {
    /// As the definition, the queue and the metrics call it.
    const NAME: &'static str;

    /// The saga's data, as far as it has come.
    type Input: DeserializeOwned + Send;

    /// What it adds to the saga's data.
    type Output: Serialize + Send;

    /// Does it, once.
    fn run(&self, cx: &StepContext, data: Self::Input) -> impl Future<Output = Result<Self::Output, StepError>> + Send;

    /// What it would find if it ran now for the execution of this name. Changes nothing, here or elsewhere.
    fn probe(
        &self,
        contexts: &Contexts,
        execution: &str,
        data: Self::Input,
    ) -> impl Future<Output = Result<Finding, Failure>> + Send;
}

/// A step that may have to wait for somebody else: it keeps the token where that other finds it, and answers nothing
/// itself.
pub trait Parks: Send + Sync + 'static {
    /// As the definition, the queue and the metrics call it.
    const NAME: &'static str;

    /// What it adds to the saga's data.
    type Output: Serialize + Send;

    /// Does it, once; `None` when the token was kept and is answered by whoever learns of the outcome.
    fn run(
        &self,
        cx: &StepContext,
        data: SagaData,
    ) -> impl Future<Output = Result<Option<Self::Output>, StepError>> + Send;

    /// What it would find if it ran now for the execution of this name. Changes nothing, here or elsewhere.
    fn probe(
        &self,
        contexts: &Contexts,
        execution: &str,
        data: SagaData,
    ) -> impl Future<Output = Result<Finding, Failure>> + Send;
}

type Probe = dyn Fn(Arc<Contexts>, String, Value) -> BoxFuture<'static, Result<Finding, Failure>> + Send + Sync;

type Run = dyn Fn(StepContext) -> BoxFuture<'static, Result<Option<Value>, StepError>> + Send + Sync;

/// A step as the runner sees it.
#[derive(Clone)]
pub struct Registered {
    /// Its name.
    pub name: &'static str,
    run: Arc<Run>,
    probe: Arc<Probe>,
}

impl Registered {
    /// Registers a step.
    pub fn of<S: Step>(step: S) -> Self {
        let step = Arc::new(step);
        let asked = Arc::clone(&step);
        let run = move |cx: StepContext| {
            let step = Arc::clone(&step);
            async move { output(&step.run(&cx, data(&cx)?).await?).map(Some) }.boxed()
        };
        let probe = move |contexts: Arc<Contexts>, execution: String, data: Value| {
            let step = Arc::clone(&asked);
            async move {
                match serde_json::from_value(data) {
                    Ok(data) => step.probe(&contexts, &execution, data).await,
                    Err(error) => Ok(unreadable(S::NAME, &error)),
                }
            }
            .boxed()
        };
        Self { name: S::NAME, run: Arc::new(run), probe: Arc::new(probe) }
    }

    /// Registers a step that may wait.
    pub fn parking<S: Parks>(step: S) -> Self {
        let step = Arc::new(step);
        let asked = Arc::clone(&step);
        let run = move |cx: StepContext| {
            let step = Arc::clone(&step);
            async move { step.run(&cx, data(&cx)?).await?.as_ref().map(output).transpose() }.boxed()
        };
        let probe = move |contexts: Arc<Contexts>, execution: String, data: Value| {
            let step = Arc::clone(&asked);
            async move {
                match serde_json::from_value(data) {
                    Ok(data) => step.probe(&contexts, &execution, data).await,
                    Err(error) => Ok(unreadable(S::NAME, &error)),
                }
            }
            .boxed()
        };
        Self { name: S::NAME, run: Arc::new(run), probe: Arc::new(probe) }
    }

    /// What it would find if it ran now.
    pub(crate) fn probe(
        &self,
        contexts: Arc<Contexts>,
        execution: String,
        data: Value,
    ) -> BoxFuture<'static, Result<Finding, Failure>> {
        (self.probe)(contexts, execution, data)
    }

    pub(crate) async fn run(&self, cx: StepContext) -> Result<Option<Value>, StepError> {
        (self.run)(cx).await
    }
}

fn unreadable(step: &str, error: &serde_json::Error) -> Finding {
    let obstacle = format!("its data cannot be read: {error}");
    Finding { obstacles: vec![obstacle], ..probe::unknown(step, "nothing, because its data cannot be read") }
}

fn data<T: DeserializeOwned>(cx: &StepContext) -> Result<T, StepError> {
    serde_json::from_value(cx.envelope.input.clone()).map_err(|error| invalid(&error))
}

fn output(output: &impl Serialize) -> Result<Value, StepError> {
    serde_json::to_value(output).map_err(|error| invalid(&error))
}

fn invalid(error: &serde_json::Error) -> StepError {
    StepError::Rejected(Reason::InvalidRequest, error.to_string())
}

/// A database that did not answer is no reason to go back: every effect is idempotent, so the retry finds out.
#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(crate) fn transient(failure: Failure) -> StepError {
    StepError::Transient(failure.to_string())
}
