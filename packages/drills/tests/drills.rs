//! Who may, what holds, and what ends it, on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "tests may")]

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::broadcast;
use usher_core::{
    faults::{Act, Faults, Order, Point, Subject},
    ids::DrillId,
};
use usher_drills::{
    lease::{self, Lease, LeaseError},
    mark,
    watch::{self, Watcher},
};
use usher_postgres::testing::TestDatabase;
use usher_telemetry::ambient;

async fn database() -> TestDatabase {
    let schema = usher_drills::schema();
    TestDatabase::migrated(&[(schema.name, &schema.migrations)]).await.unwrap()
}

fn fresh() -> DrillId {
    DrillId::new(&*ambient::system())
}

async fn eventually(what: impl AsyncFn() -> bool) -> bool {
    let looking = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looking).await.is_ok()
}

#[tokio::test]
async fn only_a_marked_database_is_drilled_and_only_by_one() {
    let database = database().await;
    let pool = database.pool();
    let refused = Lease::take(pool.clone(), fresh(), 1).await.unwrap_err();
    assert!(matches!(refused, LeaseError::NotMarked) && refused.to_string().contains("mark-for-drills"), "{refused}");
    mark::give(pool, "a test").await.unwrap();
    let lease = Lease::take(pool.clone(), fresh(), 1).await.unwrap();
    assert!(matches!(Lease::take(pool.clone(), fresh(), 1).await, Err(LeaseError::Taken)));
    lease.renew().await.unwrap();
    lease.end().await.unwrap();
    let next = Lease::take(pool.clone(), fresh(), 1).await.unwrap();
    mark::take(pool).await.unwrap();
    assert_eq!(lease::read(pool).await.unwrap(), None, "without the mark nothing holds any more");
    next.end().await.unwrap();
}

#[tokio::test]
async fn a_process_obeys_and_tells_and_everything_ends_when_the_runner_dies() {
    let database = database().await;
    let pool = database.pool();
    mark::give(pool, "a test").await.unwrap();
    let (faults, (told, signals)) = (Faults::default(), broadcast::channel(16));
    let ambient = ambient::system();
    let watcher = Watcher::new(vec![pool.clone()], pool, faults.clone(), "worker", &ambient);
    let watcher = watcher.counting(Box::new(|| BTreeMap::from([("duplicates".to_owned(), 3)])));
    let watching = tokio::spawn(watcher.run(signals));
    let drill = fresh();
    let lease = Lease::take(pool.clone(), drill, 7).await.unwrap();
    let elsewhere = Order { role: Some("engine".to_owned()), ..Order::at("theirs", Point::BeforeAck, Act::Crash) };
    lease.order(&[Order::at("ours", Point::BeforeToken, Act::Crash), elsewhere]).await.unwrap();
    told.send(String::new()).unwrap();
    assert!(eventually(async || faults.is_on()).await, "the process heard of it");
    let subject = Subject { saga: "booking", execution: "bkg_1", step: "reserve-seats", booking: None };
    assert_eq!(faults.at(Point::BeforeToken, &subject), Some(Act::Crash));
    assert_eq!(faults.at(Point::BeforeAck, &subject), None, "that is for another role");
    let hit = async || {
        let told = watch::told(pool, drill).await.unwrap();
        told.iter().any(|told| told.hits.get("ours") == Some(&1) && told.counters["duplicates"] == 3)
    };
    assert!(eventually(hit).await, "it told what struck");

    // Nobody renews the lease any more; its end comes sooner here, so that the test need not wait for it.
    drop(lease);
    sqlx::query("UPDATE drills.lease SET until = now() + interval '300 milliseconds'").execute(pool).await.unwrap();
    assert!(eventually(async || !faults.is_on()).await, "the faults ended with the lease");
    assert_eq!(faults.at(Point::BeforeToken, &subject), None);
    let successor = Lease::take(pool.clone(), fresh(), 1).await.expect("the next drill need not wait");
    successor.end().await.unwrap();
    watching.abort();
}

#[tokio::test]
async fn a_process_that_cannot_read_its_lease_any_more_stops_by_itself() {
    let database = database().await;
    let pool = database.pool();
    mark::give(pool, "a test").await.unwrap();
    let (faults, (told, signals)) = (Faults::default(), broadcast::channel(16));
    let ambient = ambient::system();
    let watching = tokio::spawn(Watcher::new(Vec::new(), pool, faults.clone(), "worker", &ambient).run(signals));
    let lease = Lease::take(pool.clone(), fresh(), 7).await.unwrap();
    lease.order(&[Order::at("ours", Point::BeforeToken, Act::Crash)]).await.unwrap();
    sqlx::query("UPDATE drills.lease SET until = now() + interval '2 seconds'").execute(pool).await.unwrap();
    told.send(String::new()).unwrap();
    assert!(eventually(async || faults.is_on()).await);
    // From now on it reads nothing: what it asks fails.
    sqlx::query("ALTER TABLE drills.lease RENAME TO gone").execute(pool).await.unwrap();
    assert!(eventually(async || !faults.is_on()).await, "it stopped when the time was over that it had last heard of");
    watching.abort();
}
