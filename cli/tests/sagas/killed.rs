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

/// Waits until so many have ended. What was lost is missed first and then begun again, which takes its time.
async fn have_ended(world: &World, wanted: i64) {
    for _ in 0..3 {
        if eventually(async || (world.ended().await >= wanted).then_some(())).await.is_some() {
            return;
        }
    }
    panic!("{} of {wanted} sagas have ended", world.ended().await);
}

/// Books, lets something die in the middle and come back, and sees that everything ends well.
async fn survives(world: &World, mut dies: impl AsyncFnMut()) {
    let seats: Vec<String> = world.showtime.seat_map.seats().map(|seat| seat.name.to_string()).collect();
    // Where the hall is smaller than that, the last ones find their seat taken, which is an end as well.
    let requests = (0..SAGAS).map(|index| {
        let seat = &seats[index % seats.len()];
        async move { world.request(&[seat], "pm_ok", None).await }
    });
    let booked = join_all(requests).await;
    // What cannot be started, because nobody is there to do it, is found by the relay.
    let starting = join_all(booked.iter().map(|id| world.try_start(*id)));
    let dying = async {
        for ended in DEATHS {
            have_ended(world, ended).await;
            dies().await;
        }
    };
    tokio::join!(starting, dying);
    have_ended(world, SAGAS.try_into().unwrap()).await;
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
    // Bookings may have ended whose customers were not told yet: those executions are missed a little later.
    let quiet = eventually(async || world.is_quiet().await.then_some(())).await;
    quiet.expect("what was lost ends");
    assert!(world.begun_again().await > 0, "the drill hit nothing");
    world.settle().await;
}
