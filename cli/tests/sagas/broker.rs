//! The broker is killed in the middle of two hundred sagas, twice, and comes back: all of them end, and nothing is lost or
//! doubled.

use futures::future::join_all;
use usher_bookings::Status;

use crate::world::{World, eventually};

const SAGAS: usize = 200;

/// How many have ended when the broker is killed: some have not begun then, and most are somewhere between.
const DEATHS: [i64; 2] = [20, 100];

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_in_the_middle_of_two_hundred_sagas_loses_none() {
    let mut broker = usher_rabbitmq::testing::broker(&["usher"]).await.unwrap();
    let flags = ["--messaging", "amqp", "--amqp-url", &broker.url("usher")].map(str::to_owned);
    let world = World::on(&[], &flags).await;
    let seats: Vec<String> = world.showtime.seat_map.seats().map(|seat| seat.name.to_string()).collect();
    // Where the hall is smaller than that, the last ones find their seat taken, which is an end as well.
    let booked = join_all((0..SAGAS).map(|index| {
        let (world, seat) = (&world, &seats[index % seats.len()]);
        async move { world.book(&[seat], "pm_ok").await }
    }));
    let booked = booked.await;
    for ended in DEATHS {
        let enough = eventually(async || (world.ended().await >= ended).then_some(())).await;
        enough.expect("sagas end while there is a broker");
        broker.kill().await.unwrap();
        broker.start().await.unwrap();
    }
    let mut confirmed = 0;
    for id in booked {
        let booking = world.until(id, &[Status::Confirmed, Status::Rejected]).await;
        confirmed += usize::from(booking.status == Status::Confirmed);
    }
    assert_eq!(confirmed, SAGAS.min(seats.len()), "every seat that was asked for is sold");
    assert_eq!(world.provider_effects().await, (confirmed, 0));
    world.settle().await;
    broker.stop().await.unwrap();
}
