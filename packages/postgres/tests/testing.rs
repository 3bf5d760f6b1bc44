//! Databases for tests: isolated, cheap, and gone afterwards.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test itself")]

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{
    Connection as _, PgConnection, PgPool, SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};
use usher_postgres::testing::{TemplateKey, TestDatabase, TestDatabaseError};

fn migrator(sql: &'static str) -> Migrator {
    Migrator::with_migrations(vec![Migration::new(1, "first".into(), MigrationType::Simple, sql.into_sql_str(), false)])
}

async fn databases_named(url: &str, name: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let count = sqlx::query_scalar("select count(*) from pg_database where datname = $1").bind(name);
    count.fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn each_test_has_its_own_and_leaves_none_behind() {
    let one = migrator("create table one.word (text text not null)");
    let two = migrator("create table two.word (text text not null)");
    let list = [("one", &one), ("two", &two)];
    let first = TestDatabase::migrated(&list).await.unwrap();
    let second = TestDatabase::migrated(&list).await.unwrap();
    sqlx::query("insert into one.word values ('mine')").execute(first.pool()).await.unwrap();
    sqlx::query("insert into two.word values ('mine')").execute(first.pool()).await.unwrap();
    let seen: i64 = sqlx::query_scalar("select count(*) from one.word").fetch_one(second.pool()).await.unwrap();
    assert_eq!(seen, 0);

    let (name, mut connected) = (first.name().to_owned(), PgConnection::connect(first.url()).await.unwrap());
    assert_eq!(databases_named(second.url(), &name).await, 1);
    drop(first);
    assert_eq!(databases_named(second.url(), &name).await, 0);
    assert!(connected.ping().await.is_err(), "a forgotten client does not keep the database");
}

#[tokio::test]
async fn equal_migrations_run_once_and_changed_ones_again() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let key = TemplateKey::named(&format!("runs once, {}", std::process::id()));
    let migrate = async |pool: &PgPool| {
        RUNS.fetch_add(1, Ordering::Relaxed);
        sqlx::query("create table counted (number int)").execute(pool).await.map(|_| ())
    };
    let (one, two, three) = tokio::join!(
        TestDatabase::create(key, migrate),
        TestDatabase::create(key, migrate),
        TestDatabase::create(key, migrate),
    );
    for database in [one, two, three] {
        let database = database.unwrap();
        sqlx::query("insert into counted values (1)").execute(database.pool()).await.unwrap();
    }
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);

    let (old, new) = (migrator("select 1"), migrator("select 2"));
    assert_ne!(TemplateKey::of([("a", &old)]), TemplateKey::of([("a", &new)]));
    assert_ne!(TemplateKey::of([("a", &old)]), TemplateKey::of([("b", &old)]));
    assert_eq!(TemplateKey::of([("a", &old)]), TemplateKey::of([("a", &migrator("select 1"))]));
}

#[tokio::test]
async fn a_failed_migration_is_told_and_its_template_made_afresh() {
    let key = TemplateKey::named(&format!("fails first, {}", std::process::id()));
    let failed = TestDatabase::create(key, async |pool: &PgPool| {
        sqlx::query("create table half_made ()").execute(pool).await?;
        sqlx::query("no such statement").execute(pool).await.map(|_| ())
    });
    assert!(matches!(failed.await.unwrap_err(), TestDatabaseError::Migrate(_)));

    let database = TestDatabase::create(key, async |_: &PgPool| Ok::<(), Infallible>(())).await.unwrap();
    let left = sqlx::query_scalar::<_, i64>("select count(*) from pg_tables where tablename = 'half_made'");
    assert_eq!(left.fetch_one(database.pool()).await.unwrap(), 0);
}
