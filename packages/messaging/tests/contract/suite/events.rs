//! Everybody hears what they asked for, once, from the moment they asked.

use std::collections::BTreeSet;

use futures::{FutureExt, future::BoxFuture};
use serde_json::{Value, json};
use usher_messaging::events::{Event, queue_of};

use super::{
    Case,
    world::{Process, World},
};

pub const CASES: &[Case] = &[
    ("every consumer gets every event it asked for", fan_out),
    ("patterns choose", patterns),
    ("two patterns that match are one delivery", two_patterns),
    ("many events at once all go their ways", many_at_once),
    ("subscribing again replaces the patterns", resubscribed),
    ("subscribing twice alike changes nothing", subscribed_twice),
    ("a consumer without patterns hears nothing more", unsubscribed),
    ("what was published before nobody gets", before),
    ("an event that nobody wants is no error", unwanted),
    ("publishing nothing is harmless", nothing),
    ("the instances of a consumer share its events", shared),
    ("an event that is not acknowledged comes again, to its consumer alone", again),
    ("an event arrives as it was published", as_published),
    ("whoever waits gets what another process publishes", waits),
];

fn event(topic: &str, number: usize) -> Event {
    Event { topic: topic.to_owned(), payload: json!({ "type": topic, "number": number }) }
}

async fn publish(process: &Process, topics: &[&str]) {
    let events: Vec<Event> = topics.iter().zip(0..).map(|(topic, number)| event(topic, number)).collect();
    process.bus.publish(&events).await.unwrap();
}

/// All that waits for a consumer: it is acknowledged, and what must not come is not waited for.
async fn heard(process: &Process, consumer: &str) -> Vec<String> {
    let mut topics = Vec::new();
    loop {
        let deliveries = process.queue.receive(&queue_of(consumer), 10, std::time::Duration::ZERO).await.unwrap();
        if deliveries.is_empty() {
            topics.sort_unstable();
            return topics;
        }
        for delivery in deliveries {
            let payload: Value = serde_json::from_str(&delivery.body).unwrap();
            topics.push(payload["type"].as_str().unwrap().to_owned());
            process.ack(&delivery.receipt).await;
        }
    }
}

fn fan_out(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (one, two) = (world.process().await, world.process().await);
        one.bus.subscribe("mail", &["booking.created"]).await.unwrap();
        two.bus.subscribe("reports", &["booking.created"]).await.unwrap();
        publish(&world.process().await, &["booking.created"]).await;
        assert_eq!(heard(&one, "mail").await, ["booking.created"]);
        assert_eq!(heard(&two, "reports").await, ["booking.created"]);
        assert_eq!(heard(&one, "mail").await, Vec::<String>::new());
    }
    .boxed()
}

fn patterns(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        let all =
            ["booking.created", "booking.cancelled", "payment.completed", "payment.failed", "ticket_issued", "a.b.c"];
        let wanted: [(&str, &[&str], &[&str]); 6] = [
            ("exact", &["payment.failed"], &["payment.failed"]),
            ("star", &["booking.*"], &["booking.cancelled", "booking.created"]),
            (
                "hash",
                &["#"],
                &[
                    "a.b.c",
                    "booking.cancelled",
                    "booking.created",
                    "payment.completed",
                    "payment.failed",
                    "ticket_issued",
                ],
            ),
            ("tail", &["*.completed", "a.#"], &["a.b.c", "payment.completed"]),
            ("single", &["*"], &["ticket_issued"]),
            ("none", &["refund.*", "booking", "payment.failed.twice"], &[]),
        ];
        for (consumer, patterns, _) in wanted {
            process.bus.subscribe(consumer, patterns).await.unwrap();
        }
        publish(&process, &all).await;
        for (consumer, patterns, expected) in wanted {
            assert_eq!(heard(&process, consumer).await, expected, "{consumer} asked for {patterns:?}");
        }
    }
    .boxed()
}

fn two_patterns(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.bus.subscribe("mail", &["booking.*", "booking.created", "#", "booking.*"]).await.unwrap();
        publish(&process, &["booking.created"]).await;
        assert_eq!(heard(&process, "mail").await, ["booking.created"]);
    }
    .boxed()
}

fn many_at_once(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.bus.subscribe("even", &["number.even"]).await.unwrap();
        process.bus.subscribe("odd", &["number.odd"]).await.unwrap();
        process.bus.subscribe("every", &["number.*"]).await.unwrap();
        let topic = |number| if number % 2 == 0 { "number.even" } else { "number.odd" };
        let events: Vec<Event> = (0..200).map(|number| event(topic(number), number)).collect();
        process.bus.publish(&events).await.unwrap();
        assert_eq!(heard(&process, "even").await, vec!["number.even"; 100]);
        assert_eq!(heard(&process, "odd").await, vec!["number.odd"; 100]);
        assert_eq!(heard(&process, "every").await.len(), 200);
    }
    .boxed()
}

