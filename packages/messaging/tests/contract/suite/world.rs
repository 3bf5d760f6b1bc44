//! What a case works in: a fresh pair of queue and bus, processes that meet only there, and a way to let leases pass.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use usher_messaging::{
    events::EventBus,
    queue::{Delivery, Receipt, TaskQueue},
};

/// Makes worlds. Each adapter has one.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// A world in which nothing has happened.
    async fn world(&self) -> Box<dyn World>;
}

/// The world of one case.
#[async_trait]
pub trait World: Send + Sync {
    /// A process that shares nothing with the others but the queues themselves.
    async fn process(&self) -> Process;

    /// Lets so many thirds of a lease pass. Leases are read off the same clock.
    async fn pass(&self, thirds: u32);
}

/// One process: its ends of the queues and of the bus.
#[derive(Clone)]
pub struct Process {
    pub queue: Arc<dyn TaskQueue>,
    pub bus: Arc<dyn EventBus>,
}

/// The queue of most cases.
pub const QUEUE: &str = "reserve-seats";

/// How long a receive waits for what must come; only a failing case waits that long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What the cases do again and again.
impl Process {
    /// Sends one message.
    pub async fn send(&self, body: &str) {
        self.queue.send(QUEUE, vec![body.to_owned()]).await.unwrap();
    }

    /// Sends a message for each number.
    pub async fn send_numbers(&self, numbers: std::ops::Range<usize>) {
        self.queue.send(QUEUE, numbers.map(|number| number.to_string()).collect()).await.unwrap();
    }

    /// The one message that has to be there.
    pub async fn receive(&self) -> Delivery {
        self.receive_from(QUEUE).await
    }

    /// The one message that has to be in this queue.
    pub async fn receive_from(&self, queue: &str) -> Delivery {
        let mut deliveries = self.queue.receive(queue, 1, PATIENCE).await.unwrap();
        assert_eq!(deliveries.len(), 1, "one message was to be delivered");
        deliveries.remove(0)
    }

    /// So many messages, however many receives it takes.
    pub async fn receive_all(&self, count: usize) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        while deliveries.len() < count {
            let more = self.queue.receive(QUEUE, count - deliveries.len(), PATIENCE).await.unwrap();
            assert!(!more.is_empty(), "{} of {count} messages were delivered", deliveries.len());
            deliveries.extend(more);
        }
        deliveries
    }

    /// Whatever can be received without waiting.
    pub async fn look(&self) -> Vec<Delivery> {
        self.queue.receive(QUEUE, 10, Duration::ZERO).await.unwrap()
    }

    /// Acknowledges.
    pub async fn ack(&self, receipt: &Receipt) {
        self.queue.ack(receipt).await.unwrap();
    }
}

/// The bodies, in an order of their own: no queue promises one.
pub fn bodies(deliveries: &[Delivery]) -> Vec<&str> {
    let mut bodies: Vec<&str> = deliveries.iter().map(|delivery| delivery.body.as_str()).collect();
    bodies.sort_unstable();
    bodies
}
