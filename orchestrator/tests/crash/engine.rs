//! The process that is killed: engine, timers, relay and a worker, on the database that its environment names.
//!
//! It is this very test binary, asked to run the one test that is otherwise ignored. It lives until its input ends, and so
//! never longer than the test that started it. Its clock runs twenty times as fast as the world's, so that leases of half a
//! minute end in a second and a half; all processes agree on it without being told.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use sqlx::PgPool;
use time::OffsetDateTime;
use usher_core::{
    ambient::{Ambient, SharedAmbient},
    faults::Faults,
};
use usher_database::{
    inbox,
    pool::{self, PoolSettings},
    signals::Signals,
};
use usher_messaging::{
    embedded::{EmbeddedBus, EmbeddedQueue},
    events::{EventBus as _, queue_of},
    queue::{Delivery, TaskQueue as _},
};
use usher_orchestrator::{
    crash_point,
    embedded::EmbeddedOrchestrator,
    relay::{Bus, Relay},
};
use usher_telemetry::ambient::System;
use usher_workflows::{
    envelope::TaskToken,
    error::{Reason, StepError},
    orchestrator::{Orchestrator as _, OrchestratorError},
};

use crate::machines::machines;

/// The environment variable that names the database, and makes a process of this test binary an engine.
pub const DATABASE: &str = "USHER_CRASH_DATABASE";

/// How long to wait before something that failed is tried again: the database may be away.
const AGAIN: Duration = Duration::from_millis(50);

/// The fast clock.
#[derive(Debug)]
pub struct Brisk;

impl Ambient for Brisk {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + (System.now() - OffsetDateTime::UNIX_EPOCH) * 20
    }

    fn random(&self) -> u128 {
        System.random()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the process that the other tests start and kill"]
async fn process() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let pool = pool::open(&url, PoolSettings { connections: 8, patience: Duration::from_secs(10) }).unwrap();
    let ambient: SharedAmbient = Arc::new(Brisk);
    let queue = EmbeddedQueue::new(pool.clone(), ambient.clone(), &Signals::default());
    let bus = EmbeddedBus::new(pool.clone(), queue.clone());
    for machine in machines() {
        bus.subscribe(machine.saga, &[&format!("effect.{}", machine.saga)]).await.unwrap();
    }
    let definitions: Vec<_> =
        machines().iter().map(|machine| (machine.saga.to_owned(), machine.definition())).collect();
    let engine =
        EmbeddedOrchestrator::deploy(pool.clone(), ambient.clone(), queue.clone(), &definitions).await.unwrap();
    let relay = Relay {
        faults: Faults::default(),
        pool: pool.clone(),
        ambient: ambient.clone(),
        orchestrator: Arc::new(engine.clone()),
        bus: Bus::Here(bus),
    };
    let worker = Worker { pool, queue, engine: engine.clone() };
    tokio::select! {
        () = engine.run_timers() => {}
        () = relay.run() => {}
        () = worker.run() => {}
        ended = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())) => { ended.unwrap().unwrap(); }
    }
}

/// The saga for which a point is armed. A process that is about to die serves no other: a message that is given to five
/// processes which all die is a dead letter, and rightly so.
fn only() -> Option<String> {
    std::env::var(crash_point::VARIABLE).ok()?.split(':').nth(2).map(str::to_owned)
}

/// Does the tasks, each once in effect however often it is asked, and hears of its own effects.
struct Worker {
    pool: PgPool,
    queue: EmbeddedQueue,
    engine: EmbeddedOrchestrator,
}

impl Worker {
    async fn run(&self) {
        let all = machines().into_iter().filter(|machine| only().is_none_or(|only| only == machine.saga));
        let working = all.map(async |machine| {
            let (tasks, events) = (machine.queue(), queue_of(machine.saga));
            tokio::join!(
                self.consume(&tasks, async |delivery| self.work(delivery).await),
                self.consume(&events, async |delivery| self.hear(delivery).await),
            );
        });
        futures::future::join_all(working).await;
    }

    /// A message that was not handled stays leased, and comes again.
    async fn consume(&self, queue: &str, handle: impl AsyncFn(&Delivery) -> Result<(), Again>) {
        loop {
            let Ok(deliveries) = self.queue.receive(queue, 32, Duration::from_secs(1)).await else {
                tokio::time::sleep(AGAIN).await;
                continue;
            };
            let handled = deliveries.iter().map(async |delivery| {
                handle(delivery).await?;
                self.queue.ack(&delivery.receipt).await.map_err(|_| Again)
            });
            futures::future::join_all(handled).await;
        }
    }

    async fn work(&self, delivery: &Delivery) -> Result<(), Again> {
        let request: Value = serde_json::from_str(&delivery.body).unwrap();
        let text = |name: &str| request[name].as_str().unwrap().to_owned();
        let (token, manner) = (TaskToken(text("token")), text("manner"));
        let answered = if manner == "fail-first" && request["attempt"] == 0 {
            self.engine.fail(&token, &StepError::Transient("busy".to_owned())).await
        } else {
            let item = &request["input"];
            let key = format!(
                "{}/{}/{}",
                text("execution"),
                text("step"),
                if item.is_object() { &Value::Null } else { item }
            );
            self.effect(&key, &text("execution")).await?;
            if manner == "reject" {
                let rejected = StepError::Rejected(Reason::SeatUnavailable, "no".to_owned());
                self.engine.fail(&token, &rejected).await
            } else {
                self.engine.succeed(&token, json!({ "done": true })).await
            }
        };
        match answered {
            Ok(()) | Err(OrchestratorError::TokenDead) => Ok(()),
            Err(_) => Err(Again),
        }
    }

    /// One transaction, as of a real step: what it did, that it did it, and the event that tells of it.
    async fn effect(&self, key: &str, execution: &str) -> Result<(), Again> {
        let mut transaction = self.pool.begin().await?;
        let keys = [key.to_owned()];
        if inbox::answered(&mut transaction, &keys).await?.is_empty() {
            let [key] = keys;
            sqlx::query("INSERT INTO witness.effects (key) VALUES ($1)").bind(&key).execute(&mut *transaction).await?;
            let saga = execution.split(':').next().unwrap();
            let event = usher_database::event::envelope(
                &Brisk,
                (&format!("effect.{saga}"), 1),
                execution,
                json!({ "key": key }),
            );
            inbox::record(&mut transaction, &[(key, json!({}))], &[event], Brisk.now()).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Notes which message brought which event; the same message may come again.
    async fn hear(&self, delivery: &Delivery) -> Result<(), Again> {
        let event: Value = serde_json::from_str(&delivery.body).unwrap();
        let message = delivery.receipt.0.split('.').nth(1).unwrap();
        sqlx::query("INSERT INTO witness.heard (key, message) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(event["data"]["key"].as_str().unwrap())
            .bind(message)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// The database was away, or somebody else was faster: the message comes again.
struct Again;

impl From<sqlx::Error> for Again {
    fn from(_: sqlx::Error) -> Self {
        Self
    }
}
