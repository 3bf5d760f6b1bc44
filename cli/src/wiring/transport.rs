//! What carries step tasks from the engine to the workers, and events to whoever wants them.

use std::{sync::Arc, time::Duration};

use usher_core::ambient::SharedAmbient;
use usher_messaging::{
    amqp::{AmqpBus, AmqpQueue, AmqpSettings},
    aws::{SdkConfig, SnsBus, SqsQueue, Stage},
    embedded::EmbeddedQueue,
    queue::TaskQueue,
};
use usher_orchestrator::relay::Bus;

/// The transport that was chosen. Cheap to clone.
#[derive(Clone)]
pub struct Transport {
    /// Where workers receive.
    pub tasks: Arc<dyn TaskQueue>,
    /// Where events go.
    pub bus: Bus,
    /// Where the engine sends, when that is somewhere else: what is there has to be forwarded.
    pub engine_tasks: Option<Arc<dyn TaskQueue>>,
    broker: Option<AmqpQueue>,
}

impl Transport {
    /// Everything in PostgreSQL.
    pub fn embedded(queue: &EmbeddedQueue, bus: Bus) -> Self {
        Self { tasks: Arc::new(queue.clone()), bus, engine_tasks: None, broker: None }
    }

    /// SQS and SNS.
    pub fn aws(config: &SdkConfig, stage: &Stage, ambient: &SharedAmbient, lease: Duration) -> Self {
        let queue = SqsQueue::with_lease(config, stage.clone(), ambient.clone(), lease);
        let bus = SnsBus::new(config, stage.clone(), ambient.clone());
        Self { tasks: Arc::new(queue), bus: Bus::Elsewhere(Arc::new(bus)), engine_tasks: None, broker: None }
    }

    /// A broker.
    pub fn amqp(mut settings: AmqpSettings, ambient: &SharedAmbient, lease: Duration) -> Self {
        settings.lease = lease;
        let queue = AmqpQueue::new(settings, ambient.clone());
        let bus = Bus::Elsewhere(Arc::new(AmqpBus::new(&queue)));
        Self { tasks: Arc::new(queue.clone()), bus, engine_tasks: None, broker: Some(queue) }
    }

    /// The same for an engine that sends to other queues.
    #[must_use]
    pub fn behind(self, engine_tasks: impl TaskQueue + 'static) -> Self {
        Self { engine_tasks: Some(Arc::new(engine_tasks)), ..self }
    }

    /// Every queue that step tasks pass through.
    pub fn queues(&self) -> Vec<Arc<dyn TaskQueue>> {
        [Arc::clone(&self.tasks)].into_iter().chain(self.engine_tasks.clone()).collect()
    }

    /// Gives back what was received and not begun.
    pub async fn close(&self) {
        if let Some(broker) = &self.broker {
            broker.close().await;
        }
    }
}
