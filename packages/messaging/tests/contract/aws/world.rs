//! Worlds over an emulator: a stage each, real time, and a way to the emulator that can be cut.

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

use super::proxy::Proxy;
use crate::suite::world::{Ability, Adapter, Exception, Exceptions, Process, QUEUE, World};

/// Short, in whole seconds, and long enough for a machine that does other things too.
pub const LEASE: Duration = Duration::from_secs(3);

const EXCEPTIONS: &[Exception] =
    &[Exception { ability: Ability::AgeOfOldest, reason: "SQS tells it to CloudWatch, and to nobody else" }];

/// The adapter, over an emulator of its own.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    emulator: Emulator,
    lease: Duration,
    at_once: usize,
    worlds: AtomicUsize,
}

impl Aws {
    pub async fn start(lease: Duration, at_once: usize) -> Self {
        let emulator = Emulator::start().await.unwrap();
        Self(Arc::new(Inner { emulator, lease, at_once, worlds: AtomicUsize::new(0) }))
    }

    /// A stage nobody else has, with the queues of the cases.
    pub async fn stage(&self) -> AwsWorld {
        let number = self.0.worlds.fetch_add(1, Ordering::Relaxed);
        let proxy = Proxy::start(self.0.emulator.endpoint()).await;
        let config = self.0.emulator.sdk_config().into_builder().endpoint_url(&proxy.endpoint).build();
        let stage: Stage = format!("world{number}").parse().unwrap();
        let queues = vec![QUEUE.to_owned(), "charge-payment".to_owned()];
        let blueprint = Blueprint { queues, ..Blueprint::default() };
        Setup::new(&config, stage.clone()).run(&blueprint, Mode::Apply).await.unwrap();
        AwsWorld { stage, config, proxy, exceptions: Exceptions::new(EXCEPTIONS), aws: self.clone() }
    }
}

#[async_trait]
impl Adapter for Aws {
    fn name(&self) -> &'static str {
        "SQS and SNS"
    }

    fn at_once(&self) -> usize {
        self.0.at_once
    }

    async fn world(&self) -> Box<dyn World> {
        Box::new(self.stage().await)
    }
}

/// One stage.
pub struct AwsWorld {
    pub stage: Stage,
    pub config: SdkConfig,
    proxy: Proxy,
    exceptions: Exceptions,
    aws: Aws,
}

impl AwsWorld {
    /// The ends of a process, before they are seen through the ports.
    pub fn ends(&self) -> (SqsQueue, SnsBus) {
        let queue = SqsQueue::with_lease(&self.config, self.stage.clone(), system(), self.aws.0.lease);
        (queue, SnsBus::new(&self.config, self.stage.clone(), system()))
    }
}

#[async_trait]
impl World for AwsWorld {
    async fn process(&self) -> Process {
        let (queue, bus) = self.ends();
        Process { queue: Arc::new(queue), bus: Arc::new(bus) }
    }

    fn third(&self) -> Duration {
        self.aws.0.lease / 3
    }

    async fn pass(&self, thirds: u32) {
        tokio::time::sleep(self.third() * thirds).await;
    }

    async fn cut(&self) {
        self.proxy.cut();
    }

    fn exceptions(&self) -> &Exceptions {
        &self.exceptions
    }
}
