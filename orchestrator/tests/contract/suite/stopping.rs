//! Stopping what runs, and going on with what failed.

use serde_json::json;
use usher_workflows::{
    error::StepError,
    orchestrator::{OrchestratorError, Status},
};

use crate::world::{SAGA, World};

pub async fn a_stopped_execution_is_aborted_and_its_name_stays_taken(world: &impl World) {
    world.start("a").await;
    world.request().await;
    world.port().stop(SAGA, "a", "Operator", "because").await.unwrap();
    let stopped = world.execution("a").await;
    assert_eq!(stopped.status, Status::Aborted);
    assert!(stopped.stopped_at.is_some());
    world.start("a").await;
    assert_eq!(world.execution("a").await.status, Status::Aborted, "its name is taken");
}

pub async fn what_has_ended_cannot_be_stopped(world: &impl World) {
    world.start("a").await;
    world.port().succeed(&world.request().await.token, json!(1)).await.unwrap();
    world.ended("a").await;
    let stopped = world.port().stop(SAGA, "a", "Operator", "because").await;
    assert!(matches!(stopped, Err(OrchestratorError::Conflict(_))), "{stopped:?}");
    assert_eq!(world.execution("a").await.status, Status::Succeeded);
}

pub async fn what_goes_well_cannot_be_redriven(world: &impl World) {
    world.start("a").await;
    let request = world.request().await;
    assert!(world.port().redrive(SAGA, "a").await.is_err(), "it runs");
    world.port().succeed(&request.token, json!(1)).await.unwrap();
    world.ended("a").await;
    assert!(world.port().redrive(SAGA, "a").await.is_err(), "it went well");
    assert!(world.is_quiet().await);
}

pub async fn a_redrive_goes_on_where_it_failed(world: &impl World) {
    world.start("a").await;
    let unknown = StepError::Unknown("nobody answers".to_owned());
    world.port().fail(&world.request().await.token, &unknown).await.unwrap();
    assert_eq!(world.ended("a").await.status, Status::Failed);
    world.port().redrive(SAGA, "a").await.unwrap();
    let request = world.request().await;
    world.port().succeed(&request.token, json!(1)).await.unwrap();
    assert_eq!(world.ended("a").await.status, Status::Succeeded);
    let again = world.port().redrive(SAGA, "a").await;
    assert!(matches!(again, Err(OrchestratorError::Conflict(_))), "{again:?}");
}
