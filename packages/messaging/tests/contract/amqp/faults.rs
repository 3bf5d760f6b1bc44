//! What can happen to a broker, and what may not happen to a message then.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use usher_messaging::{amqp::AmqpQueue, queue::TaskQueue};
use usher_rabbitmq::testing;

use super::world::start;
use crate::suite::world::{PATIENCE, insist};

const QUEUE: &str = "reserve-seats";

/// Sends numbers one by one, each until it is confirmed.
async fn send_all(queue: AmqpQueue, numbers: std::ops::Range<usize>) {
    for number in numbers {
        insist(|| queue.send(QUEUE, vec![number.to_string()])).await;
    }
}

/// Receives and acknowledges until told to stop.
async fn receive_all(queue: AmqpQueue, stop: Arc<AtomicBool>) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    while !stop.load(Ordering::Relaxed) {
        let deliveries = insist(|| queue.receive(QUEUE, 10, Duration::from_millis(500))).await;
        for delivery in deliveries {
            seen.insert(delivery.body.parse().unwrap());
            // An acknowledgement that is lost with its connection means a second delivery, and nothing else.
            let _ = queue.ack(&delivery.receipt).await;
        }
    }
    seen
}

async fn until_empty(url: &str) {
    let process = start(url);
    loop {
        let depth = insist(|| process.depth(QUEUE)).await;
        if (depth.waiting, depth.dead) == (0, 0) {
            return;
        }
        assert_eq!(depth.dead, 0, "nobody did anything wrong");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_broker_is_killed_again_and_again() {
    let mut broker = testing::broker(&["usher"]).await.unwrap();
    let url = broker.url("usher");
    // A quorum queue that is killed in the second of its birth is not in the broker's register and has no leader ever after:
    // the register is written a moment later. An orderly stop writes it.
    start(&url).send(QUEUE, vec!["1000".to_owned()]).await.unwrap();
    broker.control(&["stop_app"]).await.unwrap();
    broker.control(&["start_app"]).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let consumers: Vec<_> = (0..2).map(|_| tokio::spawn(receive_all(start(&url), Arc::clone(&stop)))).collect();
    let senders: Vec<_> = [0..100, 100..200].map(|range| tokio::spawn(send_all(start(&url), range))).into();
    for _ in 0..2 {
        // In the middle: something has been sent, and not everything.
        let watching = start(&url);
        insist(|| watching.send(QUEUE, vec!["1000".to_owned()])).await;
        broker.kill().await.unwrap();
        broker.start().await.unwrap();
    }
    for sender in senders {
        sender.await.unwrap();
    }
    until_empty(&url).await;
    stop.store(true, Ordering::Relaxed);
    let mut seen = BTreeSet::new();
    for consumer in consumers {
        seen.extend(consumer.await.unwrap());
    }
    until_empty(&url).await;
    assert_eq!(seen, (0..200).chain([1000]).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_hangs_is_noticed_and_comes_back() {
    let broker = testing::broker(&["usher"]).await.unwrap();
    let (sender, receiver) = (start(&broker.url("usher")), start(&broker.url("usher")));
    sender.send(QUEUE, vec!["before".to_owned()]).await.unwrap();
    let held = receiver.receive(QUEUE, 1, PATIENCE).await.unwrap().remove(0);
    broker.suspend();
    // Its connections stay open, and nobody answers: only the heartbeat tells.
    let failed = sender.send(QUEUE, vec!["during".to_owned()]).await.unwrap_err();
    assert!(failed.is_transient(), "{failed}");
    while receiver.extend(&held.receipt).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    broker.resume();
    insist(|| sender.send(QUEUE, vec!["after".to_owned()])).await;
    let mut seen = BTreeSet::new();
    while !(seen.contains("before") && seen.contains("after")) {
        for delivery in insist(|| receiver.receive(QUEUE, 10, PATIENCE)).await {
            let _ = receiver.ack(&delivery.receipt).await;
            seen.insert(delivery.body);
        }
    }
    until_empty(&broker.url("usher")).await;
}
