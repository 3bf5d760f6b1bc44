//! What was sent arrives, whole, once while it is acknowledged, and at whoever waits for it.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
    poll,
};
use serde_json::json;
use usher_messaging::{
    events::{Event, queue_of},
    queue::MAX_BODY,
};

use super::{
    Case,
    world::{Ability, PATIENCE, Process, QUEUE, World, bodies},
};

pub const CASES: &[Case] = &[
    ("a message is delivered as it was sent", as_it_was_sent),
    ("a batch is delivered whole", whole_batch),
    ("messages sent one by one all arrive", one_by_one),
    ("no more than was asked for is delivered at once", no_more_than_max),
    ("an empty queue delivers nothing", empty),
    ("sending nothing is harmless", sending_nothing),
    ("what is in one queue is not in another", queues_apart),
    ("an acknowledged message never comes again", acknowledged),
    ("acknowledging twice is harmless", acknowledged_twice),
    ("equal messages are two messages", equal_messages),
    ("whoever waits gets what the same process sends", waits_in_process),
    ("whoever waits gets what another process sends", waits_across_processes),
    ("each of several who wait gets something", several_wait),
    ("a look is not held up by somebody else who waits", look_beside_a_waiter),
    ("a receive that was given up loses nothing", given_up),
    ("a message of 256 KiB survives", large),
    ("any text survives", any_text),
    ("a trace is beside its message, wherever that goes", traced),
    ("a larger message is refused, and what was sent with it", oversize),
];

fn as_it_was_sent(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send(r#"{"step":"reserve-seats"}"#).await;
        let delivery = process.receive().await;
        assert_eq!(delivery.body, r#"{"step":"reserve-seats"}"#);
        assert_eq!(delivery.receives, 1);
    }
    .boxed()
}

/// The body is what consumers of ours go by; beside it is where everybody else looks.
fn traced(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let beside = if world.can(Ability::Traces) { trace.parse().ok() } else { None };
        for body in [format!(r#"{{"traceparent":"{trace}"}}"#), format!(r#"{{"input":{{"traceparent":"{trace}"}}}}"#)] {
            process.send(&body).await;
            let delivery = process.receive().await;
            assert_eq!((&delivery.body, delivery.trace), (&body, beside));
            process.queue.give_back(&[delivery.receipt]).await.unwrap();
            let delivery = process.receive().await;
            assert_eq!((&delivery.body, delivery.trace), (&body, beside), "given back");
            process.queue.reject(&delivery.receipt, "because").await.unwrap();
            process.settles(QUEUE, (0, 0, 1)).await;
            assert_eq!(process.queue.redrive_all(QUEUE).await.unwrap(), 1);
            let delivery = process.receive().await;
            assert_eq!((&delivery.body, delivery.trace), (&body, beside), "sent again");
            process.ack(&delivery.receipt).await;
        }
        process.send("{}").await;
        assert_eq!(process.receive().await.trace, None);
        let event = Event { topic: "booking.created".to_owned(), payload: json!({ "traceparent": trace }) };
        process.bus.subscribe("listener", &["#"]).await.unwrap();
        process.bus.publish(&[event]).await.unwrap();
        assert_eq!(process.receive_from(&queue_of("listener")).await.trace, beside, "an event");
    }
    .boxed()
}

fn whole_batch(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send_numbers(0..500).await;
        let numbers: BTreeSet<usize> =
            process.receive_all(500).await.iter().map(|delivery| delivery.body.parse().unwrap()).collect();
        assert_eq!(numbers, (0..500).collect());
        assert_eq!(process.look().await, []);
    }
    .boxed()
}

fn one_by_one(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (sender, receiver) = (world.process().await, world.process().await);
        for number in 0..50 {
            sender.send_numbers(number..number + 1).await;
        }
        let numbers: BTreeSet<usize> =
            receiver.receive_all(50).await.iter().map(|delivery| delivery.body.parse().unwrap()).collect();
        assert_eq!(numbers, (0..50).collect());
    }
    .boxed()
}

fn no_more_than_max(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (sender, receiver) = (world.process().await, world.process().await);
        sender.send_numbers(0..10).await;
        let (mut left, mut numbers) = (10, BTreeSet::new());
        while left > 0 {
            let deliveries = receiver.queue.receive(QUEUE, 3, PATIENCE).await.unwrap();
            assert!((1..=3).contains(&deliveries.len()), "{} were delivered", deliveries.len());
            left -= deliveries.len();
            numbers.extend(deliveries.into_iter().map(|delivery| delivery.body));
        }
        assert_eq!(numbers.len(), 10);
    }
    .boxed()
}

fn empty(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        assert_eq!(process.look().await, []);
        assert_eq!(process.queue.receive(QUEUE, 1, Duration::from_millis(20)).await.unwrap(), []);
    }
    .boxed()
}

