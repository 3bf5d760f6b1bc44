//! Issuing against a real database: once for each booking, never twice for a seat.

use crate::support::{World, issued, seat, start};
use futures::future::join_all;
use time::Duration;
use usher_core::money::{Currency, Money};
use usher_tickets::{CodeRefused, Issuance, Revoke};

#[tokio::test]
async fn a_booking_gets_a_ticket_for_each_seat_and_one_event() {
    let world = World::new().await;
    let order = world.booking(world.showtime(), &["B10", "B2"]);
    let tickets = issued(world.tickets.issue("one", order.clone()).await.unwrap());
    assert_eq!(tickets.iter().map(|ticket| ticket.seat.as_str()).collect::<Vec<_>>(), ["B10", "B2"]);

    let stored = world.tickets.of_booking(order.booking).await.unwrap();
    assert_eq!(stored.iter().map(|ticket| ticket.seat.as_str()).collect::<Vec<_>>(), ["B2", "B10"]);
    assert_eq!(stored[0].id, tickets[1].id);
    assert_eq!(stored[0].code, tickets[1].code);
    assert_eq!((stored[0].user, stored[0].showtime), (order.user, order.showtime));
    assert_eq!((stored[0].price, stored[0].issued_at), (Money::new(1250, Currency::EUR), start()));
    assert!(stored.iter().all(usher_tickets::Ticket::is_valid));
    assert_eq!(world.tickets.ticket(stored[0].id).await.unwrap().as_ref(), Some(&stored[0]));

    let events = world.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["type"], &events[0]["version"]), (&"ticket_issued".into(), &1.into()));
    assert_eq!(events[0]["subject"], order.booking.to_string());
    assert_eq!(events[0]["data"]["tickets"][0]["id"], tickets[0].id.to_string());
    assert!(
        !events[0].to_string().contains(tickets[0].code.as_str()),
        "a code lets people in, so events do not carry it"
    );
}

#[tokio::test]
async fn issuing_twice_gives_the_same_tickets() {
    let world = World::new().await;
    let order = world.booking(world.showtime(), &["A1", "A2"]);
    let first = world.tickets.issue("one", order.clone()).await.unwrap();
    assert_eq!(world.tickets.issue("one", order.clone()).await.unwrap(), first, "the same delivery again");
    assert_eq!(world.tickets.issue("two", order.clone()).await.unwrap(), first, "the same booking by another way");
    assert_eq!(world.another_process(2).issue("one", order.clone()).await.unwrap(), first, "in another process");
    assert_eq!(world.tickets.of_booking(order.booking).await.unwrap().len(), 2);
    assert_eq!(world.events().await.len(), 1, "what changed nothing tells nobody");
}

#[tokio::test]
async fn a_seat_that_is_named_twice_gets_one_ticket_and_no_seat_none() {
    let world = World::new().await;
    let twice = world.booking(world.showtime(), &["A1", "A1"]);
    assert_eq!(issued(world.tickets.issue("twice", twice).await.unwrap()).len(), 1);
    let none = world.booking(world.showtime(), &[]);
    assert_eq!(issued(world.tickets.issue("none", none).await.unwrap()).len(), 0);
    assert_eq!(world.events().await.len(), 1);
}

#[tokio::test]
async fn a_seat_with_a_valid_ticket_refuses_the_second_booking_as_a_whole() {
    let world = World::new().await;
    let showtime = world.showtime();
    let first = world.booking(showtime, &["A1", "A2"]);
    issued(world.tickets.issue("first", first).await.unwrap());

    let second = world.booking(showtime, &["A2", "A3"]);
    let refused = Issuance::SeatsTaken { seats: vec![seat("A2")] };
    assert_eq!(world.tickets.issue("second", second.clone()).await.unwrap(), refused);
    assert_eq!(world.tickets.issue("second", second.clone()).await.unwrap(), refused, "and stays refused");
    assert_eq!(world.tickets.of_booking(second.booking).await.unwrap(), []);

    let third = world.booking(showtime, &["A3"]);
    assert_eq!(issued(world.tickets.issue("third", third).await.unwrap()).len(), 1, "A3 was not left behind taken");
    let elsewhere = world.booking(world.showtime(), &["A2"]);
    assert_eq!(issued(world.tickets.issue("elsewhere", elsewhere).await.unwrap()).len(), 1);
    assert_eq!(world.events().await.len(), 3);
}

