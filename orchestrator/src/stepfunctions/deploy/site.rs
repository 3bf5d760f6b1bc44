//! One state machine: looked at, created, updated, published.

use aws_sdk_sfn::{
    Client,
    operation::describe_state_machine::DescribeStateMachineOutput,
    types::{Tag, ValidateStateMachineDefinitionResultCode, ValidateStateMachineDefinitionSeverity},
};

use super::{
    super::{
        fault::Fault,
        machines::{description, find, version},
        settings::machine_name,
    },
    Change, DeployError, Deployed, Deployment,
    queues::Addresses,
};
use crate::hash::hash;

/// Where is deployed.
pub(super) struct Site<'a> {
    pub client: Client,
    pub deployment: &'a Deployment,
    /// Of every step's queue that is there.
    pub addresses: Addresses,
}

/// What is deployed: a definition with addresses, that was checked.
pub(super) struct Prepared {
    saga: String,
    machine: String,
    text: String,
    hash: String,
    notes: Vec<String>,
}

impl Prepared {
    fn after(self, change: Change, before: Option<String>, version: Option<String>) -> Deployed {
        let Self { saga, machine, hash, notes, .. } = self;
        Deployed { saga, machine, change, before, now: hash, version, notes }
    }
}

impl Site<'_> {
    /// Fills the addresses in, and has AWS look at the definition. A server that cannot look is told of in a note: creating
    /// and updating check as well.
    pub async fn prepare(&self, saga: &str, file: &str) -> Result<Prepared, DeployError> {
        let text = self.addresses.fill(file, &self.deployment.stage)?;
        let checking = self.client.validate_state_machine_definition().definition(&text);
        let checking = checking.severity(ValidateStateMachineDefinitionSeverity::Warning);
        let notes = match checking.send().await.map_err(|error| Fault::of("ValidateStateMachineDefinition", &error)) {
            Ok(checked) => {
                let diagnostics = checked.diagnostics().iter().map(|found| {
                    let place = found.location().unwrap_or("/");
                    format!("{} {} at {place}: {}", found.severity(), found.code(), found.message())
                });
                let diagnostics: Vec<String> = diagnostics.collect();
                if *checked.result() == ValidateStateMachineDefinitionResultCode::Fail {
                    let (saga, diagnostics) = (saga.to_owned(), diagnostics.join("\n"));
                    return Err(DeployError::Invalid { saga, diagnostics });
                }
                diagnostics
            }
            Err(fault @ (Fault::Refused(_) | Fault::Away(_))) => {
                vec![format!("the definition was checked here only: {}", fault.said())]
            }
            Err(fault) => return Err(fault.into()),
        };
        let machine = machine_name(&self.deployment.stage, saga);
        Ok(Prepared { saga: saga.to_owned(), machine, text, hash: hash(file), notes })
    }

    /// Makes the state machine what it should be.
    pub async fn deploy(&self, mut prepared: Prepared) -> Result<Deployed, DeployError> {
        let Some(arn) = find(&self.client, &prepared.machine).await? else {
            let version = if self.deployment.dry_run { None } else { self.create(&mut prepared).await? };
            return Ok(prepared.after(Change::Created, None, version));
        };
        let there = described(&self.client, &arn).await?;
        let before = Some(hash(&self.addresses.clear(&there.definition)));
        let other_role = self.deployment.role.as_ref().is_some_and(|role| *role != there.role_arn);
        let published = version(&self.client, &arn, &prepared.hash).await.unwrap_or_else(|fault| {
            prepared.notes.push(format!("versions cannot be read: {}", fault.said()));
            None
        });
        let change = match (there.definition == prepared.text && !other_role, &published) {
            (true, Some(_)) => Change::Unchanged,
            (true, None) => Change::Published,
            (false, _) => Change::Updated,
        };
        let version = match change {
            _ if self.deployment.dry_run => published,
            Change::Published => self.publish(&arn, &mut prepared).await,
            Change::Updated => self.update(&arn, &mut prepared).await?,
            Change::Created | Change::Unchanged => published,
        };
        Ok(prepared.after(change, before, version))
    }

    async fn create(&self, prepared: &mut Prepared) -> Result<Option<String>, DeployError> {
        let Some(role) = &self.deployment.role else { return Err(DeployError::NoRole(prepared.machine.clone())) };
        let stage = Tag::builder().key("usher:stage").value(&self.deployment.stage).build();
        let creating = self.client.create_state_machine().name(&prepared.machine).definition(&prepared.text);
        let creating = creating.role_arn(role).tags(stage).publish(true);
        let created = creating.version_description(description(&prepared.hash)).send().await;
        let created = created.map_err(|error| Fault::of("CreateStateMachine", &error))?;
        match created.state_machine_version_arn {
            Some(version) => Ok(Some(version)),
            None => Ok(self.publish(&created.state_machine_arn, prepared).await),
        }
    }

    async fn update(&self, arn: &str, prepared: &mut Prepared) -> Result<Option<String>, DeployError> {
        let updating = self.client.update_state_machine().state_machine_arn(arn).definition(&prepared.text);
        let updating = updating.set_role_arn(self.deployment.role.clone()).publish(true);
        let updated = updating.version_description(description(&prepared.hash)).send().await;
        let updated = updated.map_err(|error| Fault::of("UpdateStateMachine", &error))?;
        match updated.state_machine_version_arn {
            Some(version) => Ok(Some(version)),
            None => Ok(self.publish(arn, prepared).await),
        }
    }

    /// Publishes what is there. A server without versions is none that money depends on: it is noted, and no more.
    async fn publish(&self, arn: &str, prepared: &mut Prepared) -> Option<String> {
        let publishing = self.client.publish_state_machine_version().state_machine_arn(arn);
        let published = publishing.description(description(&prepared.hash)).send().await;
        match published.map_err(|error| Fault::of("PublishStateMachineVersion", &error)) {
            Ok(published) => Some(published.state_machine_version_arn),
            Err(fault) => {
                let reason = fault.said();
                prepared.notes.push(format!("no version was published, so programs start what is there: {reason}"));
                None
            }
        }
    }
}

pub(super) async fn described(client: &Client, arn: &str) -> Result<DescribeStateMachineOutput, Fault> {
    let described = client.describe_state_machine().state_machine_arn(arn).send().await;
    described.map_err(|error| Fault::of("DescribeStateMachine", &error))
}