fn sending_nothing(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.queue.send(QUEUE, Vec::new()).await.unwrap();
        assert_eq!(process.look().await, []);
    }
    .boxed()
}

fn queues_apart(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("here").await;
        assert_eq!(process.queue.receive("charge-payment", 10, Duration::ZERO).await.unwrap(), []);
        process.queue.send("charge-payment", vec!["there".to_owned()]).await.unwrap();
        assert_eq!(process.receive().await.body, "here");
        assert_eq!(process.receive_from("charge-payment").await.body, "there");
    }
    .boxed()
}

fn acknowledged(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send("once").await;
        let delivery = process.receive().await;
        process.ack(&delivery.receipt).await;
        world.pass(4).await;
        assert_eq!(process.look().await, []);
        assert_eq!(world.process().await.look().await, []);
    }
    .boxed()
}

fn acknowledged_twice(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.send_numbers(0..2).await;
        let deliveries = process.receive_all(2).await;
        process.ack(&deliveries[0].receipt).await;
        process.ack(&deliveries[0].receipt).await;
        world.pass(4).await;
        assert_eq!(bodies(&process.look().await), [deliveries[1].body.as_str()]);
    }
    .boxed()
}

fn equal_messages(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.queue.send(QUEUE, vec!["same".to_owned(), "same".to_owned()]).await.unwrap();
        process.send("same").await;
        let deliveries = process.receive_all(3).await;
        assert_eq!(bodies(&deliveries), ["same", "same", "same"]);
        process.ack(&deliveries[0].receipt).await;
        world.pass(4).await;
        assert_eq!(process.receive_all(2).await.len(), 2);
    }
    .boxed()
}

fn waits_in_process(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let mut waiting = Box::pin(process.receive());
        assert!(poll!(&mut waiting).is_pending());
        let (delivery, ()) = tokio::join!(waiting, process.send("at last"));
        assert_eq!((delivery.body.as_str(), delivery.receives), ("at last", 1));
    }
    .boxed()
}

fn waits_across_processes(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (sender, receiver) = (world.process().await, world.process().await);
        for round in ["first", "second", "third"] {
            let mut waiting = Box::pin(receiver.receive());
            assert!(poll!(&mut waiting).is_pending());
            let (delivery, ()) = tokio::join!(waiting, sender.send(round));
            assert_eq!(delivery.body, round);
            receiver.ack(&delivery.receipt).await;
        }
    }
    .boxed()
}

fn several_wait(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let sender = world.process().await;
        let consumers = join_all((0..4).map(|_| world.process())).await;
        let waiting = consumers.iter().map(Process::receive);
        let (deliveries, ()) = tokio::join!(join_all(waiting), async {
            for number in 0..4 {
                sender.send_numbers(number..number + 1).await;
            }
        });
        assert_eq!(bodies(&deliveries), ["0", "1", "2", "3"]);
    }
    .boxed()
}

/// A look while somebody waits for seconds comes back before that wait ends.
fn look_beside_a_waiter(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let waited = AtomicBool::new(false);
        let wait = async {
            assert_eq!(process.queue.receive(QUEUE, 1, Duration::from_secs(3)).await.unwrap(), []);
            waited.store(true, Ordering::Relaxed);
        };
        let look = async {
            for _ in 0..3 {
                assert_eq!(process.look().await, []);
            }
            assert!(!waited.load(Ordering::Relaxed), "three looks took as long as the wait of another consumer");
        };
        tokio::join!(wait, look);
    }
    .boxed()
}

fn given_up(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        for _ in 0..3 {
            let mut waiting = Box::pin(process.receive());
            assert!(poll!(&mut waiting).is_pending());
        }
        process.send("still here").await;
        world.pass(4).await; // Whatever was leased to nobody comes back.
        assert_eq!(process.receive().await.body, "still here");
    }
    .boxed()
}

fn large(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let body: String = ('a'..='z').cycle().take(256 * 1024).collect();
        process.send(&body).await;
        assert!(process.receive().await.body == body, "it did not survive");
    }
    .boxed()
}

fn any_text(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let texts = ["Ærøskøbing 🎭 映画", "\u{202e}right to left", "quo\"te', {}, \\u0000, $1", " \n\t ", "e\u{301}"];
        for text in texts {
            process.send(text).await;
            let delivery = process.receive().await;
            assert_eq!(delivery.body, text);
            process.ack(&delivery.receipt).await;
        }
    }
    .boxed()
}

fn oversize(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let large = "x".repeat(MAX_BODY + 1);
        let refused =
            process.queue.send(QUEUE, vec!["before".to_owned(), large, "after".to_owned()]).await.unwrap_err();
        assert!(!refused.is_transient() && refused.to_string().contains("262145"), "{refused}");
        assert_eq!(process.look().await, []);
        assert_eq!(world.process().await.look().await, []);
    }
    .boxed()
}
