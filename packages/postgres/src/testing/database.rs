//! The database of one test.

use std::{
    error::Error,
    str::FromStr as _,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    SERVER_VARIABLE, TestDatabaseError, shared,
    template::{self, TemplateKey, ensure, run},
};
use crate::secret::random_hex;

/// The most connections of one test's pool: enough for a test that lets sixteen clients fight over a seat, and few enough
/// for dozens of tests at once on the shared cluster.
const POOL: u32 = 16;

/// A test that waits longer than this for a connection has leaked them all.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(30);

/// A database with its pool. Dropping it disconnects everybody and drops the database.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    server: PgConnectOptions,
    url: String,
    pool: PgPool,
}

impl TestDatabase {
    /// A database with these migrations, each in the schema named beside it.
    pub async fn migrated(migrations: &[(&str, &Migrator)]) -> Result<Self, TestDatabaseError> {
        let key = TemplateKey::of(migrations.iter().copied());
        Self::create(key, async |pool: &PgPool| template::migrate_all(pool, migrations).await).await
    }

    /// A database as `migrate` leaves it. That runs only for the first test with this key; the others get copies.
    pub async fn create<E: Into<Box<dyn Error + Send + Sync>>>(
        key: TemplateKey,
        migrate: impl AsyncFnOnce(&PgPool) -> Result<(), E>,
    ) -> Result<Self, TestDatabaseError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = server().await?;
        let mut admin = PgConnection::connect_with(&server).await?;
        let template = ensure(&mut admin, &server, key, migrate).await?;
        let chance = random_hex(4).map_err(TestDatabaseError::file("/dev/urandom"))?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("usher_test_{}_{count}_{chance}", std::process::id());
        // Copying files beats logging their pages four times over (60 ms against 220) where nothing waits for a disk.
        run(&mut admin, format!("create database {name} template {template} strategy file_copy")).await?;
        admin.close().await?;
        let own = server.clone().database(&name);
        let url = own.to_url_lossy().to_string();
        let pool = PgPoolOptions::new().max_connections(POOL).acquire_timeout(ACQUIRE_LIMIT).connect_lazy_with(own);
        Ok(Self { name, server, url, pool })
    }

    /// The pool of this test, at most sixteen connections.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The address, for what makes its own connections.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Runs on a thread of its own, because the runtime of the test cannot be blocked on from inside; and it waits, because
/// the test's process may end right after.
impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || -> Result<(), TestDatabaseError> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map_err(TestDatabaseError::file("the runtime"))?.block_on(async {
                let mut admin = PgConnection::connect_with(&server).await?;
                run(&mut admin, format!("drop database if exists {name} with (force)")).await?;
                admin.close().await?;
                Ok(())
            })
        });
        match dropping.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(database = %self.name, %error, "a test database is left behind"),
            Err(_) => tracing::warn!(database = %self.name, "a test database is left behind"),
        }
    }
}

/// The server's `postgres` database.
async fn server() -> Result<PgConnectOptions, TestDatabaseError> {
    let url = match std::env::var(SERVER_VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        _ => shared::url().await?,
    };
    // Dropping many databases is not news.
    Ok(PgConnectOptions::from_str(&url)?.database("postgres").disable_statement_logging())
}
