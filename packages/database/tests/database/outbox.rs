//! Messages written with the change they tell of: sent at least once, leased by one relay at a time.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use time::{Duration, OffsetDateTime};
use usher_core::{
    ambient::{Ambient, Scripted},
    ids::EventId,
};
use usher_database::outbox::{self, HAND_OVER, Kind, Message};
use uuid::Uuid;

use crate::support::{ambient, count, database, in_time, process, start};

fn messages(ambient: &Scripted, kind: Kind, number: usize) -> Vec<Message> {
    let message = |place| {
        ambient.advance(Duration::milliseconds(1)); // Ids sort by time.
        Message { id: EventId::new(ambient).uuid(), kind, topic: "t".to_owned(), payload: json!({ "place": place }) }
    };
    (0..number).map(message).collect()
}

async fn lease(connection: &mut PgConnection, kind: Kind, limit: i64, now: OffsetDateTime) -> Vec<Message> {
    outbox::lease(connection, kind, limit, now).await.unwrap()
}

fn ids(messages: &[Message]) -> Vec<Uuid> {
    messages.iter().map(|message| message.id).collect()
}

#[tokio::test]
async fn a_change_that_did_not_happen_tells_nobody() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    outbox::write(&mut transaction, &messages(&ambient(1), Kind::Event, 3), start()).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(outbox::backlog(&mut connection).await.unwrap(), (0, None));
    outbox::write(&mut connection, &[], start()).await.unwrap();
    assert_eq!(outbox::backlog(&mut connection).await.unwrap(), (0, None));
}

#[tokio::test]
async fn events_are_due_at_once_and_starts_when_their_writer_had_its_chance() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let clock = ambient(1);
    let (events, starts) = (messages(&clock, Kind::Event, 2), messages(&clock, Kind::Start, 2));
    let now = clock.now();
    outbox::write(&mut connection, &[events.clone(), starts.clone()].concat(), now).await.unwrap();
    assert_eq!(lease(&mut connection, Kind::Event, 10, now).await, events, "as they were written, oldest first");
    assert_eq!(lease(&mut connection, Kind::Start, 10, now + HAND_OVER - Duration::milliseconds(1)).await, []);
    outbox::discard(&mut connection, &ids(&starts[..1])).await.unwrap();
    assert_eq!(
        lease(&mut connection, Kind::Start, 10, now + HAND_OVER).await,
        starts[1..],
        "the other one's writer died"
    );
}

#[tokio::test]
async fn what_a_relay_leased_and_did_not_send_another_sends() {
    let database = database().await;
    let (mut dead, mut next) =
        (process(&database).acquire().await.unwrap(), process(&database).acquire().await.unwrap());
    let clock = ambient(1);
    let written = messages(&clock, Kind::Event, 3);
    outbox::write(&mut dead, &written, clock.now()).await.unwrap();

    let leased_at = clock.now();
    assert_eq!(lease(&mut dead, Kind::Event, 10, leased_at).await, written);
    outbox::discard(&mut dead, &ids(&written[..1])).await.unwrap();
    drop(dead);

    assert_eq!(lease(&mut next, Kind::Event, 10, leased_at + Duration::seconds(29)).await, []);
    assert_eq!(lease(&mut next, Kind::Event, 10, leased_at + Duration::seconds(30)).await, written[1..]);
    outbox::discard(&mut next, &ids(&written)).await.unwrap();
    assert_eq!(lease(&mut next, Kind::Event, 10, leased_at + Duration::days(1)).await, []);
    assert_eq!(outbox::backlog(&mut next).await.unwrap(), (0, None));
}

