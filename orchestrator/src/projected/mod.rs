//! An engine with lists of our own: what operators ask is answered from a table, also while the engine cannot be asked.
//!
//! Step Functions lists by status and nothing else, a few times a second, and is silent when it is away. [`Projected`] goes
//! around it, or around any other [`Orchestrator`].
//!
//! Three things feed the table: our own starts, written before and after; the requests that workers are given, which say
//! where an execution stands (`observed`); and a look at the engine's own list every few seconds, which finds ends,
//! executions that somebody else started, and whatever the others missed (`reconcile`). So the table may be seconds late
//! and is never wrong for long. What an execution is and did is still asked of the engine itself.
//!
//! The embedded engine has the same table beside it, for searches by whatever a saga is about (`find`): its own rows have
//! one index, and every further one would be paid for by every booking. It is fed by transitions after they are durable
//! (`feed`), a row for what may be five of them, and by a look for what was missed (`catch_up`).
//!
//! The table also remembers names longer than AWS does. A start whose name is in it starts nothing, and one whose answer
//! was lost is looked for before it is repeated. And it remembers inputs: an execution that the engine has lost - an emulator
//! that was killed, a state machine that somebody deleted and made anew - is begun again from it.

pub(crate) mod catch_up;
pub(crate) mod deliveries;
pub(crate) mod feed;
pub(crate) mod find;
mod observed;
mod reconcile;
mod record;
pub(crate) mod sight;
mod store;
mod subject;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;
use sqlx::PgPool;
use usher_core::ambient::SharedAmbient;
use usher_database::Failure;
use usher_workflows::{
    delivery::{Delivered, Delivery},
    envelope::{Envelope, TaskToken},
    error::StepError,
    orchestrator::{ErrorGroup, Execution, Filter, Orchestrator, OrchestratorError, Page},
    query::{Found, Search},
};

use self::{feed::Feed, observed::Observed, store::Known, subject::Subject};

/// The name of the error of an execution that the engine no longer knows.
pub const LOST: &str = "Usher.Lost";

/// Executions of which nothing was heard for so long are asked for one by one, and are lost when the engine does not know them:
/// what AWS answers is at most seconds behind.
const UNSEEN: time::Duration = time::Duration::minutes(2);

/// How often what workers were given is written down: often enough for people, and one statement for all of it.
const WRITE: Duration = Duration::from_millis(250);

/// An engine and the list beside it. Cheap to clone.
#[derive(Clone)]
pub struct Projected {
    inner: Arc<dyn Orchestrator>,
    pool: PgPool,
    ambient: SharedAmbient,
    sagas: Vec<String>,
    observed: Arc<Observed>,
    unseen: time::Duration,
    feed: Feed,
}

impl std::fmt::Debug for Projected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Projected").field("sagas", &self.sagas).finish_non_exhaustive()
    }
}

impl Projected {
    /// Around an engine, with the table in the database of the schema `orchestrator`. `sagas` are those that are looked for.
    pub fn new(
        inner: Arc<dyn Orchestrator>,
        pool: PgPool,
        ambient: SharedAmbient,
        sagas: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let sagas = sagas.into_iter().map(Into::into).collect();
        let feed = Feed::start(pool.clone());
        Self { inner, pool, ambient, sagas, observed: Arc::default(), unseen: UNSEEN, feed }
    }

    /// The same with another patience, for tests that cannot wait for minutes.
    #[must_use]
    pub fn asking_after(self, unseen: time::Duration) -> Self {
        Self { unseen, ..self }
    }

    /// Keeps the table up to date until the future is dropped. Every process that has workers runs it; all of them together
    /// look at the engine as often as one would.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.turn().await {
                tracing::warn!(%error, "the list of sagas could not be brought up to date, trying again");
            }
            tokio::time::sleep(WRITE).await;
        }
    }

    /// Writes down what workers were given, and looks at the engine when it is time to.
    pub async fn turn(&self) -> Result<(), OrchestratorError> {
        self.write().await?;
        reconcile::look(self).await
    }

    /// Removes executions that ended longer ago than `age` from the list, at most `limit`, and tells how many. Their names
    /// can then be started again, so nothing younger than the outbox's and the bookings' own memory may go.
    pub async fn prune(&self, age: time::Duration, limit: i64) -> Result<u64, Failure> {
        let before = self.ambient.now() - age;
        deliveries::prune(&self.pool, before, limit).await?;
        Ok(store::prune(&self.pool, before, limit).await?)
    }

    /// How many executions run, as far as the list knows.
    pub async fn running(&self) -> Result<i64, Failure> {
        Ok(store::running(&self.pool).await?)
    }

    async fn write(&self) -> Result<(), OrchestratorError> {
        let observed = self.observed.take();
        if observed.is_empty() {
            return Ok(());
        }
        let written = store::observe(&self.pool, &observed).await;
        if written.is_err() {
            self.observed.give_back(observed);
        }
        written.map_err(unavailable)
    }

    /// Something that the engine has done already; the next look finds it if it cannot be written down.
    async fn note(&self, noting: impl Future<Output = Result<(), sqlx::Error>> + Send) {
        if let Err(error) = noting.await {
            tracing::warn!(%error, "the list of sagas does not have it yet");
        }
    }
}

