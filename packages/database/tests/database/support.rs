//! What the tests share: a database, a clock that stands still, and ways to wait for a condition instead of a while.

use std::{future::Future, sync::Arc, time::Duration};

use sqlx::PgPool;
use time::OffsetDateTime;
use usher_core::ambient::Scripted;
use usher_database::pool::{self, PoolSettings};
use usher_postgres::testing::TestDatabase;

/// Longer than anything here takes; a condition that is not met by then will not be.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A database with the schema `usher`.
pub async fn database() -> TestDatabase {
    let usher = usher_database::migrate::schema();
    TestDatabase::migrated(&[(usher.name, &usher.migrations)]).await.unwrap()
}

/// A pool as the product opens it: another process, as far as the database can tell.
pub fn process(database: &TestDatabase) -> PgPool {
    pool::open(database.url(), PoolSettings { connections: 4, ..PoolSettings::default() }).unwrap()
}

/// When the clock starts.
pub fn start() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap()
}

/// A clock at [`start`].
pub fn ambient(seed: u64) -> Arc<Scripted> {
    Arc::new(Scripted::new(start(), seed))
}

/// Waits until so many connections of this database wait for a lock.
pub async fn until_blocked(pool: &PgPool, count: i64) {
    let statement =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let blocked = async || sqlx::query_scalar::<_, i64>(statement).fetch_one(pool).await.unwrap();
    let wait = async {
        while blocked().await < count {
            tokio::task::yield_now().await;
        }
    };
    in_time(wait).await;
}

/// The output of a future that has to come to an end.
pub async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it comes to an end")
}

/// The number that a query counts.
pub async fn count(pool: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}
