//! Whether traffic should be sent here: what this process needs answers, and it is not on its way out.
//!
//! Not the same as being alive: a process whose database is away must be left running, or a restart of the database
//! becomes a restart of everything.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, join_all};
use sqlx::PgPool;
use tokio::time::timeout;

/// How long a check may take. Probes give up after a few seconds themselves.
const PATIENCE: Duration = Duration::from_secs(2);

/// The checks of a process, and whether it is draining. Cheap to clone; clones are one.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    checks: Arc<[Check]>,
    draining: Arc<AtomicBool>,
}

/// Something that this process needs.
pub struct Check {
    name: &'static str,
    run: Box<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>,
}

impl Check {
    /// A check of this name; `run` tells whether the thing works.
    pub fn new(name: &'static str, run: impl Fn() -> BoxFuture<'static, bool> + Send + Sync + 'static) -> Self {
        Self { name, run: Box::new(run) }
    }

    /// Whether a database answers.
    pub fn database(name: &'static str, pool: PgPool) -> Self {
        Self::new(name, move || {
            let pool = pool.clone();
            Box::pin(async move { usher_database::pool::ping(&pool).await.is_ok() })
        })
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

impl Readiness {
    /// Ready while all of these are.
    pub fn new(checks: Vec<Check>) -> Self {
        Self { checks: checks.into(), draining: Arc::default() }
    }

    /// From now on no traffic should come; what is under way is finished.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the process is on its way out.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Each check and whether the thing works, all asked at once.
    pub async fn look(&self) -> Vec<(&'static str, bool)> {
        join_all(self.checks.iter().map(async |check| {
            let works = timeout(PATIENCE, (check.run)()).await.unwrap_or(false);
            (check.name, works)
        }))
        .await
    }
}
