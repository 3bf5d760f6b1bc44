//! What carries the messages, or runs the sagas, is killed in the middle of two hundred sagas, twice, and comes back: all of
//! them end, and nothing is lost or doubled. A broker comes back with what it had. AWS, as far as one machine can show it,
//! comes back knowing nothing: executions and messages are gone, and what was lost begins again.

use futures::future::join_all;
use usher_bookings::Status;
use usher_emulator::Emulator;

use crate::world::{World, eventually};

const SAGAS: usize = 200;

/// How many have ended at each death: some have not begun then, and most are somewhere between.
const DEATHS: [i64; 2] = [20, 100];

/// Books, lets something die in the middle and come back, and sees that everything ends well.
async fn survives(world: &World, mut dies: impl AsyncFnMut()) {
    let seats: Vec<String> = world.showtime.seat_map.seats().map(|seat| seat.name.to_string()).collect();
    // Where the hall is smaller than that, the last ones find their seat taken, which is an end as well.
    let booked = (0..SAGAS).map(|index| {
        let seat = &seats[index % seats.len()];
        async move { world.book(&[seat], "pm_ok").await }
    });
    let booked = join_all(booked).await;
    for ended in DEATHS {
        let enough = eventually(async || (world.ended().await >= ended).then_some(())).await;
        enough.expect("sagas end until something dies");
        dies().await;
    }
    let mut confirmed = 0;
    for id in booked {
        let booking = world.until(id, &[Status::Confirmed, Status::Rejected]).await;
        confirmed += usize::from(booking.status == Status::Confirmed);
    }
    assert_eq!(confirmed, SAGAS.min(seats.len()), "every seat that was asked for is sold");
    assert_eq!(world.provider_effects().await, (confirmed, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_in_the_middle_of_two_hundred_sagas_loses_none() {
    let mut broker = usher_rabbitmq::testing::broker(&["usher"]).await.unwrap();
    let flags = ["--messaging", "amqp", "--amqp-url", &broker.url("usher")].map(str::to_owned);
    let world = World::on(&[], &flags).await;
    survives(&world, async || {
        broker.kill().await.unwrap();
        broker.start().await.unwrap();
    })
    .await;
    world.settle().await;
    broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_forgets_two_hundred_sagas_has_them_begun_again() {
    let mut emulator = Emulator::start().await.unwrap();
    let flags = ["--engine", "stepfunctions", "--aws-endpoint", emulator.endpoint(), "--stage", "drill"];
    let world = World::on(&[], &flags.map(str::to_owned)).await;
    survives(&world, async || {
        emulator.kill().await.unwrap();
        emulator.restart().await.unwrap();
        world.furnish_again().await;
    })
    .await;
    assert!(world.begun_again().await > 0, "the drill hit nothing");
    world.settle().await;
}
