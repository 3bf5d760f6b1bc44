//! Bringing schemas up to date, again and by several at once.

use std::convert::Infallible;

use futures::future::join_all;
use sqlx::{
    PgPool, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};
use usher_database::migrate::{self, MigrationError, Schema};
use usher_postgres::testing::{TemplateKey, TestDatabase};

use crate::support::{count, in_time, process};

async fn empty() -> TestDatabase {
    TestDatabase::create(TemplateKey::named("empty"), async |_: &PgPool| Ok::<(), Infallible>(())).await.unwrap()
}

fn schema(name: &'static str, files: &[&'static str]) -> Schema {
    let migrations = files.iter().zip(1..).map(|(sql, version)| {
        Migration::new(version, "a file".into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    });
    Schema { name, migrations: Migrator::with_migrations(migrations.collect()) }
}

const WORDS: &str = "CREATE TABLE words.word (text text NOT NULL)";

#[tokio::test]
async fn the_second_run_finds_nothing_to_do() {
    let database = empty().await;
    for _ in 0..2 {
        migrate::run(database.pool(), [migrate::schema(), schema("words", &[WORDS])]).await.unwrap();
        assert_eq!(count(database.pool(), "SELECT count(*) FROM usher.migrations").await, 3);
        assert_eq!(count(database.pool(), "SELECT count(*) FROM words.migrations").await, 1);
    }
    assert_eq!(count(database.pool(), "SELECT count(*) FROM usher.inbox").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_may_migrate_at_once() {
    let database = empty().await;
    let processes = (0..8).map(|_| {
        let pool = process(&database);
        tokio::spawn(async move { migrate::run(&pool, [migrate::schema(), schema("words", &[WORDS])]).await })
    });
    for outcome in in_time(join_all(processes)).await {
        outcome.unwrap().unwrap();
    }
    assert_eq!(count(database.pool(), "SELECT count(*) FROM usher.migrations").await, 3);
    assert_eq!(count(database.pool(), "SELECT count(*) FROM words.word").await, 0);
}

#[tokio::test]
async fn new_files_run_and_old_ones_do_not() {
    let database = empty().await;
    migrate::run(database.pool(), [schema("words", &[WORDS])]).await.unwrap();
    sqlx::query("INSERT INTO words.word VALUES ('kept')").execute(database.pool()).await.unwrap();
    migrate::run(database.pool(), [schema("words", &[WORDS, "ALTER TABLE words.word ADD length integer"])])
        .await
        .unwrap();
    assert_eq!(count(database.pool(), "SELECT count(*) FROM words.word WHERE length IS NULL").await, 1);
}

#[tokio::test]
async fn a_file_that_was_changed_after_it_ran_is_refused_by_name() {
    let database = empty().await;
    migrate::run(database.pool(), [schema("words", &[WORDS])]).await.unwrap();
    let changed = schema("words", &["CREATE TABLE words.word (text text)"]);
    let error = migrate::run(database.pool(), [changed]).await.unwrap_err();
    assert!(matches!(error, MigrationError::Migration { schema: "words", .. }), "{error:?}");
}

/// The lock that keeps migrations apart belongs to a connection; one that failed must not keep it in the pool.
#[tokio::test]
async fn a_migration_that_failed_stands_in_nobodys_way() {
    let database = empty().await;
    let (failing, waiting) = (process(&database), process(&database));
    let error = migrate::run(&failing, [schema("words", &["no such statement"])]).await.unwrap_err();
    assert!(matches!(error, MigrationError::Migration { schema: "words", .. }), "{error:?}");
    in_time(migrate::run(&waiting, [schema("words", &[WORDS])])).await.unwrap();
    in_time(migrate::run(&failing, [schema("words", &[WORDS])])).await.unwrap();
    assert_eq!(count(database.pool(), "SELECT count(*) FROM words.word").await, 0);
}