pub(crate) fn id(saga: &str, name: &str) -> String {
    format!("{saga}:{name}")
}

pub(crate) fn no_cursor() -> OrchestratorError {
    OrchestratorError::Refused("this is no cursor of a list".to_owned())
}

fn unavailable(error: sqlx::Error) -> OrchestratorError {
    OrchestratorError::Unavailable(Failure::from(error).to_string())
}

#[async_trait]
impl Orchestrator for Projected {
    async fn start(&self, saga: &str, name: &str, input: Value) -> Result<(), OrchestratorError> {
        let id = id(saga, name);
        let subject = Subject::of(&input);
        let known = store::claim(&self.pool, (&id, saga, name), &input, &subject, self.ambient.now()).await;
        match known.map_err(unavailable)? {
            Known::Started => return Ok(()),
            Known::Asked => {
                // Somebody asked before and did not hear the answer, or asks at this moment.
                if let Some(execution) = self.inner.describe(saga, name).await? {
                    self.note(store::told(&self.pool, &execution, self.ambient.now())).await;
                    return Ok(());
                }
            }
            Known::New => {}
        }
        match self.inner.start(saga, name, input).await {
            Ok(()) => self.note(store::started(&self.pool, &id)).await,
            Err(error @ (OrchestratorError::Busy { .. } | OrchestratorError::Refused(_))) => {
                // Certainly not started, so the name is free again, and nobody has to be asked for it.
                self.note(store::forget(&self.pool, &id)).await;
                return Err(error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn succeed(&self, token: &TaskToken, output: Value) -> Result<(), OrchestratorError> {
        self.inner.succeed(token, output).await
    }

    async fn fail(&self, token: &TaskToken, error: &StepError) -> Result<(), OrchestratorError> {
        self.inner.fail(token, error).await
    }

    fn observe(&self, envelope: &Envelope) {
        self.observed.put(envelope);
        self.inner.observe(envelope);
    }

    async fn heartbeat(&self, token: &TaskToken) -> Result<(), OrchestratorError> {
        self.inner.heartbeat(token).await
    }

    async fn stop(&self, saga: &str, name: &str, error: &str, cause: &str) -> Result<(), OrchestratorError> {
        self.inner.stop(saga, name, error, cause).await?;
        self.look_at(saga, name).await;
        Ok(())
    }

    /// Goes on where it ended. An execution that the engine has lost begins again with its old input: its steps know what
    /// they have done, and answer with that.
    async fn redrive(&self, saga: &str, name: &str) -> Result<(), OrchestratorError> {
        let known = store::one(&self.pool, &id(saga, name)).await.map_err(unavailable)?;
        let lost = known.filter(|known| known.error.as_deref() == Some(LOST));
        match lost {
            Some(lost) if self.inner.describe(saga, name).await?.is_none() => {
                self.inner.start(saga, name, lost.input).await?;
            }
            _ => self.inner.redrive(saga, name).await?,
        }
        self.look_at(saga, name).await;
        Ok(())
    }

    /// As the engine tells it; while that is away, as the list last knew it.
    async fn describe(&self, saga: &str, name: &str) -> Result<Option<Execution>, OrchestratorError> {
        match self.inner.describe(saga, name).await {
            Err(error @ (OrchestratorError::Unavailable(_) | OrchestratorError::Busy { .. })) => {
                let known = store::one(&self.pool, &id(saga, name)).await.map_err(unavailable)?;
                let Some(known) = known else { return Err(error) };
                tracing::warn!(%error, execution = name, "the engine cannot be asked; this is what the list knows");
                Ok(Some(known))
            }
            described => described,
        }
    }

    async fn list(&self, filter: &Filter) -> Result<Page, OrchestratorError> {
        let cursor = filter.cursor.as_deref().map(|cursor| store::cursor(cursor).ok_or_else(no_cursor));
        store::list(&self.pool, filter, cursor.transpose()?).await.map_err(unavailable)
    }

    async fn history(&self, saga: &str, name: &str) -> Result<Vec<Value>, OrchestratorError> {
        self.inner.history(saga, name).await
    }

    fn delivered(&self, delivered: Delivered) {
        self.feed.delivered(delivered, self.ambient.now());
    }

    async fn deliveries(&self, saga: &str, name: &str) -> Result<Vec<Delivery>, OrchestratorError> {
        self.feed.write().await.map_err(unavailable)?;
        deliveries::of(&self.pool, &id(saga, name)).await.map_err(unavailable)
    }

    async fn find(&self, search: &Search) -> Result<Found, OrchestratorError> {
        self.write().await?;
        find::find(&self.pool, search, self.ambient.now()).await.map_err(unavailable)?.ok_or_else(no_cursor)
    }

    async fn errors(&self, since: time::OffsetDateTime) -> Result<Vec<ErrorGroup>, OrchestratorError> {
        find::errors(&self.pool, since).await.map_err(unavailable)
    }

    fn start_delay(&self) -> Duration {
        self.inner.start_delay()
    }
}

impl Projected {
    /// Asks the engine about one execution, and writes down what it tells.
    async fn look_at(&self, saga: &str, name: &str) {
        match self.inner.describe(saga, name).await {
            Ok(Some(execution)) => self.note(store::told(&self.pool, &execution, self.ambient.now())).await,
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, execution = name, "the next look will tell"),
        }
    }
}
