//! One engine at a time: it dies at a point, another goes on.

use std::os::unix::process::ExitStatusExt as _;

use futures::{StreamExt as _, stream};
use rustix::process::Signal;
use usher_orchestrator::crash_point::Point;

use crate::{machines::machines, process::Process, world::World};

/// How many points are gone through at the same time: they mostly wait for leases to end.
const AT_ONCE: usize = 4;

#[tokio::test]
async fn whoever_dies_at_any_point_in_any_state_loses_nothing_and_doubles_nothing() {
    stream::iter(Point::ALL).for_each_concurrent(AT_ONCE, dies_at).await;
}

async fn dies_at(point: Point) {
    let world = World::new().await;
    for machine in machines() {
        world.ask(machine.saga, "doomed").await;
        if point == Point::Loaded {
            die(&world, Point::AfterCommit, machine.saga).await; // Whoever began an execution need not load it.
        }
        die(&world, point, machine.saga).await;
    }
    world.settle(machines().len(), point.name()).await;
}

async fn die(world: &World, point: Point, saga: &str) {
    let armed = format!("abort:{}:{saga}", point.name());
    let ended = Process::armed(&world.url, &armed).ended(&armed).await;
    assert_eq!(ended.signal(), Some(Signal::ABORT.as_raw()), "{armed}: it was to die and not to end, {ended}");
}
