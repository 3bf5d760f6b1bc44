//! What a worker's answer does, and when it does nothing.

use serde_json::json;
use usher_workflows::{
    envelope::TaskToken,
    error::{Reason, StepError},
    orchestrator::{OrchestratorError, Status},
};

use crate::world::World;

fn transient() -> StepError {
    StepError::Transient("busy".to_owned())
}

pub async fn a_success_is_the_state_s_result(world: &impl World) {
    world.start("a").await;
    let request = world.request().await;
    assert_eq!((request.attempt, &request.body["input"]), (0, &json!({ "name": "a" })));
    world.port().succeed(&request.token, json!({ "value": 7 })).await.unwrap();
    let ended = world.ended("a").await;
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(ended.output, Some(json!({ "outcome": "done", "result": { "value": 7 } })));
    assert!(ended.stopped_at.is_some() && ended.states.is_empty(), "{ended:?}");
}

pub async fn a_rejection_goes_the_other_way(world: &impl World) {
    world.start("a").await;
    let rejected = StepError::Rejected(Reason::SeatUnavailable, "gone".to_owned());
    world.port().fail(&world.request().await.token, &rejected).await.unwrap();
    let ended = world.ended("a").await;
    assert_eq!((ended.status, ended.output), (Status::Succeeded, Some(json!({ "outcome": "undone" }))));
}

pub async fn a_transient_failure_comes_again_with_the_next_attempt(world: &impl World) {
    world.start("a").await;
    for attempt in 0..2 {
        let request = world.request().await;
        assert_eq!(request.attempt, attempt);
        world.port().fail(&request.token, &transient()).await.unwrap();
    }
    let last = world.request().await;
    assert_eq!(last.attempt, 2);
    world.port().succeed(&last.token, json!(1)).await.unwrap();
    assert_eq!(world.ended("a").await.status, Status::Succeeded);
}

pub async fn a_heartbeat_is_taken_while_the_task_waits(world: &impl World) {
    world.start("a").await;
    let request = world.request().await;
    world.port().heartbeat(&request.token).await.unwrap();
    world.port().succeed(&request.token, json!(1)).await.unwrap();
    world.ended("a").await;
    let late = world.port().heartbeat(&request.token).await;
    assert!(matches!(late, Err(OrchestratorError::TokenDead)), "{late:?}");
}

pub async fn a_second_answer_is_too_late(world: &impl World) {
    world.start("a").await;
    let request = world.request().await;
    world.port().succeed(&request.token, json!(1)).await.unwrap();
    world.ended("a").await;
    let again = world.port().succeed(&request.token, json!(2)).await;
    assert!(matches!(again, Err(OrchestratorError::TokenDead)), "{again:?}");
    let other = world.port().fail(&request.token, &transient()).await;
    assert!(matches!(other, Err(OrchestratorError::TokenDead)), "{other:?}");
    assert_eq!(world.execution("a").await.output, Some(json!({ "outcome": "done", "result": 1 })));
}

pub async fn junk_is_no_token(world: &impl World) {
    let junk = TaskToken("this was never a token".to_owned());
    let port = world.port();
    let answers =
        [port.succeed(&junk, json!(1)).await, port.fail(&junk, &transient()).await, port.heartbeat(&junk).await];
    for answer in answers {
        assert!(matches!(answer, Err(OrchestratorError::TokenDead)), "{answer:?}");
    }
}

pub async fn an_unknown_error_fails_the_execution_where_it_stood(world: &impl World) {
    world.start("a").await;
    let unknown = StepError::Unknown("nobody answers".to_owned());
    world.port().fail(&world.request().await.token, &unknown).await.unwrap();
    let ended = world.ended("a").await;
    assert_eq!((ended.status, ended.error.as_deref()), (Status::Failed, Some("PaymentOutcomeUnknown")));
    assert_eq!((ended.cause.as_deref(), ended.states), (Some("nobody answers"), vec!["Work".to_owned()]));
}

pub async fn an_attempt_that_was_given_up_cannot_answer(world: &impl World) {
    world.start("a").await;
    let first = world.request().await;
    world.port().fail(&first.token, &transient()).await.unwrap();
    let second = world.request().await;
    assert_ne!(first.token, second.token, "each attempt has a token of its own");
    let late = world.port().succeed(&first.token, json!("late")).await;
    assert!(matches!(late, Err(OrchestratorError::TokenDead)), "{late:?}");
    world.port().succeed(&second.token, json!("in time")).await.unwrap();
    assert_eq!(world.ended("a").await.output.unwrap()["result"], "in time");
}
