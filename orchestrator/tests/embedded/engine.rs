//! An engine over a database of its own, with a clock that moves when it is told to.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use time::OffsetDateTime;
use usher_core::ambient::Scripted;
use usher_database::{migrate, signals::Signals};
use usher_messaging::{
    embedded::{EmbeddedQueue, queue},
    queue::TaskQueue as _,
};
use usher_orchestrator::embedded::{EmbeddedOrchestrator, schema};
use usher_postgres::testing::TestDatabase;
use usher_workflows::{
    envelope::TaskToken,
    error::StepError,
    orchestrator::{Execution, Orchestrator as _},
};

/// One process with an engine, and what it works with.
pub struct Engine {
    pub database: Arc<TestDatabase>,
    pub ambient: Arc<Scripted>,
    pub queue: EmbeddedQueue,
    pub orchestrator: EmbeddedOrchestrator,
}

/// One task with a retry, and a way out when it is rejected.
pub fn definition() -> String {
    json!({
        "StartAt": "Work", "TimeoutSeconds": 3600,
        "States": {
            "Work": {
                "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Parameters": { "QueueUrl": "work", "MessageBody": {
                    "token.$": "$$.Task.Token", "attempt.$": "$$.State.RetryCount", "input.$": "$" } },
                "TimeoutSeconds": 60, "HeartbeatSeconds": 20, "ResultPath": "$.result",
                "Retry": [{ "ErrorEquals": ["Usher.Transient", "States.Timeout"], "IntervalSeconds": 10, "MaxAttempts": 2, "BackoffRate": 1 }],
                "Catch": [{ "ErrorEquals": ["SeatUnavailable"], "ResultPath": "$.failure", "Next": "Undone" }],
                "Next": "Done",
            },
            "Done": { "Type": "Pass", "Parameters": { "outcome": "done", "result.$": "$.result" }, "End": true },
            "Undone": { "Type": "Pass", "Parameters": { "outcome": "undone" }, "End": true },
        },
    })
    .to_string()
}

impl Engine {
    pub async fn new() -> Self {
        let (usher, messaging, engine) = (migrate::schema(), queue::schema(), schema());
        let schemas = [&usher, &messaging, &engine].map(|schema| (schema.name, &schema.migrations));
        let database = Arc::new(TestDatabase::migrated(&schemas).await.unwrap());
        let ambient = Arc::new(Scripted::new(OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(), 1));
        Self::beside(database, ambient, &definition()).await
    }

    /// Another process on the same database.
    pub async fn beside(database: Arc<TestDatabase>, ambient: Arc<Scripted>, definition: &str) -> Self {
        let pool = database.pool().clone();
        let queue = EmbeddedQueue::new(pool.clone(), ambient.clone(), &Signals::default());
        let sagas = [("test".to_owned(), definition.to_owned())];
        let orchestrator = EmbeddedOrchestrator::deploy(pool, ambient.clone(), queue.clone(), &sagas).await.unwrap();
        Self { database, ambient, queue, orchestrator }
    }

    pub async fn twin(&self) -> Self {
        Self::beside(Arc::clone(&self.database), Arc::clone(&self.ambient), &definition()).await
    }

    pub async fn start(&self, name: &str) {
        self.orchestrator.start("test", name, json!({ "name": name })).await.unwrap();
    }

    /// The requests that wait, each acknowledged.
    pub async fn requests(&self) -> Vec<(TaskToken, u64)> {
        let mut requests = Vec::new();
        for delivery in self.queue.receive("work", 100, Duration::ZERO).await.unwrap() {
            let body: Value = serde_json::from_str(&delivery.body).unwrap();
            self.queue.ack(&delivery.receipt).await.unwrap();
            requests.push((TaskToken(body["token"].as_str().unwrap().to_owned()), body["attempt"].as_u64().unwrap()));
        }
        requests
    }

    pub async fn request(&self) -> (TaskToken, u64) {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1, "one request waits");
        requests.remove(0)
    }

    pub async fn execution(&self, name: &str) -> Execution {
        self.orchestrator.describe("test", name).await.unwrap().unwrap()
    }

    pub async fn event_types(&self, name: &str) -> Vec<String> {
        let history = self.orchestrator.history("test", name).await.unwrap();
        let ids: Vec<u64> = history.iter().map(|event| event["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, (1..=history.len() as u64).collect::<Vec<_>>(), "the history has no gap and nothing twice");
        history.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

/// What a busy worker answers.
pub fn transient() -> StepError {
    StepError::Transient("busy".to_owned())
}
