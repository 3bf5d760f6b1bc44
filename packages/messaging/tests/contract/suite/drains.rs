//! A process that ends hands over what it has, and keeps nobody waiting.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture, poll};
use usher_messaging::queue::Receipt;

use super::{
    Case,
    world::{PATIENCE, Process, QUEUE, World, bodies},
};

pub const CASES: &[Case] = &[
    ("a process that drains keeps nothing back", keeps_nothing),
    ("a process that drains finishes what it has begun", finishes),
    ("what was on its way to a process that drains goes to others", on_its_way),
    ("a process that drains can still answer for what it has begun", answers),
];

/// What a worker does: it stops waiting, takes what is left for it, and gives that back.
async fn drain(process: &Process) -> usize {
    let left = process.queue.receive(QUEUE, 256, Duration::ZERO).await.unwrap();
    let receipts: Vec<Receipt> = left.into_iter().map(|delivery| delivery.receipt).collect();
    process.queue.give_back(&receipts).await.unwrap();
    receipts.len()
}

fn keeps_nothing(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (draining, other) = (world.process().await, world.process().await);
        let mut waiting = Box::pin(draining.queue.receive(QUEUE, 20, PATIENCE));
        assert!(poll!(&mut waiting).is_pending());
        drop(waiting);
        other.send_numbers(100..120).await;
        drain(&draining).await;
        drop(draining);
        let deliveries = other.receive_all(20).await;
        assert_eq!(bodies(&deliveries), (100..120).map(|number| number.to_string()).collect::<Vec<_>>());
        assert!(deliveries.iter().all(|delivery| delivery.receives == 1), "being handed over costs nothing");
    }
    .boxed()
}

fn finishes(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (draining, other) = (world.process().await, world.process().await);
        other.send_numbers(0..10).await;
        let begun = draining.receive_all(4).await;
        assert!(drain(&draining).await >= 6, "all the others were to be had");
        let rest = other.receive_all(6).await;
        for delivery in &begun {
            draining.ack(&delivery.receipt).await;
        }
        for delivery in &rest {
            other.ack(&delivery.receipt).await;
        }
        drop(draining);
        world.pass(4).await;
        assert_eq!(other.look().await, []);
        other.settles(QUEUE, (0, 0, 0)).await;
    }
    .boxed()
}

fn on_its_way(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (draining, other) = (world.process().await, world.process().await);
        let mut waiting = Box::pin(draining.queue.receive(QUEUE, 10, PATIENCE));
        assert!(poll!(&mut waiting).is_pending());
        // Sent while somebody waits, who goes away before looking.
        let (sent, _) =
            tokio::join!(other.queue.send(QUEUE, vec!["to whom?".to_owned()]), async { poll!(&mut waiting) });
        sent.unwrap();
        drop(waiting);
        drain(&draining).await;
        drop(draining);
        world.pass(4).await; // At the latest when a lease ends that nobody ever saw.
        assert_eq!(other.receive().await.body, "to whom?");
    }
    .boxed()
}

fn answers(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (draining, other) = (world.process().await, world.process().await);
        draining.send("begun").await;
        let begun = draining.receive().await;
        drain(&draining).await;
        for _ in 0..3 {
            world.pass(2).await;
            assert!(draining.queue.extend(&begun.receipt).await.unwrap());
            assert_eq!(other.look().await, []);
        }
        draining.ack(&begun.receipt).await;
        world.pass(4).await;
        assert_eq!(other.look().await, []);
    }
    .boxed()
}
