//! Telling: one message for each intent, and the log of its delivery.

use futures::future::join_all;
use time::Duration;
use usher_core::ids::NotificationId;
use usher_notifications::{MoneyBack, Notice, TellError};

use crate::support::{World, start};

#[tokio::test]
async fn a_message_is_written_word_for_word() {
    let world = World::new().await;
    let tell = world.rejection("Nightfall");
    let told = world.notifications.tell(tell.clone()).await.unwrap();
    assert!(!told.repeated);

    let messages = world.notifications.of_booking(tell.booking).await.unwrap();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!((message.id, &message.intent, message.user), (told.id, &tell.intent, tell.user));
    assert_eq!(message.template, "booking-rejected");
    assert_eq!(message.subject, "Your booking for Nightfall could not be made");
    assert!(message.body.starts_with("Hello,") && message.body.ends_with(&format!("Booking {}", tell.booking)));
    assert_eq!((message.created_at, message.delivered_at), (start(), None));
}

#[tokio::test]
async fn telling_twice_is_one_row_and_the_first_words_stand() {
    let world = World::new().await;
    let tell = world.rejection("Nightfall");
    let first = world.notifications.tell(tell.clone()).await.unwrap();
    let mut other = tell.clone();
    other.notice = Notice::BookingCancelled {
        movie: "Other".to_owned(),
        seats: Vec::new(),
        is_part: false,
        by_house: false,
        money: MoneyBack::Nothing,
    };
    for process in [&world.notifications, &world.another_process()] {
        let again = process.tell(other.clone()).await.unwrap();
        assert_eq!((again.id, again.repeated), (first.id, true));
    }
    let messages = world.notifications.of_booking(tell.booking).await.unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].template, "booking-rejected");
}

#[tokio::test]
async fn an_intent_that_many_tell_at_once_from_two_processes_is_one_row() {
    let world = World::new().await;
    let tells = [world.rejection("One"), world.rejection("Two")];
    let another = world.another_process();
    let all = (0..80).map(|n| {
        let process = if n % 2 == 0 { &world.notifications } else { &another };
        process.tell(tells[n / 2 % 2].clone())
    });
    let told: Vec<_> = join_all(all).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(told.iter().filter(|told| !told.repeated).count(), 2, "one first time for each intent");
    for tell in &tells {
        assert_eq!(world.notifications.of_booking(tell.booking).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn delivery_is_noted_once() {
    let world = World::new().await;
    let tell = world.rejection("Nightfall");
    let id = world.notifications.tell(tell.clone()).await.unwrap().id;
    world.ambient.advance(Duration::minutes(1));
    assert!(world.notifications.delivered(id).await.unwrap());
    world.ambient.advance(Duration::minutes(1));
    assert!(!world.notifications.delivered(id).await.unwrap());
    assert!(!world.notifications.delivered(NotificationId::new(&*world.ambient)).await.unwrap());
    let messages = world.notifications.of_booking(tell.booking).await.unwrap();
    assert_eq!(messages[0].delivered_at, Some(start() + Duration::minutes(1)));
}

#[tokio::test]
async fn a_database_without_the_schema_is_a_failure_that_trying_again_does_not_mend() {
    let world = World::new().await;
    sqlx::query("DROP SCHEMA notifications CASCADE").execute(world.database.pool()).await.unwrap();
    let error = world.notifications.tell(world.rejection("Nightfall")).await.unwrap_err();
    assert!(matches!(error, TellError::Database(_)) && !error.is_transient());
}
