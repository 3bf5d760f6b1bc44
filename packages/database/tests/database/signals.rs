//! Wake-up calls within a process and between processes.

use tokio::sync::broadcast::{Receiver, error::TryRecvError};
use usher_database::{
    failure::Failure,
    signals::{Signals, notify},
};
use usher_postgres::testing::TestDatabase;

use crate::support::{database, in_time, process};

/// A process that listens to `jobs`; ready once it hears its own test call.
async fn listening(database: &TestDatabase) -> Signals {
    let signals = Signals::default();
    let mut ready = signals.subscribe("ready");
    tokio::spawn(signals.clone().listen(process(database), &["jobs", "ready"]));
    in_time(async {
        while ready.try_recv().is_err() {
            let mut connection = database.pool().acquire().await.unwrap();
            notify(&mut connection, "ready", "?").await.unwrap();
            tokio::task::yield_now().await;
        }
    })
    .await;
    signals
}

async fn next(receiver: &mut Receiver<String>) -> String {
    in_time(receiver.recv()).await.unwrap()
}

#[tokio::test]
async fn what_is_committed_is_heard_by_every_process_and_what_is_undone_by_none() {
    let database = database().await;
    let (here, there) = (listening(&database).await, listening(&database).await);
    let mut receivers = [here.subscribe("jobs"), here.subscribe("jobs"), there.subscribe("jobs")];
    let mut undone = database.pool().begin().await.unwrap();
    notify(&mut undone, "jobs", "undone").await.unwrap();
    undone.rollback().await.unwrap();
    let mut done = database.pool().begin().await.unwrap();
    notify(&mut done, "jobs", "done").await.unwrap();
    done.commit().await.unwrap();
    for receiver in &mut receivers {
        assert_eq!(next(receiver).await, "done");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_opened_again() {
    let database = database().await;
    let signals = listening(&database).await;
    let mut receiver = signals.subscribe("jobs");
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'";
    let killed: i64 = sqlx::query_scalar(kill).fetch_one(database.pool()).await.unwrap();
    assert_eq!(killed, 1);
    let heard = in_time(async {
        loop {
            let mut connection = database.pool().acquire().await.unwrap();
            notify(&mut connection, "jobs", "again").await.unwrap();
            if let Ok(payload) = receiver.try_recv() {
                return payload;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(heard.await, "again");
}

#[tokio::test]
async fn within_a_process_no_database_is_needed() {
    let signals = Signals::default();
    signals.wake("jobs", "nobody hears this");
    let (mut jobs, mut others) = (signals.subscribe("jobs"), signals.subscribe("others"));
    signals.wake("jobs", "one");
    assert_eq!(jobs.try_recv().unwrap(), "one");
    assert_eq!(others.try_recv().unwrap_err(), TryRecvError::Empty);
}

/// What a caller has to know of an error is whether the same call can succeed later.
#[tokio::test]
async fn what_goes_away_by_itself_is_told_from_what_does_not() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    for (statement, transient) in [
        ("SELECT 1 / 0", false),
        ("SELECT * FROM nothing", false),
        ("INSERT INTO usher.inbox VALUES (NULL, '1', now())", false),
        ("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '53300'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '57P01'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '23514'; END $$", false),
    ] {
        let failure = Failure::from(sqlx::query(statement).execute(&mut *connection).await.unwrap_err());
        assert_eq!(failure.is_transient(), transient, "{statement}: {failure:?}");
    }
    assert!(Failure::from(sqlx::Error::PoolTimedOut).is_transient());
    assert!(!Failure::from(sqlx::Error::RowNotFound).is_transient());
    assert!(Failure::ShuttingDown.is_transient());
}
