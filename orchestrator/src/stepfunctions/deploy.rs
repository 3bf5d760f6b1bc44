//! Puts definitions on Step Functions, tells what is there, and takes them away again.
//!
//! A deployment is the same however often it is made: what is there already is left alone. What differs from the file are
//! the addresses of the steps' queues, which SQS is asked for; put back, they give the file again, and so the hash of what
//! is deployed is computed from what is deployed and from nothing that somebody wrote beside it.
//!
//! Every change is published as a version, whose description carries the hash. Executions end with the definition that they
//! began with - that is Step Functions' own promise - and programs start the version they were built with (`machines`).

mod queues;
mod site;

use aws_config::SdkConfig;
use serde::Serialize;

use self::{
    queues::Addresses,
    site::{Site, described},
};
pub use super::settings::machine_name;
use super::{
    fault::Fault,
    machines::{find, version},
    settings::client,
};
use crate::hash::hash;

/// A saga as it is to be deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Which saga.
    pub saga: String,
    /// The file, with the places of queues' addresses still open.
    pub file: String,
}

/// What to do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Part of every name.
    pub stage: String,
    /// As whom the state machines send to the queues. Needed to create one; one that exists keeps its own without it.
    pub role: Option<String>,
    /// Look and compare, and change nothing.
    pub dry_run: bool,
}

/// What became of a saga.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It was not there.
    Created,
    /// Its definition or its role was another one.
    Updated,
    /// It was as it should be, but not as a version.
    Published,
    /// Nothing was to be done.
    Unchanged,
}

/// A saga after its deployment; in a dry run, as it would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deployed {
    /// Which saga.
    pub saga: String,
    /// The name of its state machine.
    pub machine: String,
    /// What was done.
    pub change: Change,
    /// The hash of the definition that was there before, with the queues' addresses taken out.
    pub before: Option<String>,
    /// The hash of the file.
    pub now: String,
    /// What new executions get.
    pub version: Option<String>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// A saga as it is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The hash of its definition, with the queues' addresses taken out.
    pub hash: String,
    /// The version that has it.
    pub version: Option<String>,
}

/// Why nothing, or not everything, was deployed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// A step's queue is not there.
    #[error("there is no queue {0}: create the queues first (`usher aws setup --apply`)")]
    NoQueue(String),
    /// AWS does not take the definition; its diagnostics, one a line.
    #[error("Step Functions refuses the definition of `{saga}`:\n{diagnostics}")]
    Invalid {
        /// Which saga.
        saga: String,
        /// Where and why.
        diagnostics: String,
    },
    /// A state machine cannot be created without one.
    #[error(
        "{0} does not exist, and to create it a role is needed: --role-arn with a role that Step Functions may assume and that may send to the steps' queues (sqs:SendMessage)"
    )]
    NoRole(String),
    /// AWS did not do what it was asked to.
    #[error("{0}")]
    Refused(String),
}

impl From<Fault> for DeployError {
    fn from(fault: Fault) -> Self {
        Self::Refused(match fault {
            Fault::Conflict(text) => format!("{text}; somebody else deploys at the same time: run it again"),
            fault => fault.said().to_string(),
        })
    }
}

/// Deploys definitions and says what changed. Whatever fails, what was done before it stays, and a repetition goes on there.
pub async fn deploy(
    config: &SdkConfig,
    deployment: &Deployment,
    definitions: &[Definition],
) -> Result<Vec<Deployed>, DeployError> {
    let addresses = Addresses::ask(&aws_sdk_sqs::Client::new(config), &deployment.stage).await?;
    let site = Site { client: client(config), deployment, addresses };
    // Everything is checked before anything is changed.
    let mut prepared = Vec::with_capacity(definitions.len());
    for Definition { saga, file } in definitions {
        prepared.push(site.prepare(saga, file).await?);
    }
    let mut deployed = Vec::with_capacity(definitions.len());
    for prepared in prepared {
        deployed.push(site.deploy(prepared).await?);
    }
    Ok(deployed)
}

/// The hash and the version of what is deployed; nothing when it is not.
pub async fn standing(config: &SdkConfig, stage: &str, saga: &str) -> Result<Option<Standing>, DeployError> {
    let client = client(config);
    let Some(arn) = find(&client, &machine_name(stage, saga)).await? else { return Ok(None) };
    let addresses = Addresses::ask(&aws_sdk_sqs::Client::new(config), stage).await?;
    let hash = hash(&addresses.clear(&described(&client, &arn).await?.definition));
    let version = version(&client, &arn, &hash).await.unwrap_or_default();
    Ok(Some(Standing { hash, version }))
}

/// Deletes the state machines of these sagas on a stage, with their versions; the names of those that were there. AWS lets
/// running executions end first.
pub async fn remove(config: &SdkConfig, stage: &str, sagas: &[&str]) -> Result<Vec<String>, DeployError> {
    let client = client(config);
    let mut removed = Vec::new();
    for saga in sagas {
        let name = machine_name(stage, saga);
        if let Some(arn) = find(&client, &name).await? {
            let deleted = client.delete_state_machine().state_machine_arn(arn).send().await;
            deleted.map_err(|error| Fault::of("DeleteStateMachine", &error))?;
            removed.push(name);
        }
    }
    Ok(removed)
}

/// The names of the state machines of these sagas that are there.
pub async fn present(config: &SdkConfig, stage: &str, sagas: &[&str]) -> Result<Vec<String>, DeployError> {
    let client = client(config);
    let mut present = Vec::new();
    for saga in sagas {
        let name = machine_name(stage, saga);
        if find(&client, &name).await?.is_some() {
            present.push(name);
        }
    }
    Ok(present)
}
