//! Many consumers, many messages: nothing is lost, and what is acknowledged in time is delivered once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
};
use usher_messaging::queue::Receipt;

use super::{
    Case,
    world::{Process, QUEUE, World, insist},
};

pub const CASES: &[Case] = &[
    ("sixteen consumers get each of sixteen thousand messages once", exactly_once_when_acknowledged),
    ("consumers that die lose nothing", dying_consumers),
];

/// How long an idle consumer waits before it asks whether all is done.
const IDLE: Duration = Duration::from_millis(200);

fn exactly_once_when_acknowledged(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let processes = join_all((0..4).map(|_| world.process())).await;
        let settled = Arc::new(AtomicUsize::new(0));
        let consumers: Vec<_> = (0..16)
            .map(|number| tokio::spawn(consume(processes[number % 4].clone(), Arc::clone(&settled), 16_000)))
            .collect();
        let senders = processes.iter().zip(0..).map(|(process, number)| async move {
            for hundred in 0..40 {
                let first = number * 4000 + hundred * 100;
                process.send_numbers(first..first + 100).await;
            }
        });
        join_all(senders).await;
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for consumer in consumers {
            for body in consumer.await.unwrap() {
                *times.entry(body).or_default() += 1;
            }
        }
        assert_eq!(times.len(), 16_000);
        assert!(times.values().all(|times| *times == 1), "some were delivered more than once");
        processes[0].settles(QUEUE, (0, 0, 0)).await;
    }
    .boxed()
}

/// Receives and acknowledges until so many messages are settled by all consumers together.
async fn consume(process: Process, settled: Arc<AtomicUsize>, total: usize) -> Vec<String> {
    let mut handled = Vec::new();
    while settled.load(Ordering::Relaxed) < total {
        let deliveries = insist(|| process.queue.receive(QUEUE, 10, IDLE)).await;
        let receipts: Vec<Receipt> = deliveries.iter().map(|delivery| delivery.receipt.clone()).collect();
        join_all(receipts.iter().map(|receipt| process.ack(receipt))).await;
        settled.fetch_add(deliveries.len(), Ordering::Relaxed);
        handled.extend(deliveries.into_iter().map(|delivery| delivery.body));
    }
    handled
}

fn dying_consumers(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let sender = world.process().await;
        sender.send_numbers(0..300).await;
        let mut settled = BTreeSet::new();
        for survivors in [0, 1, 2, 3] {
            let process = world.process().await;
            let deliveries = process.queue.receive(QUEUE, 150, Duration::ZERO).await.unwrap();
            // Every so many are settled before the process dies with the others in its hands.
            let chosen: Vec<_> = deliveries.iter().step_by(4 - survivors).collect();
            join_all(chosen.iter().map(|delivery| process.ack(&delivery.receipt))).await;
            for delivery in chosen {
                assert!(settled.insert(delivery.body.clone()), "a settled message came again: {delivery:?}");
            }
            // Not every transport confirms that it has forgotten them; a moment later all have.
            world.pass(1).await;
            drop(process);
            world.pass(4).await;
        }
        let last = world.process().await;
        for delivery in last.receive_all(300 - settled.len()).await {
            assert!(settled.insert(delivery.body.clone()), "a settled message came again: {delivery:?}");
        }
        assert_eq!(settled.len(), 300);
        assert_eq!(last.queue.dead_letters(QUEUE, None, 10).await.unwrap(), []);
    }
    .boxed()
}
