//! The part of every process that obeys drills: reads the lease, orders the faults, and tells how often they struck.
//!
//! Three things end a fault, and any one is enough: the lease is gone, it ran out, or the process could not read it for as
//! long as it last said that it would hold.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{PgPool, Postgres, pool::PoolConnection, postgres::PgPoolOptions};
use tokio::{sync::broadcast, time::Instant};
use usher_core::{
    ambient::SharedAmbient,
    faults::{Faults, What},
    ids::DrillId,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::lease::{self, Held};

/// How often the lease is looked at without a signal: one small read in five seconds.
const IDLE: Duration = Duration::from_secs(5);

/// How often while a drill is on.
const BEAT: Duration = Duration::from_millis(150);

/// How long a read may take: a watcher that waits for the database must still see its own deadline.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a process counts, by name, since it began.
pub type Counters = Box<dyn Fn() -> BTreeMap<String, u64> + Send + Sync>;

/// The watcher of one process.
pub struct Watcher {
    /// Where the lease is. It keeps a connection of its own: the others may be what a drill takes away.
    pool: PgPool,
    /// Those of which connections may be taken away.
    pools: Vec<PgPool>,
    faults: Faults,
    role: String,
    process: Uuid,
    counters: Counters,
}

/// The drill that is on, as this process knows it.
struct On {
    drill: DrillId,
    deadline: Instant,
    orders: Vec<usher_core::faults::Order>,
    hogged: Vec<PoolConnection<Postgres>>,
}

impl Watcher {
    /// `role` is what this process is there for; `pools` what it works with, the lease's database first.
    pub fn new(pools: Vec<PgPool>, lease: &PgPool, faults: Faults, role: &str, ambient: &SharedAmbient) -> Self {
        let own = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
        Self {
            pool: own.connect_lazy_with((*lease.connect_options()).clone()),
            pools,
            faults,
            role: role.to_owned(),
            process: Uuid::from_u128(ambient.random()),
            counters: Box::new(BTreeMap::new),
        }
    }

    /// Tells these counters along with the hits.
    #[must_use]
    pub fn counting(self, counters: Counters) -> Self {
        Self { counters, ..self }
    }

    /// Watches for ever.
    pub async fn run(self, mut signals: broadcast::Receiver<String>) {
        let mut on: Option<On> = None;
        loop {
            let read = tokio::time::timeout(PATIENCE, lease::read(&self.pool)).await;
            match read {
                Ok(Ok(Some(held))) => on = Some(self.obey(on, held).await),
                Ok(Ok(None)) => {
                    if let Some(over) = on.take() {
                        self.stop(over).await;
                    }
                }
                Ok(Err(_)) | Err(_) => {
                    if on.as_ref().is_some_and(|on| Instant::now() >= on.deadline) {
                        tracing::warn!("the lease of the drill cannot be read and has run out: its faults end");
                        self.faults.clear();
                        on = None;
                    }
                }
            }
            let wait = if on.is_some() { BEAT } else { IDLE };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                told = signals.recv() => {
                    if matches!(told, Err(broadcast::error::RecvError::Closed)) {
                        tokio::time::sleep(wait).await;
                    }
                }
            }
        }
    }

    async fn obey(&self, before: Option<On>, held: Held) -> On {
        let deadline = Instant::now() + held.left;
        let mut on = match before {
            Some(on) if on.drill == held.drill => on,
            _ => {
                tracing::warn!(drill.id = %held.drill, role = self.role, "a drill is on: this process fails on purpose");
                self.faults.forget();
                On { drill: held.drill, deadline, orders: Vec::new(), hogged: Vec::new() }
            }
        };
        on.deadline = deadline;
        if on.orders != held.orders {
            self.faults.set(held.orders.clone(), &self.role, held.seed);
            // A clock and a pool are hit by the order itself.
            for order in held.orders.iter().filter(|order| !on.orders.contains(order)) {
                let mine = order.role.as_deref().is_none_or(|role| role == self.role || self.role == "up");
                if mine && matches!(order.what, What::SkewClock { .. } | What::HogConnections { .. }) {
                    self.faults.struck(&order.id);
                }
            }
            on.orders = held.orders;
        }
        self.hog(&mut on).await;
        if let Err(error) = self.tell(on.drill).await {
            tracing::debug!(%error, "the drill's record was not written");
        }
        on
    }

    /// Takes as many connections as are ordered, or gives them back.
    async fn hog(&self, on: &mut On) {
        let wanted = self.faults.hogged_connections() as usize;
        if wanted == 0 {
            on.hogged.clear();
            return;
        }
        for pool in &self.pools {
            let taken = on.hogged.len();
            for _ in taken..wanted.min(pool.options().get_max_connections() as usize) {
                match tokio::time::timeout(BEAT, pool.acquire()).await {
                    Ok(Ok(connection)) => on.hogged.push(connection),
                    Ok(Err(_)) | Err(_) => break, // The others are at work, and their turn comes with the next beat.
                }
            }
        }
    }

    async fn stop(&self, over: On) {
        self.faults.clear();
        if let Err(error) = self.tell(over.drill).await {
            tracing::debug!(%error, "the drill's record was not written");
        }
        tracing::warn!(drill.id = %over.drill, role = self.role, "the drill is over: nothing fails on purpose any more");
    }

    async fn tell(&self, drill: DrillId) -> Result<(), Failure> {
        let hits: BTreeMap<String, u64> = self.faults.hits().into_iter().map(|hits| (hits.order, hits.count)).collect();
        let (hits, counters) = (serde_json::json!(hits), serde_json::json!((self.counters)()));
        sqlx::query!(
            "INSERT INTO drills.processes (drill, process, role, hits, counters, beat_at) VALUES ($1, $2, $3, $4, $5, now())
             ON CONFLICT (drill, process) DO UPDATE SET hits = EXCLUDED.hits, counters = EXCLUDED.counters, beat_at = now()",
            drill.uuid(),
            self.process,
            self.role,
            hits,
            counters,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// What a process told of a drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it is there for.
    pub role: String,
    /// How often each fault struck, by its id.
    pub hits: BTreeMap<String, u64>,
    /// What it counted since it began, by name.
    pub counters: BTreeMap<String, u64>,
}

/// What all processes told of a drill, those that were killed included.
pub async fn told(pool: &PgPool, drill: DrillId) -> Result<Vec<Told>, Failure> {
    let rows = sqlx::query!(
        "SELECT role, hits, counters FROM drills.processes WHERE drill = $1 ORDER BY beat_at, process",
        drill.uuid()
    );
    let told = rows.fetch_all(pool).await?.into_iter().map(|row| Told {
        role: row.role,
        hits: serde_json::from_value(row.hits).unwrap_or_default(),
        counters: serde_json::from_value(row.counters).unwrap_or_default(),
    });
    Ok(told.collect())
}
