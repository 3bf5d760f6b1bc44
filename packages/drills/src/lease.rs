//! What holds now: at most one drill, with its faults, until a moment that its runner puts off as long as it lives.
//!
//! The database's clock is the only one that counts, because the others may be part of the drill.

use std::time::Duration;

use serde_json::Value;
use sqlx::PgPool;
use usher_core::{faults::Order, ids::DrillId};
use usher_database::Failure;

/// How long faults hold when nobody puts it off: ten renewals, so that a database restart of a few seconds does not end a
/// drill whose subject it is, and short enough for whoever watched the runner die.
pub const LIFE: Duration = Duration::from_secs(10);

/// The same for the database.
const LIFE_SECONDS: f64 = 10.0;

/// What processes hear of a change by.
pub const CHANNEL: &str = "usher_drills";

/// Why a drill does not begin.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] Failure),
    /// Nobody said that this database may be drilled.
    #[error("this database is not marked for drills: `usher db mark-for-drills` says that nobody depends on it")]
    NotMarked,
    /// Two drills would blame each other's faults.
    #[error("another drill is on; it ends by itself within {} s of its runner's death", LIFE.as_secs())]
    Taken,
    /// Orders that are not JSON.
    #[error("the orders cannot be written")]
    Orders(#[from] serde_json::Error),
}

impl From<sqlx::Error> for LeaseError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// What a process reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Which drill.
    pub drill: DrillId,
    /// Decides whom a share hits.
    pub seed: u64,
    /// What goes wrong. What this version cannot read is left out.
    pub orders: Vec<Order>,
    /// How long it holds from now on.
    pub left: Duration,
}

/// The runner's end of it.
#[derive(Debug, Clone)]
pub struct Lease {
    pool: PgPool,
    /// Whose it is.
    pub drill: DrillId,
}

impl Lease {
    /// Takes the lease for a drill, without any fault yet.
    pub async fn take(pool: PgPool, drill: DrillId, seed: u64) -> Result<Self, LeaseError> {
        if !crate::mark::is_given(&pool).await? {
            return Err(LeaseError::NotMarked);
        }
        let taken = sqlx::query!(
            "INSERT INTO drills.lease AS held (drill, seed, orders, until) VALUES ($1, $2, '[]', now() + make_interval(secs => $3))
             ON CONFLICT (only_one) DO UPDATE SET drill = EXCLUDED.drill, seed = EXCLUDED.seed, orders = '[]', until = EXCLUDED.until
             WHERE held.until < now()",
            drill.uuid(),
            seed.cast_signed(),
            LIFE_SECONDS,
        );
        if taken.execute(&pool).await?.rows_affected() == 0 {
            return Err(LeaseError::Taken);
        }
        let lease = Self { pool, drill };
        lease.tell().await?;
        Ok(lease)
    }

    /// Replaces what goes wrong, and puts the end off.
    pub async fn order(&self, orders: &[Order]) -> Result<(), LeaseError> {
        let orders = serde_json::to_value(orders)?;
        let set = sqlx::query!(
            "UPDATE drills.lease SET orders = $2, until = now() + make_interval(secs => $3) WHERE drill = $1",
            self.drill.uuid(),
            orders,
            LIFE_SECONDS,
        );
        if set.execute(&self.pool).await?.rows_affected() == 0 {
            return Err(LeaseError::Taken);
        }
        self.tell().await
    }

    /// Puts the end off. Every second is enough.
    pub async fn renew(&self) -> Result<(), LeaseError> {
        let renewed = sqlx::query!(
            "UPDATE drills.lease SET until = now() + make_interval(secs => $2) WHERE drill = $1",
            self.drill.uuid(),
            LIFE_SECONDS,
        );
        if renewed.execute(&self.pool).await?.rows_affected() == 0 { Err(LeaseError::Taken) } else { Ok(()) }
    }

    /// Ends every fault and the lease.
    pub async fn end(self) -> Result<(), LeaseError> {
        sqlx::query!("DELETE FROM drills.lease WHERE drill = $1", self.drill.uuid()).execute(&self.pool).await?;
        self.tell().await
    }

    async fn tell(&self) -> Result<(), LeaseError> {
        let mut connection = self.pool.acquire().await?;
        Ok(usher_database::signals::notify(&mut connection, CHANNEL, "").await?)
    }
}

/// What holds now, if anything does and may.
pub async fn read(pool: &PgPool) -> Result<Option<Held>, Failure> {
    let row = sqlx::query!(
        r#"SELECT drill, seed, orders, extract(epoch FROM until - now())::float8 AS "left!" FROM drills.lease
           WHERE until > now() AND EXISTS (SELECT FROM drills.mark)"#
    );
    let Some(row) = row.fetch_optional(pool).await? else { return Ok(None) };
    let orders = match row.orders {
        Value::Array(orders) => orders,
        _ => Vec::new(),
    };
    Ok(Some(Held {
        drill: DrillId::from(row.drill),
        seed: row.seed.cast_unsigned(),
        orders: orders.into_iter().filter_map(|order| serde_json::from_value(order).ok()).collect(),
        left: Duration::try_from_secs_f64(row.left).unwrap_or_default(),
    }))
}
