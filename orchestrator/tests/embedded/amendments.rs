//! What people do to executions: on what they saw and on nothing else, all of it or nothing.

use std::sync::Arc;

use serde_json::{Value, json};
use time::ext::NumericalDuration as _;
use usher_workflows::{
    amend::{Amendment, Standing, Waits},
    orchestrator::{Orchestrator as _, OrchestratorError, Status},
};

use crate::engine::{Engine, transient};

impl Engine {
    async fn standing(&self, name: &str) -> Standing {
        self.orchestrator.standing("test", name).await.unwrap().unwrap()
    }

    /// Acts on how it stands now.
    async fn amend(&self, name: &str, amendment: Amendment) -> Result<(), OrchestratorError> {
        let seen = self.standing(name).await.version;
        self.orchestrator.amend("test", name, seen, amendment).await
    }

    /// An execution that used up its retries.
    async fn failed(&self, name: &str) {
        self.start(name).await;
        for _ in 0..3 {
            let (token, _) = self.request().await;
            self.orchestrator.fail(&token, &transient()).await.unwrap();
            self.ambient.advance(10.seconds());
            self.orchestrator.fire_timers().await.unwrap();
        }
        assert_eq!(self.execution(name).await.status, Status::Failed);
    }
}

fn redrive() -> Amendment {
    Amendment::Redrive { input: None }
}

#[tokio::test]
async fn of_two_people_who_saw_the_same_only_the_first_changes_anything() {
    let engine = Engine::new().await;
    let other = engine.twin().await;
    engine.failed("a").await;
    let seen = engine.standing("a").await.version;
    let both = [&engine, &other].map(|engine| engine.orchestrator.amend("test", "a", seen, redrive()));
    let both = futures::future::join_all(both).await;
    assert_eq!(both.iter().filter(|one| one.is_ok()).count(), 1, "{both:?}");
    let refused = both.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(&refused, OrchestratorError::Conflict(why) if why.contains("moved on")), "{refused}");
    engine.request().await;
    let heartbeat = engine.standing("a").await;
    let nobody = engine.orchestrator.amend("test", "nobody", 1, redrive()).await;
    assert!(matches!(nobody, Err(OrchestratorError::NotFound)));
    assert_eq!(engine.standing("a").await, heartbeat, "looking changes nothing");
}

#[tokio::test]
async fn a_heartbeat_is_no_news_to_people() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let (token, _) = engine.request().await;
    let seen = engine.standing("a").await;
    assert_eq!(seen.waits, [Waits::Task]);
    engine.orchestrator.heartbeat(&token).await.unwrap();
    let stop = Amendment::Stop { error: "Test".to_owned(), cause: "why not".to_owned() };
    engine.orchestrator.amend("test", "a", seen.version, stop).await.unwrap();
    assert_eq!(engine.execution("a").await.status, Status::Aborted);
}

#[tokio::test]
async fn a_redrive_with_another_input_asks_with_it() {
    let engine = Engine::new().await;
    engine.failed("a").await;
    assert_eq!(engine.standing("a").await.data, json!({ "name": "a" }));
    engine.amend("a", Amendment::Redrive { input: Some(json!({ "name": "b" })) }).await.unwrap();
    assert_eq!(engine.standing("a").await.data, json!({ "name": "b" }));
    let delivery = engine.queue_bodies().await.pop().unwrap();
    assert_eq!(delivery["input"], json!({ "name": "b" }));
}

impl Engine {
    /// What the requests that wait say.
    async fn queue_bodies(&self) -> Vec<Value> {
        use usher_messaging::queue::TaskQueue as _;
        let deliveries = self.queue.receive("work", 100, std::time::Duration::ZERO).await.unwrap();
        deliveries.iter().map(|delivery| serde_json::from_str(&delivery.body).unwrap()).collect()
    }
}

#[tokio::test]
async fn a_retry_ends_the_wait_for_it_or_gives_an_open_attempt_up() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let (first, _) = engine.request().await;
    engine.orchestrator.fail(&first, &transient()).await.unwrap();
    assert_eq!(engine.standing("a").await.waits, [Waits::Retry]);
    engine.amend("a", Amendment::Retry).await.unwrap();
    let (second, attempt) = engine.request().await;
    assert_eq!(attempt, 1, "the attempt that was waited for");
    engine.amend("a", Amendment::Retry).await.unwrap();
    let (third, attempt) = engine.request().await;
    assert_eq!(attempt, 0, "a new beginning");
    assert!(matches!(engine.orchestrator.succeed(&second, json!(1)).await, Err(OrchestratorError::TokenDead)));
    engine.orchestrator.succeed(&third, json!(3)).await.unwrap();
    assert_eq!(engine.execution("a").await.output.unwrap()["result"], 3);
    let types = engine.event_types("a").await;
    assert!(types.windows(2).any(|pair| pair == ["ExecutionAborted", "ExecutionRedriven"]), "{types:?}");
    assert!(matches!(engine.amend("a", Amendment::Retry).await, Err(OrchestratorError::Conflict(_))));
}

#[tokio::test]
async fn a_task_that_is_marked_as_done_asks_no_worker() {
    let engine = Engine::new().await;
    engine.failed("a").await;
    engine.amend("a", Amendment::Complete { output: json!("by hand") }).await.unwrap();
    let ended = engine.execution("a").await;
    assert_eq!((ended.status, ended.output.unwrap()["result"].clone()), (Status::Succeeded, json!("by hand")));
    assert!(engine.requests().await.is_empty(), "no message left");
    let types = engine.event_types("a").await;
    let tail =
        ["ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited"];
    assert!(types.windows(tail.len()).any(|window| window == tail), "{types:?}");
    engine.start("b").await;
    let refused = engine.amend("b", Amendment::Complete { output: json!(1) }).await;
    assert!(matches!(refused, Err(OrchestratorError::Conflict(_))), "a worker may be at it");
}

#[tokio::test]
async fn a_wait_is_skipped_and_nothing_else_is() {
    let definition = json!({ "StartAt": "Wait", "States": {
        "Wait": { "Type": "Wait", "Seconds": 3600, "Next": "Done" }, "Done": { "Type": "Succeed" } } });
    let world = Engine::new().await;
    let engine = Engine::beside(Arc::clone(&world.database), Arc::clone(&world.ambient), &definition.to_string()).await;
    engine.start("a").await;
    assert_eq!(engine.standing("a").await.waits, [Waits::Moment]);
    engine.amend("a", Amendment::Skip).await.unwrap();
    assert_eq!(engine.execution("a").await.status, Status::Succeeded);
    assert!(matches!(engine.amend("a", Amendment::Skip).await, Err(OrchestratorError::Conflict(_))));
}
