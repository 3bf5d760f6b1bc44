//! A database of its own for every test, in a few dozen milliseconds.
//!
//! Three layers, each made once and shared. `shared` is one throwaway cluster per machine user and checkout: the first
//! test process starts it, all others find it, and it ends by itself half a minute after the last one. `template` is
//! one database per set of migrations, migrated once and then frozen. `database` is a copy of a template, dropped with
//! its value. Two checkouts, two `cargo test` at once, threads or processes: none see each other's databases.
//!
//! `USHER_TEST_DATABASE_URL` puts the last two layers on a server of your choice; its user must be allowed to create
//! databases. A test needs nothing but:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use usher_postgres::testing::TestDatabase;
//! # static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate::Migrator::DEFAULT;
//! let database = TestDatabase::migrated(&[("seating", &MIGRATOR)]).await?;
//! sqlx::query("select 1").execute(database.pool()).await?;
//! # Ok(())
//! # }
//! ```

mod database;
mod error;
mod shared;
mod template;

pub use database::TestDatabase;
pub use error::TestDatabaseError;
pub use template::TemplateKey;

/// The variable that names a server to use instead of the shared cluster.
pub const SERVER_VARIABLE: &str = "USHER_TEST_DATABASE_URL";
