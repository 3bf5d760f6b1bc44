//! Handing over within a process: fast while all goes well, and nothing more than a lease when it does not.

use std::time::Duration;

use futures::poll;
use sqlx::Acquire;
use usher_messaging::queue::{Delivery, TaskQueue};

use super::world::{EmbeddedProcess, EmbeddedWorld};
use crate::suite::world::PATIENCE;

/// Shows that somebody here has room for one message, and goes away again.
async fn makes_room(process: &EmbeddedProcess) {
    assert_eq!(process.queue.receive("q", 1, Duration::ZERO).await.unwrap(), []);
}

fn message(body: &str) -> Vec<(String, String)> {
    vec![("q".to_owned(), body.to_owned())]
}

async fn receive(process: &EmbeddedProcess) -> Delivery {
    process.queue.receive("q", 1, PATIENCE).await.unwrap().remove(0)
}

async fn leased(process: &EmbeddedProcess) -> (i64, i64) {
    let depth = process.queue.depth("q").await.unwrap();
    (depth.leased, depth.waiting)
}

#[tokio::test]
async fn what_is_sent_while_somebody_here_waits_is_written_as_leased_to_them() {
    let world = EmbeddedWorld::new().await;
    let process = world.start().await;
    makes_room(&process).await;
    let mut waiting = Box::pin(receive(&process));
    assert!(poll!(&mut waiting).is_pending());
    let mut connection = process.pool.acquire().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    let mut enlisted = process.queue.enlist(&mut transaction, message("handed")).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(leased(&process).await, (1, 0), "before anybody was told");
    enlisted.release();
    let delivery = waiting.await;
    assert_eq!((delivery.body.as_str(), delivery.receives), ("handed", 1));
    process.queue.ack(&delivery.receipt).await.unwrap();
    assert_eq!(leased(&process).await, (0, 0));
}

#[tokio::test]
async fn what_nobody_here_has_room_for_waits_for_everybody() {
    let world = EmbeddedWorld::new().await;
    let (process, other) = (world.start().await, world.start().await);
    makes_room(&process).await;
    process.queue.send("q", vec!["handed".to_owned(), "left".to_owned()]).await.unwrap();
    assert_eq!(leased(&process).await, (1, 1));
    assert_eq!(receive(&other).await.body, "left");
    assert_eq!(receive(&process).await.body, "handed");
}

#[tokio::test]
async fn a_transaction_that_is_undone_delivers_nothing_and_gives_the_place_back() {
    let world = EmbeddedWorld::new().await;
    let process = world.start().await;
    makes_room(&process).await;
    for _ in 0..3 {
        let mut connection = process.pool.acquire().await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        let enlisted = process.queue.enlist(&mut transaction, message("undone")).await.unwrap();
        transaction.rollback().await.unwrap();
        drop(enlisted);
    }
    assert_eq!(leased(&process).await, (0, 0));
    process.queue.send("q", vec!["done".to_owned()]).await.unwrap();
    assert_eq!(leased(&process).await, (1, 0), "the place was free for this one");
    assert_eq!(receive(&process).await.body, "done");
    world.ambient.advance(time::Duration::minutes(5));
    assert_eq!(receive(&process).await.body, "done");
}

#[tokio::test]
async fn whoever_stopped_waiting_is_handed_nothing_any_more() {
    let world = EmbeddedWorld::new().await;
    let (draining, other) = (world.start().await, world.start().await);
    makes_room(&draining).await; // So that it waits in memory, and not for a look into the table that somebody is to abandon.
    let mut waiting = Box::pin(receive(&draining));
    assert!(poll!(&mut waiting).is_pending());
    drop(waiting);
    draining.queue.send("q", vec!["for the others".to_owned()]).await.unwrap();
    assert_eq!(receive(&other).await.body, "for the others");
}

#[tokio::test]
async fn a_statement_that_fails_gives_the_place_back() {
    let world = EmbeddedWorld::new().await;
    let process = world.start().await;
    makes_room(&process).await;
    let mut connection = process.pool.acquire().await.unwrap();
    process.queue.enlist(&mut connection, message("with a \0 in it")).await.unwrap_err();
    process.queue.send("q", vec!["done".to_owned()]).await.unwrap();
    assert_eq!(leased(&process).await, (1, 0));
}

#[tokio::test]
async fn what_was_committed_and_never_handed_over_comes_when_its_lease_ends() {
    let world = EmbeddedWorld::new().await;
    let (dying, next) = (world.start().await, world.start().await);
    makes_room(&dying).await;
    let mut connection = dying.pool.acquire().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    let enlisted = dying.queue.enlist(&mut transaction, message("orphan")).await.unwrap();
    transaction.commit().await.unwrap();
    drop(enlisted); // The process dies between commit and release.
    assert_eq!(next.queue.receive("q", 1, Duration::ZERO).await.unwrap(), []);
    world.ambient.advance(time::Duration::seconds(29));
    assert_eq!(next.queue.receive("q", 1, Duration::ZERO).await.unwrap(), []);
    world.ambient.advance(time::Duration::seconds(1));
    let delivery = receive(&next).await;
    assert_eq!((delivery.body.as_str(), delivery.receives), ("orphan", 2));
}

#[tokio::test]
async fn what_was_handed_to_a_process_that_died_goes_to_another() {
    let world = EmbeddedWorld::new().await;
    let (dying, next) = (world.start().await, world.start().await);
    makes_room(&dying).await;
    dying.queue.send("q", vec!["in its memory".to_owned()]).await.unwrap();
    assert_eq!(leased(&next).await, (1, 0));
    drop(dying);
    world.ambient.advance(time::Duration::seconds(30));
    assert_eq!(receive(&next).await.body, "in its memory");
}

/// The messages of many queues are numbered in the order in which they are given, whatever the database does inside.
#[tokio::test]
async fn every_message_of_a_batch_gets_its_own_row() {
    let world = EmbeddedWorld::new().await;
    let process = world.start().await;
    for queue in ["a", "b", "c"] {
        process.queue.receive(queue, 50, Duration::ZERO).await.unwrap();
    }
    let messages: Vec<(String, String)> = (0..120)
        .map(|number| (["a", "b", "c"][number % 3].to_owned(), format!("{}{number}", ["a", "b", "c"][number % 3])))
        .collect();
    let mut connection = process.pool.acquire().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    let mut enlisted = process.queue.enlist(&mut transaction, messages).await.unwrap();
    transaction.commit().await.unwrap();
    enlisted.release();
    for queue in ["a", "b", "c"] {
        let deliveries = process.queue.receive(queue, 50, Duration::ZERO).await.unwrap();
        assert_eq!(deliveries.len(), 40);
        assert!(deliveries.iter().all(|delivery| delivery.body.starts_with(queue)), "{deliveries:?}");
        // Acknowledging half of them by receipt leaves exactly the rows of the other half.
        for delivery in &deliveries[..20] {
            process.queue.ack(&delivery.receipt).await.unwrap();
        }
        let rows: Vec<String> = sqlx::query_scalar("SELECT body FROM messaging.messages WHERE queue = $1 ORDER BY id")
            .bind(queue)
            .fetch_all(&process.pool)
            .await
            .unwrap();
        assert_eq!(rows, deliveries[20..].iter().map(|delivery| delivery.body.clone()).collect::<Vec<_>>());
    }
}
