//! Forwarding from the embedded queue to RabbitMQ: everything arrives, also when the broker is killed on the way.

use std::{collections::BTreeSet, sync::Arc};

use tokio_util::sync::CancellationToken;
use usher_messaging::{
    forward::Forwarder,
    queue::{MAX_RECEIVES, TaskQueue},
};
use usher_rabbitmq::testing;

use super::world::start;
use crate::{
    embedded::world::EmbeddedWorld,
    suite::world::{PATIENCE, insist},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_forwarded_over_a_broker_that_is_killed() {
    let world = EmbeddedWorld::new().await;
    let from = world.start().await.queue;
    let mut broker = testing::broker(&["usher"]).await.unwrap();
    let to = start(&broker.url("usher"));
    let queues = vec!["reserve-seats".to_owned(), "issue-tickets".to_owned()];
    let forwarder = Forwarder { from: Arc::new(from.clone()), to: Arc::new(to), queues: queues.clone() };
    let draining = CancellationToken::new();
    let running = tokio::spawn(forwarder.run(draining.clone()));
    for round in 0..4 {
        for queue in &queues {
            let bodies = (0..25).map(|number| format!("{queue} {}", round * 25 + number)).collect();
            from.send(queue, bodies).await.unwrap();
        }
        if round == 1 {
            broker.kill().await.unwrap();
        }
        if round == 2 {
            broker.start().await.unwrap();
        }
    }
    let consumer = start(&broker.url("usher"));
    for queue in &queues {
        let mut seen = BTreeSet::new();
        while seen.len() < 100 {
            let deliveries = insist(|| consumer.receive(queue, 50, PATIENCE)).await;
            assert!(!deliveries.is_empty(), "only {} of 100 arrived", seen.len());
            for delivery in deliveries {
                consumer.ack(&delivery.receipt).await.unwrap();
                seen.insert(delivery.body);
            }
        }
        assert!(seen.iter().all(|body| body.starts_with(queue.as_str())), "each in its own queue");
    }
    draining.cancel();
    running.await.unwrap();
    for queue in &queues {
        let depth = from.depth(queue).await.unwrap();
        assert_eq!((depth.waiting, depth.leased, depth.dead), (0, 0, 0), "nothing is left behind or given up");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_the_other_side_uses_no_receives_up() {
    let world = EmbeddedWorld::new().await;
    let from = world.start().await.queue;
    from.send("reserve-seats", vec!["patient".to_owned()]).await.unwrap();
    // Nobody listens there.
    let nowhere = start("amqp://usher:usher@127.0.0.1:9/usher");
    let forwarder =
        Forwarder { from: Arc::new(from.clone()), to: Arc::new(nowhere), queues: vec!["reserve-seats".to_owned()] };
    for _ in 0..=MAX_RECEIVES {
        let draining = CancellationToken::new();
        let running = tokio::spawn(forwarder.clone().run(draining.clone()));
        loop {
            // It has the message, then it has not: then it has failed and given it back.
            if from.depth("reserve-seats").await.unwrap().leased == 1 {
                break;
            }
            tokio::task::yield_now().await;
        }
        draining.cancel();
        running.await.unwrap();
    }
    let delivery = from.receive("reserve-seats", 1, PATIENCE).await.unwrap().remove(0);
    assert_eq!((delivery.body.as_str(), delivery.receives), ("patient", 1));
}
