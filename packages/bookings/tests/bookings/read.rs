//! Reading: one, many at once, and a customer's history in pages.

use futures::future::join_all;
use usher_bookings::Status;
use usher_core::ids::{BookingId, UserId};

use crate::world::World;

#[tokio::test]
async fn a_history_comes_in_pages_newest_first() {
    let mut world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(world.booking(Status::Requested).await);
    }
    let owner = world.user;
    world.user = UserId::new(&*world.ambient);
    let strange = world.booking(Status::Requested).await;
    ids.reverse();
    let (mut cursor, mut seen) = (None, Vec::new());
    loop {
        let page = world.bookings.of_user(owner, cursor, 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        cursor = Some(last.id);
        seen.extend(page.into_iter().map(|booking| booking.id));
    }
    assert_eq!(seen, ids);
    let others = world.bookings.of_user(world.user, None, 10).await.unwrap();
    assert_eq!(others.into_iter().map(|booking| booking.id).collect::<Vec<_>>(), [strange]);
    assert_eq!(world.bookings.of_user(UserId::new(&*world.ambient), None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_comes_meanwhile_does_not_disturb_the_pages() {
    let world = World::new().await;
    let (old, middle) = (world.booking(Status::Requested).await, world.booking(Status::Requested).await);
    let first = world.bookings.of_user(world.user, None, 1).await.unwrap();
    assert_eq!(first[0].id, middle);
    world.booking(Status::Requested).await;
    let second = world.bookings.of_user(world.user, Some(first[0].id), 1).await.unwrap();
    assert_eq!(second[0].id, old);
}

#[tokio::test]
async fn many_who_read_at_once_each_get_their_own() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(world.booking(Status::Requested).await);
        ids.push(BookingId::new(&*world.ambient));
    }
    let asked: Vec<BookingId> = ids.iter().cycle().take(400).copied().collect();
    let read = join_all(asked.iter().map(|id| world.bookings.get(*id))).await;
    for (place, (id, booking)) in asked.iter().zip(read).enumerate() {
        let booking = booking.unwrap();
        assert_eq!(booking.is_some(), place % 2 == 0);
        assert!(booking.is_none_or(|booking| booking.id == *id));
    }
}
