//! What a case works in: a fresh pair of queue and bus, processes that meet only there, and a way to let leases pass.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use usher_messaging::{
    error::MessagingError,
    events::EventBus,
    queue::{Delivery, Receipt, TaskQueue},
};

/// Makes worlds. Each adapter has one.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// What it is called in the table.
    fn name(&self) -> &'static str;

    /// How many cases may run at once: those of an adapter whose time is the machine's mostly wait.
    fn at_once(&self) -> usize {
        1
    }

    /// A world in which nothing has happened.
    async fn world(&self) -> Box<dyn World>;
}

/// The world of one case.
#[async_trait]
pub trait World: Send + Sync {
    /// A process that shares nothing with the others but the queues themselves.
    async fn process(&self) -> Process;

    /// A third of a lease. Three of them are whole seconds where the adapter's time is the machine's.
    fn third(&self) -> Duration;

    /// Lets so many thirds of a lease pass. Leases and delays are read off the same clock.
    async fn pass(&self, thirds: u32);

    /// Closes every connection between the processes and the queues, from the other end.
    async fn cut(&self);

    /// What the adapter cannot do, and why.
    fn exceptions(&self) -> &Exceptions;

    /// Whether the adapter can do something; if not, the case says so in the table, and does without.
    fn can(&self, ability: Ability) -> bool {
        self.exceptions().can(ability)
    }
}

/// What is promised where it is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// The depth tells how long the oldest message has waited.
    AgeOfOldest,
    /// The depth counts what other processes have.
    LeasesOfOthers,
    /// There are connections that can be lost.
    Connections,
    /// There is a place beside the body.
    Traces,
}

/// Something that an adapter cannot do.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    pub ability: Ability,
    pub reason: &'static str,
}

/// What an adapter cannot do, and which of it a case has asked for.
#[derive(Debug, Default)]
pub struct Exceptions {
    all: &'static [Exception],
    asked: Mutex<Vec<Exception>>,
}

impl Exceptions {
    pub fn new(all: &'static [Exception]) -> Self {
        Self { all, asked: Mutex::default() }
    }

    fn can(&self, ability: Ability) -> bool {
        let exception = self.all.iter().find(|exception| exception.ability == ability);
        self.asked.lock().unwrap().extend(exception);
        exception.is_none()
    }

    /// What was asked for in vain.
    pub fn asked(&self) -> Vec<Exception> {
        self.asked.lock().unwrap().clone()
    }
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
        let mut deliveries = self.patiently(queue, 1).await;
        assert_eq!(deliveries.len(), 1, "one message was to be delivered");
        deliveries.remove(0)
    }

    /// So many messages, however many receives it takes.
    pub async fn receive_all(&self, count: usize) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        while deliveries.len() < count {
            let more = self.patiently(QUEUE, count - deliveries.len()).await;
            assert!(!more.is_empty(), "{} of {count} messages were delivered", deliveries.len());
            deliveries.extend(more);
        }
        deliveries
    }

    /// Receives as every consumer does: what is unavailable for a moment - a server may close a connection at any time - is
    /// asked again.
    async fn patiently(&self, queue: &str, max: usize) -> Vec<Delivery> {
        let asked = Instant::now();
        loop {
            match self.queue.receive(queue, max, PATIENCE.saturating_sub(asked.elapsed())).await {
                Err(error) if error.is_transient() && asked.elapsed() < PATIENCE => tokio::time::sleep(LOOK).await,
                received => return received.unwrap(),
            }
        }
    }

    /// Whatever can be received without waiting.
    pub async fn look(&self) -> Vec<Delivery> {
        self.queue.receive(QUEUE, 10, Duration::ZERO).await.unwrap()
    }

    /// Waits until so many messages wait, are leased and are dead.
    pub async fn settles(&self, queue: &str, expected: (i64, i64, i64)) {
        let asked = Instant::now();
        loop {
            let depth = self.queue.depth(queue).await.unwrap();
            let counted = (depth.waiting, depth.leased, depth.dead);
            if counted == expected {
                return;
            }
            assert!(
                asked.elapsed() < PATIENCE,
                "waiting, leased and dead are {counted:?}, and were to be {expected:?}"
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Acknowledges.
    pub async fn ack(&self, receipt: &Receipt) {
        self.queue.ack(receipt).await.unwrap();
    }
}

/// Counters of a broker lag behind for a moment.
const LOOK: Duration = Duration::from_millis(20);

/// As long as a broker may take to start on a machine that does other things too.
const ABSENCE: Duration = Duration::from_mins(2);

/// Does something again while it fails for a reason that passes.
pub async fn insist<T, F: Future<Output = Result<T, MessagingError>>>(call: impl Fn() -> F) -> T {
    let asked = Instant::now();
    loop {
        match call().await {
            Err(error) if error.is_transient() && asked.elapsed() < ABSENCE => tokio::time::sleep(LOOK).await,
            answered => return answered.unwrap(),
        }
    }
}

/// The bodies, in an order of their own: no queue promises one.
pub fn bodies(deliveries: &[Delivery]) -> Vec<&str> {
    let mut bodies: Vec<&str> = deliveries.iter().map(|delivery| delivery.body.as_str()).collect();
    bodies.sort_unstable();
    bodies
}
