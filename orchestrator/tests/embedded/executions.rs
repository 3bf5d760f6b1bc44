//! What becomes of an execution: answers, retries, rejections, time-outs, redrives.

use std::sync::Arc;

use serde_json::json;
use time::ext::NumericalDuration as _;
use usher_workflows::{
    envelope::TaskToken,
    error::{Reason, StepError},
    orchestrator::{Filter, Orchestrator as _, OrchestratorError, Status},
};

use crate::engine::{Engine, definition, transient};

#[tokio::test]
async fn an_answered_task_ends_its_execution_with_the_history_of_aws() {
    let engine = Engine::new().await;
    engine.start("a").await;
    assert_eq!(engine.execution("a").await.states, ["Work"]);
    let (token, _) = engine.request().await;
    engine.orchestrator.succeed(&token, json!({ "value": 7 })).await.unwrap();
    let ended = engine.execution("a").await;
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(ended.output, Some(json!({ "outcome": "done", "result": { "value": 7 } })));
    assert!(ended.stopped_at.is_some());
    let expected = [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ];
    assert_eq!(engine.event_types("a").await, expected);
}

#[tokio::test]
async fn twenty_starts_of_one_name_are_one_execution_also_after_its_end() {
    let engine = Engine::new().await;
    let other = engine.twin().await;
    let starts = (0..20).map(|index| {
        let engine = if index % 2 == 0 { &engine } else { &other };
        engine.start("a")
    });
    futures::future::join_all(starts).await;
    let (token, _) = engine.request().await;
    engine.orchestrator.succeed(&token, json!(1)).await.unwrap();
    other.start("a").await;
    assert!(engine.requests().await.is_empty(), "nothing was started again");
    assert_eq!(engine.orchestrator.list(&Filter::default()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_token_is_answered_once_and_junk_is_refused() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let (token, _) = engine.request().await;
    let answers = (0..10).map(|_| engine.orchestrator.succeed(&token, json!(1)));
    let answers = futures::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .all(|error| matches!(error, OrchestratorError::TokenDead))
    );
    for junk in ["", "junk", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let refused = engine.orchestrator.succeed(&TaskToken(junk.to_owned()), json!(1)).await;
        assert!(matches!(refused, Err(OrchestratorError::TokenDead)), "{junk}");
    }
}

#[tokio::test]
async fn a_transient_failure_is_tried_again_after_its_wait_with_another_token() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let (first, attempt) = engine.request().await;
    assert_eq!(attempt, 0);
    engine.orchestrator.fail(&first, &transient()).await.unwrap();
    engine.ambient.advance(9.seconds());
    assert_eq!(engine.orchestrator.fire_timers().await.unwrap(), 0, "the wait is ten seconds");
    engine.ambient.advance(1.seconds());
    assert_eq!(engine.orchestrator.fire_timers().await.unwrap(), 1);
    let (second, attempt) = engine.request().await;
    assert_eq!(attempt, 1);
    assert_ne!(first, second);
    assert!(matches!(engine.orchestrator.succeed(&first, json!(1)).await, Err(OrchestratorError::TokenDead)));
    engine.orchestrator.succeed(&second, json!(2)).await.unwrap();
    assert_eq!(engine.execution("a").await.status, Status::Succeeded);
}

#[tokio::test]
async fn a_rejection_is_caught_and_exhausted_retries_fail_the_execution() {
    let engine = Engine::new().await;
    engine.start("rejected").await;
    let (token, _) = engine.request().await;
    let rejected = StepError::Rejected(Reason::SeatUnavailable, "A1".to_owned());
    engine.orchestrator.fail(&token, &rejected).await.unwrap();
    assert_eq!(engine.execution("rejected").await.output, Some(json!({ "outcome": "undone" })));

    engine.start("exhausted").await;
    for _ in 0..3 {
        let (token, _) = engine.request().await;
        engine.orchestrator.fail(&token, &transient()).await.unwrap();
        engine.ambient.advance(10.seconds());
        engine.orchestrator.fire_timers().await.unwrap();
    }
    let failed = engine.execution("exhausted").await;
    assert_eq!((failed.status, failed.error.as_deref()), (Status::Failed, Some("Usher.Transient")));
    let filter = Filter { status: Some(Status::Failed), ..Filter::default() };
    assert_eq!(engine.orchestrator.list(&filter).await.unwrap().items[0].name, "exhausted");

    engine.orchestrator.redrive("test", "exhausted").await.unwrap();
    let (token, attempt) = engine.request().await;
    assert_eq!(attempt, 0, "a redrive forgets the retries");
    engine.orchestrator.succeed(&token, json!(1)).await.unwrap();
    assert_eq!(engine.execution("exhausted").await.status, Status::Succeeded);
    assert!(engine.event_types("exhausted").await.contains(&"ExecutionRedriven".to_owned()));
    assert!(matches!(engine.orchestrator.redrive("test", "exhausted").await, Err(OrchestratorError::Conflict(_))));
}

