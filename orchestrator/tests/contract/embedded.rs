//! The embedded engine over a database of its own, with a clock that moves when a request is waited for.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use time::{OffsetDateTime, ext::NumericalDuration as _};
use usher_core::ambient::Scripted;
use usher_database::{migrate, signals::Signals};
use usher_messaging::{
    embedded::{EmbeddedQueue, queue},
    queue::TaskQueue as _,
};
use usher_orchestrator::embedded::{EmbeddedOrchestrator, schema};
use usher_postgres::testing::TestDatabase;
use usher_workflows::{envelope::TaskToken, orchestrator::Orchestrator};

use crate::world::{Request, SAGA, World, definition};

pub struct Embedded {
    _database: TestDatabase,
    ambient: Arc<Scripted>,
    queue: EmbeddedQueue,
    engine: EmbeddedOrchestrator,
}

impl Embedded {
    pub async fn new() -> Self {
        let (usher, messaging, engine) = (migrate::schema(), queue::schema(), schema());
        let schemas = [&usher, &messaging, &engine].map(|schema| (schema.name, &schema.migrations));
        let database = TestDatabase::migrated(&schemas).await.unwrap();
        let ambient = Arc::new(Scripted::new(OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(), 1));
        let queue = EmbeddedQueue::new(database.pool().clone(), ambient.clone(), &Signals::default());
        let sagas = [SAGA, "other"].map(|saga| (saga.to_owned(), definition("work")));
        let pool = database.pool().clone();
        let engine = EmbeddedOrchestrator::deploy(pool, ambient.clone(), queue.clone(), &sagas).await.unwrap();
        Self { _database: database, ambient, queue, engine }
    }

    async fn next(&self) -> Option<Request> {
        let delivery = self.queue.receive("work", 1, Duration::ZERO).await.unwrap().pop()?;
        self.queue.ack(&delivery.receipt).await.unwrap();
        let body: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
        let token = TaskToken(body["token"].as_str().unwrap().to_owned());
        Some(Request { token, attempt: body["attempt"].as_u64().unwrap(), body })
    }
}

#[async_trait]
impl World for Embedded {
    fn port(&self) -> &dyn Orchestrator {
        &self.engine
    }

    async fn request(&self) -> Request {
        for _ in 0..10 {
            if let Some(request) = self.next().await {
                return request;
            }
            self.ambient.advance(1.seconds());
            self.engine.fire_timers().await.unwrap();
        }
        panic!("no request comes")
    }

    async fn is_quiet(&self) -> bool {
        self.ambient.advance(5.seconds());
        self.engine.fire_timers().await.unwrap();
        self.next().await.is_none()
    }

    async fn settle(&self) {}
}
