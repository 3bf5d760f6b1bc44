//! The engine's face: the `Orchestrator` port over batches.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use usher_asl::Event;
use usher_core::ambient::SharedAmbient;
use usher_database::{Failure, GroupCommit, migrate::Schema};
use usher_messaging::embedded::EmbeddedQueue;
use usher_workflows::{
    delivery::{Delivered, Delivery},
    envelope::{Envelope, TaskToken},
    error::StepError,
    orchestrator::{ErrorGroup, Execution, Filter, Orchestrator, OrchestratorError, Page},
    query::{Found, Search},
};

use super::{
    alarm::Alarm,
    batch::{Engine, Outcome},
    cache::Cache,
    command::{Command, id},
    definitions::{Definitions, DeployError},
    read::{self, Version},
    retention::{self, REDRIVE_WINDOW},
    timers, token,
};
use crate::projected::{catch_up, deliveries, feed::Feed, find, no_cursor};

/// How often to see whether it is time to look over the list.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// The schema `orchestrator`.
pub fn schema() -> Schema {
    Schema { name: "orchestrator", migrations: sqlx::migrate!() }
}

/// Runs state machines in PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EmbeddedOrchestrator {
    pool: PgPool,
    ambient: SharedAmbient,
    commands: GroupCommit<Command, Outcome>,
    alarm: Arc<Alarm>,
    definitions: Arc<Definitions>,
    feed: Feed,
}

impl EmbeddedOrchestrator {
    /// Deploys the definitions - pairs of saga and States Language, with the queues' names in place - and starts the
    /// batches. Timers run only where [`run_timers`](Self::run_timers) is called.
    pub async fn deploy(
        pool: PgPool,
        ambient: SharedAmbient,
        queue: EmbeddedQueue,
        sagas: &[(String, String)],
    ) -> Result<Self, DeployError> {
        let definitions = Arc::new(Definitions::deploy(&pool, sagas, ambient.now()).await?);
        let alarm = Arc::new(Alarm::default());
        let feed = Feed::start(pool.clone());
        let engine = Engine {
            ambient: ambient.clone(),
            definitions: Arc::clone(&definitions),
            queue,
            cache: Cache::new(),
            alarm: Arc::clone(&alarm),
            feed: feed.clone(),
        };
        let commands = GroupCommit::spawn(pool.clone(), "engine", engine);
        Ok(Self { pool, ambient, commands, alarm, definitions, feed })
    }

    /// Fires timers until the future is dropped: time-outs, heartbeats, retries, waits.
    pub async fn run_timers(&self) {
        timers::run(self, &self.pool, &self.ambient, &self.alarm).await;
    }

