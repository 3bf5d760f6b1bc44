//! What is made in an account, made twice, and removed; text that SQS does not carry; and an account that was away.

use std::time::Duration;

use serde_json::{Value, json};
use usher_messaging::{
    aws::{
        Setup, SqsQueue, Stage,
        setup::{Blueprint, Found, Item, Kind, Mode},
    },
    events::{Event, EventBus as _, TOPICS, queue_of},
    queue::TaskQueue as _,
};
use usher_telemetry::ambient::system;

use super::world::{Aws, LEASE};
use crate::suite::world::{PATIENCE, QUEUE};

fn blueprint() -> Blueprint {
    let consumers = vec![("mail".to_owned(), vec!["booking.*".to_owned(), "*.failed".to_owned()])];
    Blueprint { queues: vec![QUEUE.to_owned()], consumers }
}

fn count(items: &[Item], kind: Kind) -> usize {
    items.iter().filter(|item| item.kind == kind).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_is_looked_at_made_left_alone_mended_and_removed() {
    let emulator = usher_emulator::Emulator::start().await.unwrap();
    let (config, stage): (_, Stage) = (emulator.sdk_config(), "dev".parse().unwrap());
    let setup = Setup::new(&config, stage);
    let other = Setup::new(&config, "dev-2".parse().unwrap());
    let sqs = aws_sdk_sqs::Client::new(&config);

    let looked = setup.run(&blueprint(), Mode::Look).await.unwrap();
    assert!(looked.iter().all(|item| item.found == Found::Missing), "{looked:?}");
    assert_eq!(setup.remains().await.unwrap(), [], "looking made nothing");

    let made = setup.run(&blueprint(), Mode::Apply).await.unwrap();
    assert_eq!(made, looked, "what was announced was made");
    assert_eq!((count(&made, Kind::Queue), count(&made, Kind::DeadLetterQueue)), (2, 2));
    assert_eq!((count(&made, Kind::Topic), count(&made, Kind::Subscription)), (TOPICS.len(), TOPICS.len()));
    for mode in [Mode::Look, Mode::Apply] {
        let again = setup.run(&blueprint(), mode).await.unwrap();
        assert!(again.iter().all(|item| item.found == Found::Alike), "{again:?}");
    }

    let url = sqs.get_queue_url().queue_name("usher-dev-reserve-seats").send().await.unwrap().queue_url.unwrap();
    let hidden = aws_sdk_sqs::types::QueueAttributeName::VisibilityTimeout;
    sqs.set_queue_attributes().queue_url(&url).attributes(hidden.clone(), "7").send().await.unwrap();
    for mode in [Mode::Look, Mode::Apply] {
        let found = setup.run(&blueprint(), mode).await.unwrap();
        let different: Vec<&Item> = found.iter().filter(|item| item.found != Found::Alike).collect();
        assert_eq!(different.len(), 1);
        assert_eq!(different[0].found, Found::Different("VisibilityTimeout".to_owned()));
    }
    let attributes = sqs.get_queue_attributes().queue_url(&url).attribute_names(hidden.clone()).send().await.unwrap();
    assert_eq!(attributes.attributes.unwrap()[&hidden], "30");

    // Somebody else's, with a name of ours; and another stage, whose names begin with ours.
    sqs.create_queue().queue_name("usher-dev-by-hand").send().await.unwrap();
    other.run(&blueprint(), Mode::Apply).await.unwrap();

    let announced = setup.teardown(Mode::Look).await.unwrap();
    assert_eq!(announced.len(), 4 + TOPICS.len());
    assert_eq!(setup.teardown(Mode::Apply).await.unwrap(), announced);
    let remains: Vec<String> = setup.remains().await.unwrap().into_iter().map(|item| item.name).collect();
    assert_eq!(remains, ["usher-dev-by-hand"]);
    let theirs = other.run(&blueprint(), Mode::Look).await.unwrap();
    assert!(theirs.iter().all(|item| item.found == Found::Alike), "{theirs:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_whose_patterns_change_keeps_only_the_subscriptions_it_needs() {
    let world = Aws::start(LEASE, 1).await.stage().await;
    let (queue, bus) = world.ends();
    bus.subscribe("mail", &["#"]).await.unwrap();
    bus.subscribe("mail", &["booking.*"]).await.unwrap();
    let sns = aws_sdk_sns::Client::new(&world.config);
    let subscriptions = sns.list_subscriptions().send().await.unwrap().subscriptions.unwrap();
    assert_eq!(subscriptions.len(), 1, "{subscriptions:?}");
    let names = ["booking.created", "payment.failed", "booking.created.twice"];
    let events = names.map(|name| Event { topic: name.to_owned(), payload: json!({ "type": name }) });
    bus.publish(&events).await.unwrap();
    let heard = queue.receive(&queue_of("mail"), 10, PATIENCE).await.unwrap();
    let heard: Vec<Value> = heard.iter().map(|delivery| serde_json::from_str(&delivery.body).unwrap()).collect();
    assert_eq!(heard, [json!({ "type": "booking.created" })]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_sqs_does_not_carry_arrives_all_the_same_and_also_after_a_death() {
    let world = Aws::start(LEASE, 1).await.stage().await;
    let (queue, _) = world.ends();
    for odd in ["", "\0", "a\u{b}b", "\u{fffe}"] {
        queue.send(QUEUE, vec![odd.to_owned()]).await.unwrap();
        let delivery = queue.receive(QUEUE, 1, PATIENCE).await.unwrap().remove(0);
        assert_eq!(delivery.body, odd);
        queue.reject(&delivery.receipt, "odd").await.unwrap();
        let letter = queue.dead_letters(QUEUE, None, 10).await.unwrap().remove(0);
        assert_eq!(letter.body, odd);
        assert_eq!(queue.redrive_all(QUEUE).await.unwrap(), 1);
        let again = queue.receive(QUEUE, 1, PATIENCE).await.unwrap().remove(0);
        assert_eq!((again.body.as_str(), again.receives), (odd, 1));
        queue.ack(&again.receipt).await.unwrap();
    }
    assert!(queue.receive(QUEUE, 1, Duration::ZERO).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_goes_on_when_what_was_away_is_back() {
    let mut emulator = usher_emulator::Emulator::start().await.unwrap();
    let (config, stage): (_, Stage) = (emulator.sdk_config(), "dev".parse().unwrap());
    let setup = Setup::new(&config, stage.clone());
    setup.run(&blueprint(), Mode::Apply).await.unwrap();
    let queue = SqsQueue::with_lease(&config, stage, system(), LEASE);
    queue.send(QUEUE, vec!["lost with the emulator".to_owned()]).await.unwrap();
    emulator.kill().await.unwrap();
    let away = queue.receive(QUEUE, 1, PATIENCE).await.unwrap_err();
    assert!(away.is_transient(), "{away}");

    emulator.restart().await.unwrap();
    let missing = queue.send(QUEUE, vec!["too early".to_owned()]).await.unwrap_err();
    assert!(missing.is_transient() && missing.to_string().contains("usher aws setup"), "{missing}");
    setup.run(&blueprint(), Mode::Apply).await.unwrap();
    queue.send(QUEUE, vec!["after its return".to_owned()]).await.unwrap();
    assert_eq!(queue.receive(QUEUE, 1, PATIENCE).await.unwrap()[0].body, "after its return");
}
