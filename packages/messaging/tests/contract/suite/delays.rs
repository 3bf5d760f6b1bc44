//! What is sent for later is there later, and not before.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use usher_messaging::queue::MAX_DELAY;

use super::{
    Case,
    world::{PATIENCE, Process, QUEUE, World, bodies},
};

pub const CASES: &[Case] = &[
    ("a delayed message is not there before its time", not_before),
    ("a delayed message is delivered as if sent at that time", as_if_sent_then),
    ("a long delay does not hold up a short one", short_behind_long),
    ("a delayed batch arrives whole", whole_batch),
    ("whoever waits gets what becomes due", waits),
    ("no delay is no delay", no_delay),
    ("the longest delay is taken, and a longer one refused", longest),
];

async fn send_later(process: &Process, body: &str, delay: Duration) {
    process.queue.send_later(QUEUE, vec![body.to_owned()], delay).await.unwrap();
}

fn not_before(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (process, other) = (world.process().await, world.process().await);
        send_later(&process, "later", world.third() * 3).await;
        assert_eq!(process.look().await, []);
        world.pass(2).await;
        assert_eq!(process.look().await, []);
        assert_eq!(other.look().await, []);
        world.pass(2).await;
        assert_eq!(other.receive().await.body, "later");
    }
    .boxed()
}

fn as_if_sent_then(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        send_later(&process, "later", world.third() * 3).await;
        world.pass(4).await;
        let delivery = process.receive().await;
        assert_eq!((delivery.body.as_str(), delivery.receives), ("later", 1));
        world.pass(4).await;
        let delivery = process.receive().await;
        assert_eq!(delivery.receives, 2);
        process.ack(&delivery.receipt).await;
        world.pass(4).await;
        assert_eq!(process.look().await, []);
    }
    .boxed()
}

fn short_behind_long(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        send_later(&process, "long", MAX_DELAY).await;
        send_later(&process, "short", world.third() * 3).await;
        process.send("now").await;
        assert_eq!(process.receive().await.body, "now");
        world.pass(4).await;
        assert!(bodies(&process.receive_all(2).await).contains(&"short"), "besides the one whose lease has ended");
    }
    .boxed()
}

fn whole_batch(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let numbers: Vec<String> = (100..150).map(|number| number.to_string()).collect();
        process.queue.send_later(QUEUE, numbers.clone(), world.third() * 3).await.unwrap();
        assert_eq!(process.look().await, []);
        world.pass(4).await;
        assert_eq!(bodies(&process.receive_all(50).await), numbers);
    }
    .boxed()
}

/// Where time is scripted it passes at once; somebody who waits for it looks again by himself.
fn waits(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (sender, waiting) = (world.process().await, world.process().await);
        send_later(&sender, "later", world.third() * 3).await;
        let (deliveries, ()) = tokio::join!(waiting.queue.receive(QUEUE, 1, PATIENCE), world.pass(4));
        assert_eq!(bodies(&deliveries.unwrap()), ["later"]);
    }
    .boxed()
}

fn no_delay(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        send_later(&process, "now", Duration::ZERO).await;
        assert_eq!(process.receive().await.body, "now");
    }
    .boxed()
}

fn longest(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let too_long = MAX_DELAY + Duration::from_secs(1);
        let refused = process.queue.send_later(QUEUE, vec!["never".to_owned()], too_long).await.unwrap_err();
        assert!(!refused.is_transient(), "{refused}");
        send_later(&process, "much later", MAX_DELAY).await;
        world.pass(4).await;
        assert_eq!(process.look().await, []);
    }
    .boxed()
}
