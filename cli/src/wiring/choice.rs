//! Which engine and which transport, by the settings. To add an adapter, add its kind to the settings and an arm here.

use std::{sync::Arc, time::Duration};

use usher_core::ambient::SharedAmbient;
use usher_messaging::{
    aws::SqsQueue,
    embedded::{EmbeddedBus, EmbeddedQueue},
};
use usher_orchestrator::{
    embedded::EmbeddedOrchestrator,
    projected::Projected,
    relay::Bus,
    stepfunctions::{self, StepFunctions},
};
use usher_workflows::definitions::SAGAS;

use super::{Databases, Engine, Transport};
use crate::settings::adapters::{Adapters, EngineKind, MessagingKind};

/// What the choice is made from.
pub(super) struct Choice<'a> {
    pub databases: &'a Databases,
    pub ambient: &'a SharedAmbient,
    /// The queue in PostgreSQL: the embedded engine sends to it, whoever receives.
    pub queue: EmbeddedQueue,
    pub adapters: &'a Adapters,
    pub lease: Duration,
}

impl Choice<'_> {
    /// What runs the sagas.
    pub async fn engine(&self) -> anyhow::Result<Engine> {
        let (pool, ambient) = (self.databases.engine.clone(), self.ambient.clone());
        match self.adapters.engine {
            EngineKind::Embedded => {
                let definitions: Vec<(String, String)> =
                    SAGAS.iter().map(|saga| (saga.name.to_owned(), saga.with_queues(str::to_owned))).collect();
                let engine = EmbeddedOrchestrator::deploy(pool, ambient, self.queue.clone(), &definitions).await?;
                Ok(Engine::Embedded(engine))
            }
            EngineKind::Stepfunctions => {
                let cloud = &self.adapters.cloud;
                let settings = stepfunctions::Settings::new(cloud.stage.clone());
                let engine = StepFunctions::new(&cloud.config().await, &settings);
                let sagas = SAGAS.iter().map(|saga| saga.name);
                // Two minutes; less where leases are short, which is in tests.
                let projected = Projected::new(Arc::new(engine), pool, ambient, sagas);
                Ok(Engine::StepFunctions(projected.asking_after((self.lease * 4).try_into()?)))
            }
        }
    }

    /// What carries messages.
    pub async fn transport(&self) -> anyhow::Result<Transport> {
        let (cloud, ambient) = (&self.adapters.cloud, self.ambient);
        let transport = match self.adapters.messaging()? {
            MessagingKind::Embedded => {
                let bus = Bus::Here(EmbeddedBus::new(self.databases.engine.clone(), self.queue.clone()));
                return Ok(Transport::embedded(&self.queue, bus));
            }
            MessagingKind::Sqs => Transport::aws(&cloud.config().await, &cloud.stage()?, ambient, self.lease),
            MessagingKind::Amqp => Transport::amqp(self.adapters.amqp()?, ambient, self.lease),
        };
        match (self.adapters.engine, self.adapters.messaging()?) {
            (EngineKind::Embedded, _) => Ok(transport.behind(self.queue.clone())),
            (EngineKind::Stepfunctions, MessagingKind::Amqp) => {
                let (config, stage) = (cloud.config().await, cloud.stage()?);
                Ok(transport.behind(SqsQueue::with_lease(&config, stage, ambient.clone(), self.lease)))
            }
            (EngineKind::Stepfunctions, _) => Ok(transport),
        }
    }
}