    /// Looks every few seconds for what the list of sagas has missed, until the future is dropped. All processes together
    /// look as often as one.
    pub async fn run_list(&self) {
        loop {
            match self.catch_up().await {
                Ok(0) => {}
                Ok(missed) => tracing::info!(missed, "the list of sagas has caught up"),
                Err(error) => tracing::warn!(%error, "the list of sagas could not be looked over, trying again"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Brings the list of sagas up to date if it is time to, and tells how many executions it had missed.
    pub async fn catch_up(&self) -> Result<usize, Failure> {
        self.feed.write().await?;
        Ok(catch_up::look(&self.pool, self.ambient.now()).await?)
    }

    /// Has the whole list of sagas looked over again, such as after executions were written past the engine.
    pub async fn list_anew(&self) -> Result<(), Failure> {
        Ok(catch_up::from_the_beginning(&self.pool).await?)
    }

    /// How many executions run.
    pub async fn running(&self) -> Result<i64, Failure> {
        Ok(read::running(&self.pool).await?)
    }

    /// Every definition that was ever deployed, with how many executions run on it.
    pub async fn versions(&self) -> Result<Vec<Version>, Failure> {
        Ok(read::versions(&self.pool, &self.definitions).await?)
    }

    /// Fires the timers that are due, once, and tells how many there were.
    pub async fn fire_timers(&self) -> Result<usize, Failure> {
        Ok(timers::fire(self, &self.pool, self.ambient.now(), &self.alarm).await?.0)
    }

    /// Removes executions that ended longer ago than `age`, oldest first and at most `limit`, with their history, and tells
    /// how many. Whatever can still be [redriven](REDRIVE_WINDOW) stays.
    pub async fn prune(&self, age: Duration, limit: i64) -> Result<u64, Failure> {
        let before = self.ambient.now() - age.max(REDRIVE_WINDOW);
        deliveries::prune(&self.pool, before, limit).await?;
        Ok(retention::prune(&self.pool, before, limit).await?)
    }

    pub(super) async fn submit(&self, command: Command) -> Result<(), OrchestratorError> {
        self.commands.submit(command).await.map_err(unavailable)?.result
    }

    async fn answer(&self, token: &TaskToken, event: Event) -> Result<(), OrchestratorError> {
        let execution = token::execution_of(&token.0).ok_or(OrchestratorError::TokenDead)?;
        self.submit(Command::Tell { execution, event }).await
    }
}

fn unavailable(failure: Failure) -> OrchestratorError {
    match failure {
        Failure::Refused(error) => OrchestratorError::Refused(error.to_string()),
        transient => OrchestratorError::Unavailable(transient.to_string()),
    }
}

#[async_trait]
impl Orchestrator for EmbeddedOrchestrator {
    async fn start(&self, saga: &str, name: &str, input: Value) -> Result<(), OrchestratorError> {
        self.submit(Command::Start { saga: saga.to_owned(), name: name.to_owned(), input }).await
    }

    async fn succeed(&self, token: &TaskToken, output: Value) -> Result<(), OrchestratorError> {
        self.answer(token, Event::TaskSucceeded { token: token.0.clone(), output }).await
    }

    async fn fail(&self, token: &TaskToken, error: &StepError) -> Result<(), OrchestratorError> {
        let (name, cause) = (Some(error.name()), Some(error.cause().to_owned()));
        self.answer(token, Event::TaskFailed { token: token.0.clone(), error: name, cause }).await
    }

    async fn heartbeat(&self, token: &TaskToken) -> Result<(), OrchestratorError> {
        self.answer(token, Event::Heartbeat { token: token.0.clone() }).await
    }

    async fn stop(&self, saga: &str, name: &str, error: &str, cause: &str) -> Result<(), OrchestratorError> {
        let event = Event::Stop { error: Some(error.to_owned()), cause: Some(cause.to_owned()) };
        self.submit(Command::Tell { execution: id(saga, name), event }).await
    }

    async fn redrive(&self, saga: &str, name: &str) -> Result<(), OrchestratorError> {
        let execution = id(saga, name);
        let stopped_at =
            retention::stopped_at(&self.pool, &execution).await.map_err(|error| unavailable(error.into()))?;
        if stopped_at.is_some_and(|stopped_at| self.ambient.now() - stopped_at > REDRIVE_WINDOW) {
            let days = REDRIVE_WINDOW.whole_days();
            return Err(OrchestratorError::Conflict(format!("it ended more than {days} days ago")));
        }
        self.submit(Command::Tell { execution, event: Event::Redrive }).await
    }

    async fn describe(&self, saga: &str, name: &str) -> Result<Option<Execution>, OrchestratorError> {
        read::describe(&self.pool, &id(saga, name)).await.map_err(|error| unavailable(error.into()))
    }

    async fn list(&self, filter: &Filter) -> Result<Page, OrchestratorError> {
        read::list(&self.pool, filter).await.map_err(|error| unavailable(error.into()))
    }

    async fn history(&self, saga: &str, name: &str) -> Result<Vec<Value>, OrchestratorError> {
        read::history(&self.pool, &id(saga, name)).await.map_err(|error| unavailable(error.into()))
    }

    fn delivered(&self, delivered: Delivered) {
        self.feed.delivered(delivered, self.ambient.now());
    }

    async fn deliveries(&self, saga: &str, name: &str) -> Result<Vec<Delivery>, OrchestratorError> {
        self.feed.write().await.map_err(|error| unavailable(error.into()))?;
        deliveries::of(&self.pool, &id(saga, name)).await.map_err(|error| unavailable(error.into()))
    }

    async fn find(&self, search: &Search) -> Result<Found, OrchestratorError> {
        // What this process did is found at once; of others, a moment later.
        self.feed.write().await.map_err(|error| unavailable(error.into()))?;
        let found = find::find(&self.pool, search, self.ambient.now()).await;
        found.map_err(|error| unavailable(error.into()))?.ok_or_else(no_cursor)
    }

    async fn errors(&self, since: OffsetDateTime) -> Result<Vec<ErrorGroup>, OrchestratorError> {
        find::errors(&self.pool, since).await.map_err(|error| unavailable(error.into()))
    }

    async fn is_awaited(&self, envelope: &Envelope) -> Result<bool, OrchestratorError> {
        let Some(execution) = token::execution_of(&envelope.task_token.0) else { return Ok(false) };
        let awaited = read::is_open(&self.pool, &execution, &envelope.task_token.0).await;
        awaited.map_err(|error| unavailable(error.into()))
    }

    async fn definition(&self, saga: &str, name: &str) -> Result<Option<String>, OrchestratorError> {
        read::definition(&self.pool, &id(saga, name)).await.map_err(|error| unavailable(error.into()))
    }
}
