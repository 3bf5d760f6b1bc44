//! Connections: one pool for each database, shared by every context that lives in it.

use std::{str::FromStr, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::Failure;

/// How a pool behaves.
#[derive(Debug, Clone, Copy)]
pub struct PoolSettings {
    /// The most connections. Each lane of a group commit keeps one while it has work, some twenty in all; the others
    /// serve reads.
    pub connections: u32,
    /// How long a caller waits for one before it is told that the database is unavailable.
    pub patience: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self { connections: 48, patience: Duration::from_secs(3) }
    }
}

/// Opens a pool without connecting: a database that is away at start-up is the same as one that goes away later.
pub fn open(url: &str, settings: PoolSettings) -> Result<PgPool, Failure> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("usher")
        .statement_cache_capacity(256)
        // Planning a statement anew costs more than running it, so plans are made once; and because they are made when the
        // tables are still small, they must not choose to read whole tables, which they would go on doing as these grow.
        .options([
            ("plan_cache_mode", "force_generic_plan"),
            ("enable_seqscan", "off"),
            ("jit", "off"),
            // A process that is suspended in the middle of a transaction must not hold its locks for ever.
            ("idle_in_transaction_session_timeout", "10s"),
        ]);
    Ok(PgPoolOptions::new()
        .max_connections(settings.connections)
        .acquire_timeout(settings.patience)
        .test_before_acquire(false) // A broken connection fails its batch, which is tried again; a ping each time costs a round trip.
        .connect_lazy_with(options))
}

/// Whether the database answers at all.
pub async fn ping(pool: &PgPool) -> Result<(), Failure> {
    sqlx::query_scalar!(r#"SELECT 1 AS "one!""#).fetch_one(pool).await?;
    Ok(())
}