#[tokio::test]
async fn many_bookings_that_fight_over_seats_leave_each_seat_with_one_owner() {
    let world = World::new().await;
    let showtime = world.showtime();
    let processes = [world.tickets.clone(), world.another_process(2), world.another_process(3)];
    let orders: Vec<_> = (0..60_u32)
        .map(|n| world.booking(showtime, &[&format!("A{}", n % 20 + 1), &format!("A{}", (n + 1) % 20 + 1)]))
        .collect();
    let attempts = orders.iter().enumerate().map(|(n, order)| {
        let (process, order) = (&processes[n % 3], order.clone());
        async move { process.issue(format!("order-{n}"), order).await.unwrap() }
    });
    let outcomes = join_all(attempts).await;
    let winners = outcomes.iter().filter(|outcome| matches!(outcome, Issuance::Issued { .. })).count();
    assert!(winners > 0);

    let bookings: Vec<_> = orders.iter().map(|order| order.booking).collect();
    let stored = world.tickets.of_bookings(&bookings).await.unwrap();
    assert_eq!(stored.len(), winners * 2, "who was refused has no ticket, who was not has two");
    let mut seats: Vec<_> = stored.iter().map(|ticket| &ticket.seat).collect();
    seats.sort();
    seats.dedup();
    assert_eq!(seats.len(), stored.len(), "no seat has two tickets");
    assert_eq!(world.events().await.len(), winners);
}

#[tokio::test]
async fn codes_verify_offline_in_every_process_and_tampered_ones_do_not() {
    let world = World::new().await;
    let another = world.another_process(2);
    let (here, there) = tokio::join!(world.tickets.verifier(), another.verifier());
    assert_eq!(here.clone().unwrap(), there.unwrap(), "two processes that start at once share one key");

    let order = world.booking(world.showtime(), &["C7"]);
    let ticket = issued(world.tickets.issue("one", order.clone()).await.unwrap()).remove(0);
    let door = usher_tickets::Verifier::new(here.unwrap().public_key().try_into().unwrap());
    let claims = door.verify(ticket.code.as_str()).unwrap();
    assert_eq!((claims.ticket, claims.showtime, claims.seat), (ticket.id, order.showtime, seat("C7")));
    assert_eq!(claims.starts_at, start() + Duration::days(1));

    let tampered = format!("{}A{}", &ticket.code.as_str()[..90], &ticket.code.as_str()[91..]);
    assert_eq!(door.verify(&tampered), Err(CodeRefused::Forged));
    assert_eq!(door.verify(&ticket.code.as_str()[1..]), Err(CodeRefused::Malformed));
    let svg = usher_tickets::qr::svg(&ticket.code).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
}

#[tokio::test]
async fn a_database_without_the_schema_is_a_failure_that_trying_again_does_not_mend() {
    let usher = usher_database::migrate::schema();
    let database = usher_postgres::testing::TestDatabase::migrated(&[(usher.name, &usher.migrations)]).await.unwrap();
    let world = World::new().await;
    let tickets = usher_tickets::Tickets::new(database.pool().clone(), world.ambient.clone());
    let order = world.booking(world.showtime(), &["A1"]);
    let revoke = Revoke {
        booking: order.booking,
        seats: None,
        reason: "test".to_owned(),
        sealed: "undone/issue-tickets".to_owned(),
    };
    assert!(!tickets.issue("one", order).await.unwrap_err().is_transient());
    assert!(!tickets.revoke("two", revoke).await.unwrap_err().is_transient());
}
