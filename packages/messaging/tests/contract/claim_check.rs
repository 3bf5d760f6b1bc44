//! The claim check keeps every promise of what it is put around, and large messages arrive whole.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use usher_core::size::MAX_INLINE;
use usher_messaging::{
    claim_check::ClaimCheck,
    embedded::EmbeddedBus,
    error::MessagingError,
    events::{Event, EventBus, queue_of},
    queue::{Delivery, MAX_BODY, TaskQueue},
};

use crate::{
    embedded::world::{EmbeddedProcess, EmbeddedWorld},
    suite::{
        SUBJECTS, pass,
        world::{Adapter, Exceptions, PATIENCE, Process, World},
    },
};

/// The embedded adapter, with the claim check around both ports.
struct Checked;

#[async_trait]
impl Adapter for Checked {
    fn name(&self) -> &'static str {
        "embedded with claim check"
    }

    async fn world(&self) -> Box<dyn World> {
        Box::new(CheckedWorld(EmbeddedWorld::new().await))
    }
}

struct CheckedWorld(EmbeddedWorld);

#[async_trait]
impl World for CheckedWorld {
    async fn process(&self) -> Process {
        Ends::of(&self.0).await.checked()
    }

    fn third(&self) -> Duration {
        self.0.third()
    }

    async fn pass(&self, thirds: u32) {
        self.0.pass(thirds).await;
    }

    async fn cut(&self) {
        self.0.cut().await;
    }

    fn exceptions(&self) -> &Exceptions {
        self.0.exceptions()
    }
}

/// The two ports of a process, and what is to go around them.
struct Ends {
    inner: EmbeddedProcess,
    claim_check: ClaimCheck,
}

impl Ends {
    async fn of(world: &EmbeddedWorld) -> Self {
        let inner = world.start().await;
        let claim_check = ClaimCheck::new(inner.pool.clone(), world.ambient.clone());
        Self { inner, claim_check }
    }

    fn checked(&self) -> Process {
        let EmbeddedProcess { pool, queue } = &self.inner;
        Process {
            queue: Arc::new(self.claim_check.queue(Arc::new(queue.clone()))),
            bus: Arc::new(self.claim_check.bus(Arc::new(EmbeddedBus::new(pool.clone(), queue.clone())))),
        }
    }

    async fn stored(&self) -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM messaging.large_bodies");
        count.fetch_one(&self.inner.pool).await.unwrap()
    }

    /// What really travels.
    async fn travelling(&self, queue: &str) -> Delivery {
        self.inner.queue.receive(queue, 1, PATIENCE).await.unwrap().remove(0)
    }
}