#[tokio::test]
async fn a_relay_that_dies_within_its_transaction_leases_nothing() {
    let database = database().await;
    let (mut dead, mut next) =
        (process(&database).acquire().await.unwrap(), process(&database).acquire().await.unwrap());
    let clock = ambient(1);
    let written = messages(&clock, Kind::Event, 4);
    outbox::write(&mut dead, &written, clock.now()).await.unwrap();
    let mut transaction = dead.begin().await.unwrap();
    assert_eq!(lease(&mut transaction, Kind::Event, 2, clock.now()).await, written[..2]);
    assert_eq!(
        lease(&mut next, Kind::Event, 1, clock.now()).await,
        written[2..3],
        "what another has locked is skipped"
    );
    transaction.rollback().await.unwrap(); // What the server does for a connection that is gone.
    assert_eq!(lease(&mut next, Kind::Event, 10, clock.now()).await, [&written[..2], &written[3..]].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_relays_never_lease_the_same_message() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let clock = ambient(1);
    outbox::write(&mut connection, &messages(&clock, Kind::Event, 1000), clock.now()).await.unwrap();
    let now = clock.now();
    let relays = (0..8).map(|_| {
        let pool = process(&database);
        tokio::spawn(async move {
            let (mut connection, mut leased) = (pool.acquire().await.unwrap(), Vec::new());
            loop {
                let some = lease(&mut connection, Kind::Event, 17, now).await;
                assert!(some.len() <= 17);
                if some.is_empty() {
                    return leased;
                }
                leased.extend(ids(&some));
            }
        })
    });
    let mut leased: Vec<Uuid> = Vec::new();
    for relay in in_time(join_all(relays)).await {
        leased.extend(relay.unwrap());
    }
    assert_eq!(leased.len(), 1000);
    assert_eq!(leased.iter().collect::<HashSet<_>>().len(), 1000);
}

/// Rows come and go, so the planner's picture of the table is always an old one. A plan made for one row must not lease
/// more of fifty than was asked for.
#[tokio::test]
async fn the_limit_holds_whatever_the_planner_believes() {
    let database = database().await;
    let pool = process(&database);
    let mut connection = pool.acquire().await.unwrap();
    let clock = ambient(1);
    let written = messages(&clock, Kind::Event, 51);
    outbox::write(&mut connection, &written[..1], clock.now()).await.unwrap();
    sqlx::query("ANALYZE usher.outbox").execute(&mut *connection).await.unwrap();
    outbox::write(&mut connection, &written[1..], clock.now()).await.unwrap();
    for three in written[..27].chunks(3) {
        assert_eq!(lease(&mut connection, Kind::Event, 3, clock.now()).await, three);
    }
    for three in written[27..].chunks(3) {
        assert_eq!(outbox::take(&mut connection, Kind::Event, 3, clock.now()).await.unwrap(), three);
    }
}

#[tokio::test]
async fn what_is_taken_is_gone_with_its_transaction_and_back_without_it() {
    let database = database().await;
    let (mut one, mut two) = (process(&database).acquire().await.unwrap(), process(&database).acquire().await.unwrap());
    let clock = ambient(1);
    let (events, starts) = (messages(&clock, Kind::Event, 4), messages(&clock, Kind::Start, 1));
    outbox::write(&mut one, &[events.clone(), starts].concat(), clock.now()).await.unwrap();
    let mut undone = one.begin().await.unwrap();
    assert_eq!(outbox::take(&mut undone, Kind::Event, 2, clock.now()).await.unwrap(), events[..2]);
    let mut done = two.begin().await.unwrap();
    assert_eq!(outbox::take(&mut done, Kind::Event, 1, clock.now()).await.unwrap(), events[2..3], "not the other's");
    undone.rollback().await.unwrap();
    done.commit().await.unwrap();
    assert_eq!(
        outbox::take(&mut one, Kind::Event, 9, clock.now()).await.unwrap(),
        [&events[..2], &events[3..]].concat()
    );
    assert_eq!(outbox::take(&mut one, Kind::Event, 9, clock.now()).await.unwrap(), []);
    assert_eq!(outbox::backlog(&mut one).await.unwrap().0, 1, "the start is not due yet, and of another kind");
}

#[tokio::test]
async fn the_backlog_tells_how_many_wait_and_since_when() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let clock = ambient(1);
    let (old, new) = (messages(&clock, Kind::Event, 2), messages(&clock, Kind::Start, 1));
    outbox::write(&mut connection, &new, start() + Duration::hours(1)).await.unwrap();
    outbox::write(&mut connection, &old, start()).await.unwrap();
    assert_eq!(outbox::backlog(&mut connection).await.unwrap(), (3, Some(start())));
    lease(&mut connection, Kind::Event, 10, start()).await;
    assert_eq!(outbox::backlog(&mut connection).await.unwrap(), (3, Some(start())), "what is leased is not sent yet");
    outbox::discard(&mut connection, &ids(&old)).await.unwrap();
    assert_eq!(outbox::backlog(&mut connection).await.unwrap(), (1, Some(start() + Duration::hours(1))));
}

#[tokio::test]
async fn the_same_message_cannot_be_written_twice() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let written = messages(&ambient(1), Kind::Start, 1);
    outbox::write(&mut connection, &written, start()).await.unwrap();
    let error = outbox::write(&mut connection, &written, start()).await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation());
    assert_eq!(count(database.pool(), "SELECT count(*) FROM usher.outbox").await, 1);
}

#[test]
fn an_event_travels_in_its_envelope() {
    let clock = ambient(1);
    let event = usher_database::event::envelope(
        &*clock,
        ("booking.created", 1),
        "bkg_1",
        json!({ "seats": ["A1"], "name": "Ærø 🎭" }),
    );
    assert_eq!((event.kind, event.topic.as_str()), (Kind::Event, "booking.created"));
    let id: EventId = event.payload["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.uuid(), event.id);
    let expected = json!({
        "id": id, "type": "booking.created", "version": 1, "subject": "bkg_1", "time": "2026-11-18T11:06:40Z",
        "data": { "seats": ["A1"], "name": "Ærø 🎭" },
    });
    assert_eq!(event.payload, expected);
}
