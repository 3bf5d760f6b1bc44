//! What ended long ago is removed, a few at a time, and nothing else.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use time::ext::NumericalDuration as _;
use usher_messaging::queue::TaskQueue as _;
use usher_workflows::orchestrator::{Orchestrator as _, OrchestratorError, Status};

use crate::engine::{Engine, definition};

impl Engine {
    /// Removes what is older than this, seven at a time, and tells how many each time.
    async fn prune(&self, days: i64) -> Vec<u64> {
        let mut batches = Vec::new();
        loop {
            let pruned = self.orchestrator.prune(days.days(), 7).await.unwrap();
            batches.push(pruned);
            if pruned == 0 {
                return batches;
            }
        }
    }

    async fn end_all(&self) {
        loop {
            let requests = self.requests().await;
            if requests.is_empty() {
                return;
            }
            for (token, _) in requests {
                self.orchestrator.succeed(&token, json!(1)).await.unwrap();
            }
        }
    }

    async fn histories(&self) -> i64 {
        let count = "SELECT count(DISTINCT execution_id) FROM orchestrator.history";
        sqlx::query_scalar(count).fetch_one(self.database.pool()).await.unwrap()
    }
}

/// Waits for a task for as long as it takes.
fn patient() -> String {
    let patient = definition().replace("\"TimeoutSeconds\":3600,", "").replace("\"TimeoutSeconds\":60,", "");
    patient.replace("\"HeartbeatSeconds\":20,", "\"TimeoutSeconds\":99999999,")
}

#[tokio::test]
async fn what_ended_before_the_retention_goes_in_batches_and_what_runs_stays() {
    let engine = Engine::new().await;
    let engine = Engine::beside(Arc::clone(&engine.database), Arc::clone(&engine.ambient), &patient()).await;
    for index in 0..100 {
        engine.start(&format!("old-{index}")).await;
    }
    engine.end_all().await;
    engine.start("running").await;
    engine.ambient.advance(60.days());
    engine.start("young").await;
    for delivery in engine.queue.receive("work", 1, Duration::ZERO).await.unwrap() {
        engine.queue.give_back(&[delivery.receipt]).await.unwrap(); // Whatever was asked for is still asked for.
    }
    engine.ambient.advance(31.days());
    let batches = engine.prune(90).await;
    assert_eq!(batches.iter().sum::<u64>(), 100);
    assert_eq!(batches.len(), 16, "fourteen of seven, one of two, one of none");
    assert!(engine.orchestrator.describe("test", "old-0").await.unwrap().is_none());
    assert!(engine.orchestrator.history("test", "old-0").await.unwrap().is_empty());
    assert_eq!(engine.histories().await, 2, "those that run");

    engine.end_all().await;
    for name in ["running", "young"] {
        assert_eq!(engine.execution(name).await.status, Status::Succeeded, "{name}");
    }
}

#[tokio::test]
async fn what_can_be_redriven_stays_and_is_redriven_and_afterwards_is_not() {
    let engine = Engine::new().await;
    for name in ["redriven", "forgotten"] {
        engine.start(name).await;
        engine.orchestrator.stop("test", name, "Operator", "because").await.unwrap();
    }
    engine.ambient.advance(13.days());
    assert_eq!(engine.prune(1).await, [0], "whatever is asked for, the redrive window stays");
    engine.orchestrator.redrive("test", "redriven").await.unwrap();
    engine.ambient.advance(1.days() + 1.seconds());
    let refused = engine.orchestrator.redrive("test", "forgotten").await;
    assert!(matches!(refused, Err(OrchestratorError::Conflict(_))), "{refused:?}");
    assert_eq!(engine.prune(1).await, [1, 0]);
    assert_eq!(engine.execution("redriven").await.status, Status::Running);
    let gone = engine.orchestrator.redrive("test", "forgotten").await;
    assert!(matches!(gone, Err(OrchestratorError::NotFound)), "{gone:?}");
}
