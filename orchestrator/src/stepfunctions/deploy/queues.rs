//! The addresses of the steps' queues: asked for by name, put into definitions and taken out again.

use std::collections::BTreeMap;

use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata as _},
};
use usher_workflows::{
    definitions::{steps_of, with_queues, without_queues},
    step::{STEPS, Step},
};

use super::{super::settings::queue_name, DeployError};

/// By step; steps without a queue are not in it.
pub(super) struct Addresses(BTreeMap<&'static str, String>);

impl Addresses {
    /// Asks for all of them.
    pub async fn ask(client: &Client, stage: &str) -> Result<Self, DeployError> {
        let mut addresses = BTreeMap::new();
        for step in &STEPS {
            if let Some(address) = address(client, &queue_name(stage, step.name)).await? {
                addresses.insert(step.name, address);
            }
        }
        Ok(Self(addresses))
    }

    /// A file with the addresses in their places.
    pub fn fill(&self, file: &str, stage: &str) -> Result<String, DeployError> {
        if let Some(step) = steps_of(file).find(|step| !self.0.contains_key(step.name)) {
            return Err(DeployError::NoQueue(queue_name(stage, step.name)));
        }
        Ok(with_queues(file, |step| self.0.get(step).cloned().unwrap_or_default()))
    }

    /// What [`Self::fill`] was given.
    pub fn clear(&self, definition: &str) -> String {
        without_queues(definition, |address| self.step(address))
    }

    fn step(&self, address: &str) -> Option<&'static Step> {
        STEPS.iter().find(|step| self.0.get(step.name).is_some_and(|known| known == address))
    }
}

async fn address(client: &Client, name: &str) -> Result<Option<String>, DeployError> {
    match client.get_queue_url().queue_name(name).send().await {
        Ok(found) => Ok(found.queue_url),
        // The name of the error depends on the protocol that the server speaks.
        Err(error)
            if error.code().is_some_and(|code| code.contains("NonExistentQueue") || code == "QueueDoesNotExist") =>
        {
            Ok(None)
        }
        Err(error) => Err(DeployError::Refused(format!("{name} cannot be looked up: {}", DisplayErrorContext(&error)))),
    }
}
