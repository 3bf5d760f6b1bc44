//! A private cluster with the embedded queue and engine over it, and workers that answer at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, ensure};
use sqlx::PgPool;
use usher_core::{ambient::SharedAmbient, ids::BookingId};
use usher_database::{
    migrate,
    pool::{self, PoolSettings},
    signals::Signals,
};
use usher_messaging::embedded::{EmbeddedQueue, queue};
use usher_orchestrator::embedded::{self, EmbeddedOrchestrator};
use usher_postgres::{Cluster, Durability};
use usher_telemetry::ambient;
use usher_workflows::orchestrator::Orchestrator as _;

use super::{
    super::{
        crowd::{Pace, crowd},
        meter::Meter,
    },
    ends::Ends,
    machines::{self, Machine},
    worker::Worker,
};
use crate::{commands::start, lifecycle::Lifecycle};

/// How long one execution may take before something must be wrong.
const PATIENCE: Duration = Duration::from_mins(5);

/// Everything that is measured, and what measures it.
pub struct World {
    pub engine: EmbeddedOrchestrator,
    pub meter: Meter,
    ambient: SharedAmbient,
    /// How many executions were run to their end.
    ended: AtomicU64,
    ends: Arc<Ends>,
    pool: PgPool,
    lifecycle: Lifecycle,
    cluster: Cluster,
    folder: tempfile::TempDir,
}

impl World {
    /// Starts it in a temporary folder.
    pub async fn start(durability: Durability) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("usher-bench-").tempdir()?;
        let cluster = start::private_cluster(folder.path().join("postgres"), durability).await?;
        let url = cluster.url(start::DATABASE);
        let pool = pool::open(&url, PoolSettings::default())?;
        migrate::run(&pool, [migrate::schema(), queue::schema(), embedded::schema()]).await?;
        let (ambient, signals) = (ambient::system(), Signals::default());
        let queue = EmbeddedQueue::new(pool.clone(), ambient.clone(), &signals);
        let sagas = machines::ALL.map(|machine| machine.deployed());
        let engine = EmbeddedOrchestrator::deploy(pool.clone(), ambient.clone(), queue.clone(), &sagas).await?;

        let mut lifecycle = Lifecycle::default();
        let listening = pool.clone();
        lifecycle.spawn_endless("signals", async move { signals.listen(listening, &[queue::CHANNEL]).await });
        let timers = engine.clone();
        lifecycle.spawn_endless("timers", async move { timers.run_timers().await });
        let ends = Arc::new(Ends::default());
        let worker = Worker { queue, engine: engine.clone(), ends: Arc::clone(&ends) };
        for step in machines::ALL.iter().flat_map(|machine| machine.steps) {
            lifecycle.spawn_endless(step, worker.clone().run(step));
        }
        let meter = Meter::new(std::process::id(), u32::try_from(cluster.process())?, url)?;
        Ok(Self { engine, meter, ambient, ended: AtomicU64::default(), ends, pool, lifecycle, cluster, folder })
    }

    /// Runs executions to their end, `concurrency` at once.
    pub async fn run(&self, machine: Machine, concurrency: usize, executions: usize) -> anyhow::Result<Pace> {
        let (engine, ends, ambient) = (self.engine.clone(), Arc::clone(&self.ends), self.ambient.clone());
        let pace = crowd(concurrency, executions, move |_| {
            let (engine, ends, name) = (engine.clone(), Arc::clone(&ends), BookingId::new(&*ambient).to_string());
            async move {
                let end = ends.expect(&name);
                engine.start(machine.saga, &name, machine.input(&name)).await?;
                tokio::time::timeout(PATIENCE, end).await.context("an execution did not end")???;
                Ok(())
            }
        })
        .await?;
        self.ended.fetch_add(executions as u64, Ordering::Relaxed);
        Ok(pace)
    }

    /// Starts executions that stay open, and gives the name of the last one.
    pub async fn open(&self, machine: Machine, executions: usize) -> anyhow::Result<String> {
        let (engine, ambient) = (self.engine.clone(), self.ambient.clone());
        crowd(256, executions.saturating_sub(1), move |_| {
            let (engine, name) = (engine.clone(), BookingId::new(&*ambient).to_string());
            async move { Ok(engine.start(machine.saga, &name, machine.input(&name)).await?) }
        })
        .await?;
        let last = BookingId::new(&*self.ambient).to_string();
        self.engine.start(machine.saga, &last, machine.input(&last)).await?;
        Ok(last)
    }

    /// Makes sure that every execution that was begun so far has succeeded: otherwise the figures mean nothing.
    pub async fn check(&self) -> anyhow::Result<()> {
        let (succeeded, all): (i64, i64) = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE status = 'SUCCEEDED'), count(*) FROM orchestrator.executions",
        )
        .fetch_one(&self.meter.database)
        .await?;
        let ended = i64::try_from(self.ended.load(Ordering::Relaxed))?;
        ensure!(
            (succeeded, all) == (ended, ended),
            "{ended} executions were run, {all} are there and {succeeded} have succeeded"
        );
        Ok(())
    }

    /// Stops everything, and removes what it wrote.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.lifecycle.end().await;
        self.pool.close().await;
        self.meter.database.close().await;
        let data_dir = self.cluster.data_dir().to_owned();
        self.cluster.stop().await?;
        if data_dir.exists() {
            std::fs::remove_dir_all(data_dir)?; // Not always inside of the folder.
        }
        self.folder.close()?;
        Ok(())
    }
}
