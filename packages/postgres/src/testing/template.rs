//! The migrated database that all copies are taken from.
//!
//! Its name is a hash of the migrations, so a changed file makes a new template and an old one is never reused by
//! mistake. It is made under an advisory lock, and only a finished one is marked as a template and closed to
//! connections: what a crash leaves half-made is dropped and made again.

use std::{
    borrow::Cow,
    error::Error,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use sqlx::{
    AssertSqlSafe, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::TestDatabaseError;

/// Which template a test wants. Equal keys share one, so everything that shapes the schema belongs into the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateKey(u64);

impl TemplateKey {
    /// The key of a list of schemas and their migrations, by content.
    pub fn of<'a>(migrations: impl IntoIterator<Item = (&'a str, &'a Migrator)>) -> Self {
        let mut hasher = DefaultHasher::new();
        for (schema, migrator) in migrations {
            schema.hash(&mut hasher);
            for migration in migrator.iter() {
                (migration.version, &migration.description, &migration.checksum).hash(&mut hasher);
            }
        }
        Self(hasher.finish())
    }

    /// A key for a schema that is made in another way; `text` must change whenever that way does.
    pub fn named(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        ("named", text).hash(&mut hasher);
        Self(hasher.finish())
    }

    fn database(self) -> String {
        format!("usher_template_{:016x}", self.0)
    }
}

/// Makes the template unless it is there, and answers the name of its database. `admin` is a connection to the server's
/// `postgres` database.
pub(super) async fn ensure<E: Into<Box<dyn Error + Send + Sync>>>(
    admin: &mut PgConnection,
    server: &PgConnectOptions,
    key: TemplateKey,
    migrate: impl AsyncFnOnce(&PgPool) -> Result<(), E>,
) -> Result<String, TestDatabaseError> {
    let name = key.database();
    if is_finished(admin, &name).await? {
        return Ok(name);
    }
    // The lock ends with the connection at the latest, so a test that is killed here blocks nobody.
    let lock = i64::from_ne_bytes(key.0.to_ne_bytes());
    sqlx::query("select pg_advisory_lock($1)").bind(lock).execute(&mut *admin).await?;
    let made = make(admin, server, &name, migrate).await;
    sqlx::query("select pg_advisory_unlock($1)").bind(lock).execute(&mut *admin).await?;
    made.map(|()| name)
}

async fn is_finished(admin: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    let finished = sqlx::query("select from pg_database where datname = $1 and datistemplate").bind(name);
    Ok(finished.fetch_optional(admin).await?.is_some())
}

async fn make<E: Into<Box<dyn Error + Send + Sync>>>(
    admin: &mut PgConnection,
    server: &PgConnectOptions,
    name: &str,
    migrate: impl AsyncFnOnce(&PgPool) -> Result<(), E>,
) -> Result<(), TestDatabaseError> {
    // Somebody else may have made it while we waited for the lock.
    if is_finished(admin, name).await? {
        return Ok(());
    }
    run(admin, format!("drop database if exists {name} with (force)")).await?;
    run(admin, format!("create database {name}")).await?;
    let pool = PgPoolOptions::new().max_connections(2).connect_with(server.clone().database(name)).await?;
    let migrated = migrate(&pool).await.map_err(|error| TestDatabaseError::Migrate(error.into()));
    pool.close().await;
    migrated?;
    run(admin, format!("alter database {name} with is_template true allow_connections false")).await?;
    Ok(())
}

/// Runs a statement whose names are our own.
pub(super) async fn run(admin: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    sqlx::query(AssertSqlSafe(statement)).execute(admin).await.map(|_| ())
}

/// Runs the migrations of a list, each in its own schema, and keeps the books where the application keeps them: what
/// starts on such a database finds nothing left to do.
pub(super) async fn migrate_all(
    pool: &PgPool,
    migrations: &[(&str, &Migrator)],
) -> Result<(), Box<dyn Error + Send + Sync>> {
    for (schema, migrator) in migrations {
        let migrator = Migrator {
            migrations: migrator.migrations.clone(),
            table_name: Cow::Owned(format!("{schema}.migrations")),
            create_schemas: Cow::Owned(vec![Cow::Owned((*schema).to_owned())]),
            ..Migrator::DEFAULT
        };
        migrator.run(pool).await?;
    }
    Ok(())
}