fn resubscribed(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.bus.subscribe("mail", &["booking.created", "payment.failed"]).await.unwrap();
        process.bus.subscribe("reports", &["booking.created"]).await.unwrap();
        process.bus.subscribe("mail", &["payment.failed", "ticket_issued"]).await.unwrap();
        publish(&process, &["booking.created", "payment.failed", "ticket_issued"]).await;
        assert_eq!(heard(&process, "mail").await, ["payment.failed", "ticket_issued"]);
        assert_eq!(heard(&process, "reports").await, ["booking.created"], "the others keep theirs");
    }
    .boxed()
}

fn subscribed_twice(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (one, two) = (world.process().await, world.process().await);
        one.bus.subscribe("mail", &["booking.created"]).await.unwrap();
        publish(&one, &["booking.created"]).await;
        two.bus.subscribe("mail", &["booking.created"]).await.unwrap(); // A second instance starts.
        publish(&two, &["booking.created"]).await;
        assert_eq!(heard(&one, "mail").await, ["booking.created"; 2]);
    }
    .boxed()
}

fn unsubscribed(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.bus.subscribe("mail", &["#"]).await.unwrap();
        publish(&process, &["booking.created"]).await;
        process.bus.subscribe("mail", &[]).await.unwrap();
        publish(&process, &["payment.failed"]).await;
        assert_eq!(heard(&process, "mail").await, ["booking.created"], "what was published for it is still its");
    }
    .boxed()
}

fn before(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        publish(&process, &["booking.created"]).await;
        process.bus.subscribe("mail", &["#"]).await.unwrap();
        publish(&process, &["payment.failed"]).await;
        assert_eq!(heard(&process, "mail").await, ["payment.failed"]);
    }
    .boxed()
}

fn unwanted(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        publish(&process, &["booking.created"]).await;
        process.bus.subscribe("mail", &["payment.*"]).await.unwrap();
        publish(&process, &["booking.created", "payment.failed"]).await;
        assert_eq!(heard(&process, "mail").await, ["payment.failed"]);
    }
    .boxed()
}

fn nothing(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.bus.subscribe("mail", &["#"]).await.unwrap();
        process.bus.publish(&[]).await.unwrap();
        assert_eq!(heard(&process, "mail").await, Vec::<String>::new());
    }
    .boxed()
}

fn shared(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (one, two) = (world.process().await, world.process().await);
        one.bus.subscribe("mail", &["#"]).await.unwrap();
        let events: Vec<Event> = (0..40).map(|number| event("booking.created", number)).collect();
        one.bus.publish(&events).await.unwrap();
        let mut numbers = BTreeSet::new();
        for instance in [&one, &two, &one, &two] {
            let deliveries = instance.queue.receive(&queue_of("mail"), 10, super::world::PATIENCE).await.unwrap();
            for delivery in deliveries {
                let payload: Value = serde_json::from_str(&delivery.body).unwrap();
                assert!(numbers.insert(payload["number"].as_u64().unwrap()), "an event came to two instances");
                instance.ack(&delivery.receipt).await;
            }
        }
        heard(&one, "mail").await;
        assert!(numbers.len() >= 20, "both instances get their share");
    }
    .boxed()
}

fn again(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.bus.subscribe("mail", &["#"]).await.unwrap();
        process.bus.subscribe("reports", &["#"]).await.unwrap();
        publish(&process, &["booking.created"]).await;
        assert_eq!(heard(&process, "reports").await, ["booking.created"]);
        assert_eq!(process.receive_from(&queue_of("mail")).await.receives, 1);
        world.pass(4).await;
        let other = world.process().await;
        assert_eq!(other.receive_from(&queue_of("mail")).await.receives, 2);
        assert_eq!(heard(&other, "reports").await, Vec::<String>::new());
    }
    .boxed()
}

fn as_published(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let process = world.process().await;
        process.bus.subscribe("mail", &["ticket_issued"]).await.unwrap();
        let payload = json!({
            "id": "evt_01", "type": "ticket_issued", "version": 1, "subject": "bkg_01", "time": "2026-11-20T10:00:00Z",
            "data": { "name": "Ærø 🎭 映画", "seats": ["A1", "A2"], "nothing": null, "amount": i64::MAX, "nested": [[{}]] },
        });
        process.bus.publish(&[Event { topic: "ticket_issued".to_owned(), payload: payload.clone() }]).await.unwrap();
        let delivery = process.receive_from(&queue_of("mail")).await;
        assert_eq!(serde_json::from_str::<Value>(&delivery.body).unwrap(), payload);
    }
    .boxed()
}

fn waits(world: &dyn World) -> BoxFuture<'_, ()> {
    async {
        let (publisher, consumer) = (world.process().await, world.process().await);
        consumer.bus.subscribe("mail", &["booking.*"]).await.unwrap();
        let queue = queue_of("mail");
        let (delivery, ()) = tokio::join!(consumer.receive_from(&queue), publish(&publisher, &["booking.created"]));
        assert_eq!(delivery.receives, 1);
    }
    .boxed()
}