/// An event of 200 KiB.
fn large_event() -> Event {
    let payload = json!({
        "id": "evt_01KAG3V0Q8Z6X4N2M7R5T9W1YC", "type": "booking.created", "version": 1, "subject": "bkg_1",
        "data": { "note": "x".repeat(200 * 1024) },
    });
    Event { topic: "booking.created".to_owned(), payload }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contract() {
    pass(&Checked, SUBJECTS).await;
}

#[tokio::test]
async fn a_large_event_arrives_whole_at_every_consumer_and_is_stored_once() {
    let world = EmbeddedWorld::new().await;
    let (sender, receiver) = (Ends::of(&world).await, Ends::of(&world).await);
    let (sending, receiving) = (sender.checked(), receiver.checked());
    for consumer in ["seen", "ada", "bob"] {
        sending.bus.subscribe(consumer, &["booking.*"]).await.unwrap();
    }
    let event = large_event();
    let small = Event { topic: "booking.rejected".to_owned(), payload: json!({ "id": "small" }) };
    sending.bus.publish(&[event.clone(), small.clone()]).await.unwrap();
    sending.bus.publish(std::slice::from_ref(&event)).await.unwrap();
    assert_eq!(receiver.stored().await, 1, "a repetition is the same body");
    let travelling: Value = serde_json::from_str(&receiver.travelling(&queue_of("seen")).await.body).unwrap();
    assert_eq!((&travelling["type"], &travelling["data"]), (&event.payload["type"], &Value::Null));
    assert_eq!(travelling["claim_check"]["bytes"], event.payload.to_string().len());
    for consumer in ["ada", "bob"] {
        let mut heard = Vec::new();
        while heard.len() < 3 {
            for delivery in receiving.queue.receive(&queue_of(consumer), 10, PATIENCE).await.unwrap() {
                heard.push(serde_json::from_str::<Value>(&delivery.body).unwrap());
                receiving.queue.ack(&delivery.receipt).await.unwrap();
            }
        }
        heard.sort_by_key(|payload| payload["id"] == "small");
        assert_eq!(heard, [&event, &event, &small].map(|event| event.payload.clone()));
    }
}

#[tokio::test]
async fn what_is_just_small_enough_travels_itself_and_one_byte_more_does_not() {
    let world = EmbeddedWorld::new().await;
    let ends = Ends::of(&world).await;
    let process = ends.checked();
    for (bytes, stored) in [(MAX_INLINE, 0), (MAX_INLINE + 1, 1), (MAX_BODY, 2)] {
        process.send(&"x".repeat(bytes)).await;
        assert_eq!(ends.stored().await, stored, "{bytes}");
        let delivery = process.receive().await;
        assert_eq!(delivery.body.len(), bytes);
        process.ack(&delivery.receipt).await;
    }
    let refused = process.queue.send("q", vec!["x".repeat(MAX_BODY + 1)]).await.unwrap_err();
    assert!(matches!(refused, MessagingError::Refused(_)), "{refused:?}");
    assert_eq!(ends.stored().await, 2, "nothing is stored for what is refused");
}

#[tokio::test]
async fn a_crash_between_storing_and_sending_leaves_what_pruning_removes() {
    let world = EmbeddedWorld::new().await;
    let ends = Ends::of(&world).await;
    let dying = world.start().await;
    dying.pool.close().await; // It can store, and then not send.
    let bus = ends.claim_check.bus(Arc::new(EmbeddedBus::new(dying.pool.clone(), dying.queue.clone())));
    assert!(bus.publish(&[large_event()]).await.unwrap_err().is_transient());
    assert_eq!(ends.stored().await, 1);
    assert_eq!(ends.claim_check.prune(10).await.unwrap(), 0, "it could still be on its way");
    world.ambient.advance(ClaimCheck::LIFE);
    ends.checked().send(&"y".repeat(MAX_INLINE + 1)).await;
    world.ambient.advance(time::Duration::seconds(1));
    assert_eq!(ends.claim_check.prune(10).await.unwrap(), 1);
    assert_eq!(ends.checked().receive().await.body.len(), MAX_INLINE + 1, "the younger one is still there");
}

#[tokio::test]
async fn a_reference_to_nothing_is_a_dead_letter_that_says_why() {
    let world = EmbeddedWorld::new().await;
    let ends = Ends::of(&world).await;
    let process = ends.checked();
    process.send(&"x".repeat(MAX_INLINE + 1)).await;
    sqlx::query("DELETE FROM messaging.large_bodies").execute(&ends.inner.pool).await.unwrap();
    process.send("small").await;
    assert_eq!(process.receive_all(1).await[0].body, "small", "the others are not held up");
    let letters = process.queue.dead_letters(crate::suite::world::QUEUE, None, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].reason.contains("65537 bytes that is not stored"), "{}", letters[0].reason);
    assert!(letters[0].body.contains("claim_check"), "{}", letters[0].body);
}

#[tokio::test]
async fn a_dead_letter_is_shown_as_what_it_was() {
    let world = EmbeddedWorld::new().await;
    let process = Ends::of(&world).await.checked();
    let body = "x".repeat(MAX_INLINE + 1);
    process.send(&body).await;
    process.queue.reject(&process.receive().await.receipt, "it makes no sense").await.unwrap();
    let letters = process.queue.dead_letters(crate::suite::world::QUEUE, None, 10).await.unwrap();
    assert_eq!((letters.len(), &letters[0].body), (1, &body));
    process.queue.redrive(crate::suite::world::QUEUE, &[letters[0].id.clone()]).await.unwrap();
    assert_eq!(process.receive().await.body, body);
}

#[tokio::test]
async fn while_the_bodies_cannot_be_read_their_messages_wait_uncounted() {
    let world = EmbeddedWorld::new().await;
    let (ends, blind) = (Ends::of(&world).await, world.start().await);
    ends.checked().send(&"x".repeat(MAX_INLINE + 1)).await;
    blind.pool.close().await;
    let away = ClaimCheck::new(blind.pool.clone(), world.ambient.clone());
    let queue = away.queue(Arc::new(ends.inner.queue.clone()));
    for _ in 0..10 {
        let error = queue.receive(crate::suite::world::QUEUE, 1, Duration::ZERO).await.unwrap_err();
        assert!(error.is_transient(), "{error}");
    }
    let delivery = ends.checked().receive().await;
    assert_eq!((delivery.body.len(), delivery.receives), (MAX_INLINE + 1, 1));
}
