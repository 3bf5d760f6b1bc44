//! Worlds over RabbitMQ: a virtual host each, real time with short leases, and for each process connections of its own.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use usher_messaging::amqp::{AmqpBus, AmqpQueue, AmqpSettings};
use usher_rabbitmq::testing;

use crate::suite::world::{Ability, Adapter, Exception, Exceptions, Process, World};

/// The adapter.
pub struct Amqp;

/// Long enough for a machine that does other things too: a case notices when something is late by a third of it.
pub const LEASE: Duration = Duration::from_secs(3);

const EXCEPTIONS: &[Exception] = &[
    Exception {
        ability: Ability::AgeOfOldest,
        reason: "the protocol shows a message only to whoever receives it, and that counts",
    },
    Exception {
        ability: Ability::LeasesOfOthers,
        reason: "the protocol counts what waits, and leases are kept by whoever has them",
    },
];

#[async_trait]
impl Adapter for Amqp {
    fn name(&self) -> &'static str {
        "AMQP"
    }

    fn at_once(&self) -> usize {
        8
    }

    async fn world(&self) -> Box<dyn World> {
        let virtual_host = testing::virtual_host().await.unwrap();
        Box::new(AmqpWorld { virtual_host, exceptions: Exceptions::new(EXCEPTIONS) })
    }
}

/// One virtual host.
struct AmqpWorld {
    virtual_host: testing::VirtualHost,
    exceptions: Exceptions,
}

/// The settings of a process of a test.
pub fn settings(url: &str) -> AmqpSettings {
    let mut settings = AmqpSettings::new(url.into()).unwrap();
    settings.lease = LEASE;
    settings.heartbeat = Duration::from_secs(2);
    settings
}

/// A process that has connections of its own.
pub fn start(url: &str) -> AmqpQueue {
    AmqpQueue::new(settings(url), usher_telemetry::ambient::system())
}

#[async_trait]
impl World for AmqpWorld {
    async fn process(&self) -> Process {
        let queue = start(&self.virtual_host.url);
        Process { bus: Arc::new(AmqpBus::new(&queue)), queue: Arc::new(queue) }
    }

    fn third(&self) -> Duration {
        LEASE / 3
    }

    async fn pass(&self, thirds: u32) {
        tokio::time::sleep(self.third() * thirds).await;
    }

    async fn cut(&self) {
        self.virtual_host.cut().await.unwrap();
    }

    fn exceptions(&self) -> &Exceptions {
        &self.exceptions
    }
}
