//! Bringing schemas up to date.
//!
//! Each crate that owns tables owns a schema and a folder of migrations, one subject a file, and keeps its own record of
//! which ran. No order between crates is needed: no query crosses a schema.

use std::borrow::Cow;

use sqlx::{PgPool, migrate::Migrator};

use crate::Failure;

/// One schema and the migrations that make it.
#[derive(Debug)]
pub struct Schema {
    /// The schema's name in PostgreSQL.
    pub name: &'static str,
    /// Its migrations, embedded by `sqlx::migrate!()`.
    pub migrations: Migrator,
}

/// The schema of this crate. It goes into every database that holds a context.
pub fn schema() -> Schema {
    Schema { name: "usher", migrations: sqlx::migrate!() }
}

/// Why a schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] Failure),
    /// A migration failed, or one that ran was changed since.
    #[error("schema {schema} could not be migrated")]
    Migration {
        /// The schema.
        schema: &'static str,
        /// What sqlx says.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
}

/// Runs what has not run yet. Several processes may do this at once: sqlx takes an advisory lock. It belongs to the
/// connection and is not given back when a migration fails, so that connection is closed instead of going back to the pool.
pub async fn run(pool: &PgPool, schemas: impl IntoIterator<Item = Schema>) -> Result<(), MigrationError> {
    for Schema { name, migrations } in schemas {
        let migrations = Migrator {
            table_name: Cow::Owned(format!("{name}.migrations")),
            create_schemas: Cow::Owned(vec![Cow::Borrowed(name)]),
            ..migrations
        };
        let mut connection = pool.acquire().await.map_err(Failure::from)?;
        if let Err(source) = migrations.run_direct(None, &mut *connection, false).await {
            drop(connection.detach());
            return Err(MigrationError::Migration { schema: name, source });
        }
    }
    Ok(())
}
