//! What a broker can refuse, and what it says to those who are not Usher.

use std::time::Duration;

use lapin::{
    Connection, ConnectionProperties,
    options::{QueueDeclareOptions, QueueDeleteOptions},
    types::FieldTable,
};
use serde_json::json;
use usher_messaging::{
    amqp::{AmqpBus, AmqpQueue},
    events::{Event, EventBus},
    queue::{MAX_RECEIVES, TaskQueue},
};
use usher_rabbitmq::{Broker, testing};

use super::world::start;
use crate::suite::world::PATIENCE;

const QUEUE: &str = "reserve-seats";

/// One test for all, because a broker takes seconds to start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_broker_does_not_allow_is_told_with_a_remedy() {
    let broker = testing::broker(&["usher", "shapes", "rights", "public", "crashes"]).await.unwrap();
    credentials(&broker).await;
    shapes(&broker.url("shapes")).await;
    deleted_under_our_hands(&broker).await;
    public_queues(&broker.url("public")).await;
    crashes(&broker.url("crashes")).await;
}

async fn refused(url: &str) -> String {
    let error = start(url).send(QUEUE, vec!["x".to_owned()]).await.unwrap_err();
    assert!(error.is_transient(), "an operator can mend it: {error}");
    error.to_string()
}

async fn credentials(broker: &Broker) {
    let url = broker.url("usher");
    let secret = url.split(['/', ':', '@']).nth(4).unwrap().to_owned();
    let wrong = refused(&url.replace(&secret, "hunter2")).await;
    assert!(wrong.contains("check the user and the password"), "{wrong}");
    let nowhere = refused(&broker.url("nowhere")).await;
    assert!(nowhere.contains("add_vhost"), "{nowhere}");
    let nobody = refused("amqp://usher:hunter2@127.0.0.1:9/usher").await;
    assert!(nobody.contains("check the address"), "{nobody}");
    for text in [wrong, nowhere, nobody] {
        assert!(!text.contains(&secret) && !text.contains("hunter2"), "{text}");
    }
}

async fn raw(url: &str) -> lapin::Channel {
    Connection::connect(url, ConnectionProperties::default()).await.unwrap().create_channel().await.unwrap()
}

/// Somebody made a queue of our name in another shape: no attempt will ever change it.
async fn shapes(url: &str) {
    let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    raw(url).await.queue_declare(QUEUE.into(), options, FieldTable::default()).await.unwrap();
    let error = start(url).send(QUEUE, vec!["x".to_owned()]).await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert!(error.to_string().contains(QUEUE) && error.to_string().contains("delete it"), "{error}");
}

async fn delete(url: &str) {
    raw(url).await.queue_delete(QUEUE.into(), QueueDeleteOptions::default()).await.unwrap();
}

/// A returned message makes us make the queue again; and where we may not, it is an error that names the queue.
async fn deleted_under_our_hands(broker: &Broker) {
    let url = broker.url("rights");
    let process = start(&url);
    process.send(QUEUE, vec!["first".to_owned()]).await.unwrap();
    delete(&url).await;
    process.send(QUEUE, vec!["second".to_owned()]).await.unwrap();
    let delivery = process.receive(QUEUE, 1, PATIENCE).await.unwrap().remove(0);
    assert_eq!(delivery.body, "second", "the first went with its queue, the second was returned and sent again");
    // Or it would be put back when its lease ends, and its queue be made again for that.
    process.ack(&delivery.receipt).await.unwrap();
    delete(&url).await;
    broker.control(&["set_permissions", "-p", "rights", "usher", "^$", ".*", ".*"]).await.unwrap();
    let error = process.send(QUEUE, vec!["third".to_owned()]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(error.to_string().contains(QUEUE) || error.to_string().contains("usher.dead"), "{error}");
    assert!(error.to_string().contains("set_permissions"), "{error}");
}

async fn bodies(queue: &AmqpQueue, name: &str) -> Vec<String> {
    let deliveries = queue.receive(name, 10, Duration::ZERO).await.unwrap();
    deliveries.into_iter().map(|delivery| delivery.body).collect()
}

/// The queues that other programs consume are there from the first event on, bound as they were promised.
async fn public_queues(url: &str) {
    let queue = start(url);
    let event = |topic: &str| Event { topic: topic.to_owned(), payload: json!(topic) };
    let events = ["booking.created", "booking.cancelled", "payment.completed", "ticket_issued"].map(event);
    AmqpBus::new(&queue).publish(&events).await.unwrap();
    assert_eq!(bodies(&queue, "payment_queue").await, [r#""booking.created""#]);
    assert_eq!(bodies(&queue, "notification_queue").await, [r#""booking.created""#, r#""booking.cancelled""#]);
}

/// Nobody is left to let the lease run out: the broker counts, and the message dies of killing its consumers all the same.
async fn crashes(url: &str) {
    let sender = start(url);
    sender.send(QUEUE, vec!["deadly".to_owned()]).await.unwrap();
    for receives in 1..=MAX_RECEIVES {
        let dying = start(url);
        let delivery = dying.receive(QUEUE, 1, PATIENCE).await.unwrap().remove(0);
        assert_eq!(delivery.receives, receives);
        drop(dying);
    }
    let next = start(url);
    sender.send(QUEUE, vec!["healthy".to_owned()]).await.unwrap();
    assert_eq!(next.receive(QUEUE, 1, PATIENCE).await.unwrap()[0].body, "healthy");
    let letters = loop {
        let letters = next.dead_letters(QUEUE, None, 10).await.unwrap();
        if !letters.is_empty() {
            break letters;
        }
    };
    assert_eq!((letters[0].body.as_str(), letters[0].receives), ("deadly", MAX_RECEIVES));
}
