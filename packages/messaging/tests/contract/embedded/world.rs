//! Worlds over PostgreSQL: a database each, a clock that all processes share, and for each process a pool, signals and
//! memory of its own.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use tokio::task::AbortHandle;
use usher_core::ambient::Scripted;
use usher_database::{
    pool::{self, PoolSettings},
    signals::{Signals, notify},
};
use usher_messaging::{
    embedded::{EmbeddedBus, EmbeddedQueue, queue::CHANNEL, schema},
    queue::LEASE,
};
use usher_postgres::testing::TestDatabase;

use crate::suite::world::{Ability, Adapter, Exception, Exceptions, Process, World};

/// The adapter.
pub struct Embedded;

#[async_trait]
impl Adapter for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    async fn world(&self) -> Box<dyn World> {
        Box::new(EmbeddedWorld::new().await)
    }
}

const EXCEPTIONS: &[Exception] = &[Exception {
    ability: Ability::Traces,
    reason: "a row is its body, which says its trace; whoever reads rows reads that",
}];

/// One database and its clock.
pub struct EmbeddedWorld {
    pub database: TestDatabase,
    pub ambient: Arc<Scripted>,
    listeners: Mutex<Vec<AbortHandle>>,
    exceptions: Exceptions,
}

/// What a process has before it is seen through the ports.
pub struct EmbeddedProcess {
    pub pool: PgPool,
    pub queue: EmbeddedQueue,
}

impl EmbeddedWorld {
    pub async fn new() -> Self {
        let (usher, messaging) = (usher_database::migrate::schema(), schema());
        let schemas = [(usher.name, &usher.migrations), (messaging.name, &messaging.migrations)];
        let database = TestDatabase::migrated(&schemas).await.unwrap();
        let ambient = Arc::new(Scripted::new(OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap(), 1));
        Self { database, ambient, listeners: Mutex::default(), exceptions: Exceptions::new(EXCEPTIONS) }
    }

    /// A process; ready once it hears signals.
    pub async fn start(&self) -> EmbeddedProcess {
        let settings = PoolSettings { connections: 6, ..PoolSettings::default() };
        let pool = pool::open(self.database.url(), settings).unwrap();
        let signals = Signals::default();
        let mut ready = signals.subscribe("ready");
        let queue = EmbeddedQueue::new(pool.clone(), self.ambient.clone(), &signals);
        let listener = tokio::spawn(signals.listen(pool.clone(), &[CHANNEL, "ready"]));
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener.abort_handle());
        while ready.try_recv().is_err() {
            notify(&mut pool.acquire().await.unwrap(), "ready", "?").await.unwrap();
            tokio::task::yield_now().await;
        }
        EmbeddedProcess { pool, queue }
    }
}

impl Drop for EmbeddedWorld {
    fn drop(&mut self) {
        for listener in self.listeners.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            listener.abort();
        }
    }
}

#[async_trait]
impl World for EmbeddedWorld {
    async fn process(&self) -> Process {
        let EmbeddedProcess { pool, queue } = self.start().await;
        Process { queue: Arc::new(queue.clone()), bus: Arc::new(EmbeddedBus::new(pool, queue)) }
    }

    fn third(&self) -> std::time::Duration {
        LEASE / 3
    }

    async fn pass(&self, thirds: u32) {
        self.ambient.advance(Duration::try_from(self.third() * thirds).unwrap());
    }

    async fn cut(&self) {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        sqlx::query(others).execute(self.database.pool()).await.unwrap();
    }

    fn exceptions(&self) -> &Exceptions {
        &self.exceptions
    }
}
