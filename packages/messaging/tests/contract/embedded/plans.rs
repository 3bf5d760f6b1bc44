//! What could go wrong between this adapter and its database.

use std::time::Duration;

use usher_messaging::error::MessagingError;
use usher_messaging::queue::{Receipt, TaskQueue};

use super::world::EmbeddedWorld;

/// Rows live for milliseconds, so the planner's picture of the table is always an old one. A plan made for one row must
/// not lease more of fifty than was asked for.
#[tokio::test]
async fn no_more_than_max_is_leased_whatever_the_planner_believes() {
    let world = EmbeddedWorld::new().await;
    let (sender, receiver) = (world.start().await, world.start().await);
    sender.queue.send("q", vec!["0".to_owned()]).await.unwrap();
    sqlx::query("ANALYZE messaging.messages").execute(world.database.pool()).await.unwrap();
    sender.queue.send("q", (1..51).map(|number| number.to_string()).collect()).await.unwrap();
    for received in 1..=17 {
        assert_eq!(receiver.queue.receive("q", 3, Duration::ZERO).await.unwrap().len(), 3);
        assert_eq!(receiver.queue.depth("q").await.unwrap().leased, received * 3);
    }
}

#[tokio::test]
async fn a_receipt_of_another_queue_system_is_refused_for_good() {
    let world = EmbeddedWorld::new().await;
    let process = world.start().await;
    let foreign = Receipt("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a".to_owned());
    let refused = [
        process.queue.extend(&foreign).await.map(drop).unwrap_err(),
        process.queue.reject(&foreign, "x").await.unwrap_err(),
        process.queue.give_back(std::slice::from_ref(&foreign)).await.unwrap_err(),
    ];
    for error in refused {
        assert!(matches!(error, MessagingError::Refused(_)), "{error:?}");
    }
    let cursor = process.queue.dead_letters("q", Some("not a cursor"), 1).await.unwrap_err();
    assert!(matches!(cursor, MessagingError::Refused(_)), "{cursor:?}");
}

#[tokio::test]
async fn a_lease_can_have_another_length() {
    let world = EmbeddedWorld::new().await;
    let queue = world.start().await.queue.with_lease(time::Duration::seconds(5));
    queue.send("q", vec!["short".to_owned()]).await.unwrap();
    queue.receive("q", 1, Duration::ZERO).await.unwrap();
    world.ambient.advance(time::Duration::milliseconds(4999));
    assert_eq!(queue.receive("q", 1, Duration::ZERO).await.unwrap(), []);
    world.ambient.advance(time::Duration::milliseconds(1));
    assert_eq!(queue.receive("q", 1, Duration::ZERO).await.unwrap().len(), 1);
}
