//! The state machines of the sagas, for `usher aws`: made by what `usher workflow deploy` is made of.

use aws_config::SdkConfig;
use usher_messaging::aws::setup::Mode;
use usher_orchestrator::stepfunctions::deploy::{Change, DeployError, Deployment, present, remove};
use usher_workflows::definitions::SAGAS;

use super::Row;
use crate::commands::workflow::deploy::{ours, to_aws};

/// Makes them as they should be. Their queues have to be there; when one only looks and they are not, neither are these.
pub async fn setup(config: &SdkConfig, stage: &str, role: Option<String>, mode: Mode) -> Result<Vec<Row>, DeployError> {
    let deployment = Deployment { stage: stage.to_owned(), role, dry_run: mode == Mode::Look };
    let deployed = match to_aws(config, &deployment, &ours()).await {
        Ok(deployed) => deployed,
        Err(DeployError::NoQueue(_)) if mode == Mode::Look => return Ok(all(stage, "would be made, once the queues are there")),
        Err(DeployError::NoRole(_)) => return Ok(all(stage, "left out: --role-arn says as whom they run")),
        Err(error) => return Err(error),
    };
    let became = |change| match (change, mode) {
        (Change::Unchanged, _) => "is there",
        (Change::Created, Mode::Look) => "would be made",
        (Change::Created, Mode::Apply) => "made",
        (Change::Updated | Change::Published, Mode::Look) => "would be changed",
        (Change::Updated | Change::Published, Mode::Apply) => "changed",
    };
    Ok(deployed.into_iter().map(|one| row(one.machine, became(one.change))).collect())
}

/// Removes them, or tells which would be.
pub async fn teardown(config: &SdkConfig, stage: &str, mode: Mode) -> Result<Vec<Row>, DeployError> {
    let (names, verb) = match mode {
        Mode::Look => (present(config, stage, &names()).await?, "would be removed"),
        Mode::Apply => (remove(config, stage, &names()).await?, "removed"),
    };
    Ok(names.into_iter().map(|name| row(name, verb)).collect())
}

/// Those that are there after a teardown.
pub async fn remains(config: &SdkConfig, stage: &str) -> Result<Vec<Row>, DeployError> {
    let left = present(config, stage, &names()).await?.into_iter();
    Ok(left.map(|name| row(name, "goes when its executions have ended")).collect())
}

fn names() -> Vec<&'static str> {
    SAGAS.iter().map(|saga| saga.name).collect()
}

fn all(stage: &str, became: &str) -> Vec<Row> {
    names().into_iter().map(|saga| row(format!("usher-{stage}-{saga}"), became)).collect()
}

fn row(name: String, became: &str) -> Row {
    ["state machine".to_owned(), name, became.to_owned()]
}
