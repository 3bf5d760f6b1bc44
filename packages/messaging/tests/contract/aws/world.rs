//! Worlds over an emulator: a stage each, and real time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use usher_emulator::Emulator;
use usher_messaging::aws::{
    SdkConfig, Setup, SnsBus, SqsQueue, Stage,
    setup::{Blueprint, Mode},
};
use usher_telemetry::ambient::system;

use crate::suite::world::{Adapter, Process, QUEUE, World};

/// Short, in whole seconds, and long enough for a machine that does other things too.
pub const LEASE: Duration = Duration::from_secs(3);

/// The adapter, over an emulator of its own.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    emulator: Emulator,
    worlds: AtomicUsize,
}

impl Aws {
    pub async fn start() -> Self {
        Self(Arc::new(Inner { emulator: Emulator::start().await.unwrap(), worlds: AtomicUsize::new(0) }))
    }

    /// A stage nobody else has, with the queues of the cases.
    pub async fn stage(&self) -> AwsWorld {
        let number = self.0.worlds.fetch_add(1, Ordering::Relaxed);
        let (stage, config): (Stage, _) = (format!("world{number}").parse().unwrap(), self.0.emulator.sdk_config());
        let queues = vec![QUEUE.to_owned(), "charge-payment".to_owned()];
        let blueprint = Blueprint { queues, ..Blueprint::default() };
        Setup::new(&config, stage.clone()).run(&blueprint, Mode::Apply).await.unwrap();
        AwsWorld { stage, config, _aws: self.clone() }
    }
}

#[async_trait]
impl Adapter for Aws {
    async fn world(&self) -> Box<dyn World> {
        Box::new(self.stage().await)
    }
}

/// One stage.
pub struct AwsWorld {
    pub stage: Stage,
    pub config: SdkConfig,
    _aws: Aws,
}

impl AwsWorld {
    /// The ends of a process, before they are seen through the ports.
    pub fn ends(&self) -> (SqsQueue, SnsBus) {
        let queue = SqsQueue::with_lease(&self.config, self.stage.clone(), system(), LEASE);
        (queue, SnsBus::new(&self.config, self.stage.clone(), system()))
    }
}

#[async_trait]
impl World for AwsWorld {
    async fn process(&self) -> Process {
        let (queue, bus) = self.ends();
        Process { queue: Arc::new(queue), bus: Arc::new(bus) }
    }

    async fn pass(&self, thirds: u32) {
        tokio::time::sleep(LEASE / 3 * thirds).await;
    }
}
