//! Revoking against a real database: safe whenever it comes, and what it frees can be sold again.

use futures::future::join_all;
use time::Duration;
use usher_core::ids::BookingId;
use usher_tickets::{Issuance, Revocation, Revoke, Revoked};

use crate::support::{World, issued, start};

fn cancel(booking: BookingId) -> Revoke {
    Revoke { booking, seats: None, reason: "cancelled by the customer".to_owned(), sealed: key(booking) }
}

/// Under what the tickets of a booking are issued.
fn key(booking: BookingId) -> String {
    format!("{booking}/issue-tickets")
}

#[tokio::test]
async fn revoked_tickets_stay_on_record_with_time_and_reason() {
    let world = World::new().await;
    let order = world.booking(world.showtime(), &["A1", "A2"]);
    let tickets = issued(world.tickets.issue(key(order.booking), order.clone()).await.unwrap());
    world.ambient.advance(Duration::hours(1));
    assert_eq!(world.tickets.revoke("revoke", cancel(order.booking)).await.unwrap(), Revoked { count: 2 });

    let revocation = Revocation { at: start() + Duration::hours(1), reason: "cancelled by the customer".to_owned() };
    let stored = world.tickets.of_booking(order.booking).await.unwrap();
    assert_eq!(stored.len(), 2);
    assert!(stored.iter().all(|ticket| !ticket.is_valid() && ticket.revoked.as_ref() == Some(&revocation)));
    assert!(!world.tickets.ticket(tickets[0].id).await.unwrap().unwrap().is_valid());
}

#[tokio::test]
async fn revoking_again_or_what_was_never_issued_changes_nothing() {
    let world = World::new().await;
    let never = world.booking(world.showtime(), &["A1"]).booking;
    assert_eq!(world.tickets.revoke("never", cancel(never)).await.unwrap(), Revoked { count: 0 });

    let order = world.booking(world.showtime(), &["A1"]);
    issued(world.tickets.issue(key(order.booking), order.clone()).await.unwrap());
    assert_eq!(world.tickets.revoke("one", cancel(order.booking)).await.unwrap(), Revoked { count: 1 });
    let stored = world.tickets.of_booking(order.booking).await.unwrap();
    world.ambient.advance(Duration::hours(1));
    let same_key = world.tickets.revoke("one", cancel(order.booking)).await.unwrap();
    assert_eq!(same_key, Revoked { count: 1 }, "a repeated delivery gets the first answer");
    let other_key = world.tickets.revoke("two", cancel(order.booking)).await.unwrap();
    assert_eq!(other_key, Revoked { count: 0 });
    assert_eq!(world.tickets.of_booking(order.booking).await.unwrap(), stored, "the first time and reason stand");
}

#[tokio::test]
async fn two_revocations_in_one_batch_count_each_ticket_once() {
    let world = World::new().await;
    let order = world.booking(world.showtime(), &["A1", "A2", "A3"]);
    issued(world.tickets.issue(key(order.booking), order.clone()).await.unwrap());
    let (one, two) = tokio::join!(
        world.tickets.revoke("one", cancel(order.booking)),
        world.tickets.revoke("two", cancel(order.booking)),
    );
    assert_eq!(one.unwrap().count + two.unwrap().count, 3);
}

#[tokio::test]
async fn a_revoked_seat_can_be_issued_to_another_booking() {
    let world = World::new().await;
    let showtime = world.showtime();
    let (first, second) = (world.booking(showtime, &["A1"]), world.booking(showtime, &["A1"]));
    let before = world.tickets.issue(key(first.booking), first.clone()).await.unwrap();
    world.tickets.revoke("revoke", cancel(first.booking)).await.unwrap();
    issued(world.tickets.issue("second", second.clone()).await.unwrap());

    assert_eq!(
        world.tickets.issue(key(first.booking), first.clone()).await.unwrap(),
        before,
        "a late delivery is only answered"
    );
    let both = world.tickets.of_bookings(&[first.booking, second.booking]).await.unwrap();
    let standing: Vec<_> = both.iter().map(|ticket| (ticket.booking, ticket.is_valid())).collect();
    let mut expected = [(first.booking, false), (second.booking, true)];
    expected.sort_unstable();
    assert_eq!(standing, expected);
}

#[tokio::test]
async fn a_booking_can_get_its_own_seat_back_after_a_revocation() {
    let world = World::new().await;
    let order = world.booking(world.showtime(), &["A1"]);
    let first = issued(world.tickets.issue(key(order.booking), order.clone()).await.unwrap());
    world.tickets.revoke("revoke", cancel(order.booking)).await.unwrap();
    let Issuance::Issued { tickets: second } = world.tickets.issue("again", order.clone()).await.unwrap() else {
        panic!("the seat is free");
    };
    assert_ne!(first[0].id, second[0].id);
    let valid =
        world.tickets.of_booking(order.booking).await.unwrap().into_iter().filter(usher_tickets::Ticket::is_valid);
    assert_eq!(valid.map(|ticket| ticket.id).collect::<Vec<_>>(), [second[0].id]);
}

#[tokio::test]
async fn an_issuing_that_comes_after_the_revocation_issues_nothing() {
    let world = World::new().await;
    let order = world.booking(world.showtime(), &["A1"]);
    assert_eq!(world.tickets.revoke("revoke", cancel(order.booking)).await.unwrap(), Revoked { count: 0 });
    assert_eq!(world.tickets.issue(key(order.booking), order.clone()).await.unwrap(), Issuance::Revoked);
    assert_eq!(world.tickets.of_booking(order.booking).await.unwrap(), []);
    assert!(world.events().await.is_empty());
}

#[tokio::test]
async fn whoever_is_first_no_ticket_outlives_its_revocation() {
    let world = World::new().await;
    let (showtime, another) = (world.showtime(), world.another_process(2));
    let orders: Vec<_> = (1..=40).map(|n| world.booking(showtime, &[&format!("A{n}"), &format!("B{n}")])).collect();
    let both = orders.iter().map(|order| async {
        let issue = world.tickets.issue(key(order.booking), order.clone());
        let revoke = another.revoke(format!("{}/revoke-tickets", order.booking), cancel(order.booking));
        let (issued, revoked) = tokio::join!(issue, revoke);
        (issued.unwrap(), revoked.unwrap())
    });
    for ((issued, revoked), order) in join_all(both).await.into_iter().zip(&orders) {
        let stored = world.tickets.of_booking(order.booking).await.unwrap();
        assert!(stored.iter().all(|ticket| !ticket.is_valid()), "{stored:?}");
        let expected = if issued == Issuance::Revoked { 0 } else { 2 };
        assert_eq!((stored.len(), revoked.count), (expected, u32::try_from(expected).unwrap()));
    }
}
