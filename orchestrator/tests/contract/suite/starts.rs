//! A name is started once, whoever asks, how often and when.

use serde_json::json;
use usher_workflows::orchestrator::{OrchestratorError, Status};

use crate::world::{SAGA, World};

pub async fn a_second_start_starts_nothing_while_the_first_runs(world: &impl World) {
    world.start("a").await;
    world.start("a").await;
    world.request().await;
    assert!(world.is_quiet().await, "one request was sent");
}

pub async fn a_second_start_starts_nothing_after_the_end(world: &impl World) {
    world.start("a").await;
    let request = world.request().await;
    world.port().succeed(&request.token, json!(1)).await.unwrap();
    let ended = world.ended("a").await;
    world.start("a").await;
    assert!(world.is_quiet().await, "nothing was started again");
    assert_eq!(world.execution("a").await, ended);
}

pub async fn another_input_under_the_same_name_is_the_same_execution(world: &impl World) {
    world.start("a").await;
    world.port().start(SAGA, "a", json!({ "name": "another" })).await.unwrap();
    let request = world.request().await;
    assert_eq!(request.body["input"], json!({ "name": "a" }), "the first input counts");
    assert!(world.is_quiet().await);
}

pub async fn many_starts_at_once_are_one_execution(world: &impl World) {
    futures::future::join_all((0..20).map(|_| world.start("a"))).await;
    world.request().await;
    assert!(world.is_quiet().await);
    assert_eq!(world.execution("a").await.status, Status::Running);
}

pub async fn an_unknown_saga_is_refused(world: &impl World) {
    let started = world.port().start("nothing-of-ours", "a", json!({})).await;
    assert!(matches!(started, Err(OrchestratorError::Refused(_))), "{started:?}");
}