#[tokio::test]
async fn silence_times_out_and_heartbeats_put_it_off() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let (token, _) = engine.request().await;
    for _ in 0..2 {
        engine.ambient.advance(15.seconds());
        engine.orchestrator.heartbeat(&token).await.unwrap();
        engine.orchestrator.fire_timers().await.unwrap();
    }
    assert!(engine.requests().await.is_empty(), "it lives");
    engine.ambient.advance(20.seconds());
    engine.orchestrator.fire_timers().await.unwrap();
    assert!(matches!(engine.orchestrator.heartbeat(&token).await, Err(OrchestratorError::TokenDead)));
    engine.ambient.advance(10.seconds());
    engine.orchestrator.fire_timers().await.unwrap();
    let (_, attempt) = engine.request().await;
    assert_eq!(attempt, 1);
}

#[tokio::test]
async fn two_engines_move_the_same_executions_and_no_transition_happens_twice() {
    let engine = Engine::new().await;
    let other = engine.twin().await;
    for round in 0..10 {
        let name = format!("a{round}");
        engine.start(&name).await;
        for attempt in 0..3 {
            let (token, _) = engine.request().await;
            // Both engines are told at once, each from a cache that may be old.
            let failure = transient();
            let (one, two) =
                tokio::join!(engine.orchestrator.fail(&token, &failure), other.orchestrator.fail(&token, &failure));
            assert_eq!([&one, &two].iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {two:?}");
            engine.ambient.advance(10.seconds());
            if attempt == 2 {
                assert_eq!(other.execution(&name).await.status, Status::Failed);
                break;
            }
            let mut fired = 0;
            while fired == 0 {
                // Whoever was too late may still be about to let go of the row, and is not waited for.
                let (one, two) = tokio::join!(engine.orchestrator.fire_timers(), other.orchestrator.fire_timers());
                fired = one.unwrap() + two.unwrap();
            }
            assert_eq!(fired, 1, "a timer fires in one engine");
        }
        let retried = engine.event_types(&name).await.iter().filter(|kind| *kind == "TaskScheduled").count();
        assert_eq!(retried, 3);
    }
}

#[tokio::test]
async fn an_engine_that_missed_the_last_move_refuses_no_token_of_it() {
    let engine = Engine::new().await;
    let other = engine.twin().await;
    engine.start("a").await;
    let (first, _) = engine.request().await;
    other.orchestrator.fail(&first, &transient()).await.unwrap(); // What the other knows of it ends here.
    engine.ambient.advance(10.seconds());
    assert_eq!(engine.orchestrator.fire_timers().await.unwrap(), 1);
    let (second, _) = engine.request().await;
    other.orchestrator.succeed(&second, json!(1)).await.unwrap();
    assert_eq!(engine.execution("a").await.status, Status::Succeeded);
}

#[tokio::test]
async fn what_runs_finishes_on_the_definition_it_began_with() {
    let engine = Engine::new().await;
    engine.start("old").await;
    let (token, _) = engine.request().await;
    let newer = definition().replace("\"done\"", "\"newer\"");
    let newer = Engine::beside(Arc::clone(&engine.database), Arc::clone(&engine.ambient), &newer).await;
    let running = async || -> Vec<(bool, i64)> {
        let versions = newer.orchestrator.versions().await.unwrap();
        versions.iter().map(|version| (version.current, version.running)).collect()
    };
    let mut before = running().await;
    before.sort_unstable();
    assert_eq!(before, [(false, 1), (true, 0)], "one still runs on the old definition");
    newer.orchestrator.succeed(&token, json!(1)).await.unwrap();
    assert!(running().await.iter().all(|(_, running)| *running == 0), "the old definition can go");
    newer.start("new").await;
    let (token, _) = newer.request().await;
    newer.orchestrator.succeed(&token, json!(1)).await.unwrap();
    assert_eq!(newer.execution("old").await.output.unwrap()["outcome"], "done");
    assert_eq!(newer.execution("new").await.output.unwrap()["outcome"], "newer");
}

#[tokio::test]
async fn a_stopped_execution_is_aborted_and_its_token_dead() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let (token, _) = engine.request().await;
    engine.orchestrator.stop("test", "a", "Operator", "because").await.unwrap();
    let stopped = engine.execution("a").await;
    assert_eq!((stopped.status, stopped.cause.as_deref()), (Status::Aborted, Some("because")));
    assert!(matches!(engine.orchestrator.succeed(&token, json!(1)).await, Err(OrchestratorError::TokenDead)));
    assert!(matches!(engine.orchestrator.stop("test", "nobody", "", "").await, Err(OrchestratorError::NotFound)));
}

#[tokio::test]
async fn the_whole_execution_has_an_end() {
    let engine = Engine::new().await;
    engine.start("a").await;
    engine.ambient.advance(3601.seconds());
    engine.orchestrator.fire_timers().await.unwrap();
    assert_eq!(engine.execution("a").await.status, Status::TimedOut);
}

#[tokio::test]
async fn many_executions_share_few_transactions() {
    let engine = Engine::new().await;
    let names: Vec<String> = (0..500).map(|index| format!("n{index}")).collect();
    let commits = async || {
        let commits: (i64,) = sqlx::query_as("SELECT pg_current_xact_id()::text::bigint")
            .fetch_one(engine.database.pool())
            .await
            .unwrap();
        commits.0
    };
    let before = commits().await;
    futures::future::join_all(names.iter().map(|name| engine.start(name))).await;
    let used = commits().await - before;
    assert!(used < 50, "500 starts took {used} transactions");
    assert_eq!(engine.requests().await.len(), 100, "as many as were asked for");
}
