//! Several engines at a time: one is suspended until its work was done by others, or killed beside them, and wakes up.

use futures::{StreamExt as _, stream};
use usher_orchestrator::crash_point::Point;

use crate::{machines::machines, process::Process, world::World};

/// How many points are gone through at the same time.
const AT_ONCE: usize = 4;

/// How many executions of each saga the three engines share.
const SHARED: usize = 6;

#[tokio::test]
async fn whoever_was_suspended_at_any_point_until_others_did_its_work_does_nothing_twice() {
    stream::iter(Point::ALL).for_each_concurrent(AT_ONCE, sleeps_at).await;
}

async fn sleeps_at(point: Point) {
    let world = World::new().await;
    world.ask_all("shared").await;
    if point == Point::Loaded {
        Process::armed(&world.url, "suspend:after-commit").suspended("somebody has begun").await;
    }
    let sleeper = Process::armed(&world.url, &format!("suspend:{}", point.name()));
    sleeper.suspended(point.name()).await;
    let other = Process::start(&world.url);
    world.until_ended(machines().len(), point.name()).await; // So all that the sleeper had leased was taken from it.
    other.kill().await;
    sleeper.resume();
    world.settle_with(sleeper, machines().len(), point.name()).await;
}

#[tokio::test]
async fn of_three_engines_one_is_suspended_one_is_killed_and_the_third_does_it_all() {
    let world = World::new().await;
    for round in 0..SHARED {
        world.ask_all(&format!("shared-{round}")).await;
    }
    let all = SHARED * machines().len();
    let sleeper = Process::armed(&world.url, "suspend:timer-leased");
    sleeper.suspended("it leases timers").await; // Before the others come: they might leave it none.
    let (doomed, third) = (Process::start(&world.url), Process::start(&world.url));
    world.until_ended(all / 6, "together").await;
    doomed.kill().await;
    world.until_ended(all, "the third").await;
    sleeper.resume();
    third.stop().await;
    world.settle_with(sleeper, all, "three engines").await;
}
