//! The faults, each at its time: applied, and taken back.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, bail};
use futures::future::join_all;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::{sync::Mutex as AsyncMutex, time::Instant};
use tokio_util::sync::CancellationToken;
use usher_core::faults::Order;
use usher_drills::{
    definition::{Action, Fault, file::Target},
    lease::Lease,
    report,
};

use super::{run::Progress, stage::Stage};

/// How often it is looked who waits for a lock.
const LOOK: Duration = Duration::from_millis(100);

/// The faults of a drill while it runs.
pub struct Schedule<'s> {
    stage: &'s Stage,
    lease: &'s Lease,
    orders: AsyncMutex<Vec<Order>>,
    rows: Mutex<Vec<report::Fault>>,
    /// When the first customer comes.
    first: Instant,
    progress: &'s Progress,
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl<'s> Schedule<'s> {
    pub fn new(stage: &'s Stage, lease: &'s Lease, faults: &[Fault], first: Instant, progress: &'s Progress) -> Self {
        let rows = faults.iter().map(|fault| report::Fault {
            id: fault.id.clone(),
            what: fault.what.clone(),
            target: fault.target.clone(),
            planned_at: milliseconds(fault.at),
            planned_for: fault.lasts.map(milliseconds),
            applied_at: None,
            reverted_at: None,
            hits: None,
            trouble: None,
        });
        Self { stage, lease, orders: AsyncMutex::default(), rows: Mutex::new(rows.collect()), first, progress }
    }

    /// What was planned and what was done.
    pub fn rows(&self) -> Vec<report::Fault> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Applies every fault at its time, and takes it back after its time or when `over`.
    pub async fn play(&self, faults: &[Fault], over: &CancellationToken) {
        join_all(faults.iter().map(|fault| self.play_one(fault, over))).await;
    }

    async fn play_one(&self, fault: &Fault, over: &CancellationToken) {
        tokio::select! {
            () = tokio::time::sleep_until(self.first + fault.at) => {}
            () = over.cancelled() => return, // It never came to that, and the report says so.
        }
        self.progress.say(&format!("{}: {} on {}", fault.id, fault.what, fault.target));
        if let Err(error) = self.apply_and_revert(fault, over).await {
            self.change(fault, |row| row.trouble = Some(format!("{error:#}")));
        }
    }

    fn change(&self, fault: &Fault, change: impl FnOnce(&mut report::Fault)) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = rows.iter_mut().find(|row| row.id == fault.id) {
            change(row);
        }
    }

    fn applied(&self, fault: &Fault) {
        let at = milliseconds(self.first.elapsed());
        self.change(fault, |row| row.applied_at = Some(at));
    }

    fn reverted(&self, fault: &Fault) {
        let at = milliseconds(self.first.elapsed());
        self.change(fault, |row| row.reverted_at = Some(at));
    }

    async fn last(&self, fault: &Fault, over: &CancellationToken) {
        let until = async {
            match fault.lasts {
                Some(lasts) => tokio::time::sleep(lasts).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = until => {}
            () = over.cancelled() => {}
        }
    }

    async fn apply_and_revert(&self, fault: &Fault, over: &CancellationToken) -> anyhow::Result<()> {
        match &fault.action {
            Action::Order(order) => {
                self.order(|orders| orders.push(order.clone())).await?;
                self.applied(fault);
                self.last(fault, over).await;
                self.order(|orders| orders.retain(|held| held.id != order.id)).await?;
            }
            Action::Provider(order) => {
                let before = self.stage.provider_hits().await.unwrap_or_default();
                self.stage.order(order).await?;
                self.applied(fault);
                self.last(fault, over).await;
                self.stage.end_provider_faults().await?;
                let hits = self.stage.provider_hits().await.unwrap_or_default().saturating_sub(before);
                self.change(fault, |row| row.hits = Some(hits));
            }
            Action::Process { role, suspend } => self.process(fault, *role, *suspend, over).await?,
            Action::Server { target, kill } => {
                let hands = self.stage.hands.as_ref().context("no hand on the servers")?;
                hands.take_down(*target, *kill).await?;
                self.applied(fault);
                self.change(fault, |row| row.hits = Some(1));
                self.last(fault, over).await;
                hands.bring_back(*target).await?;
            }
            Action::Lock { table } => self.lock(fault, table, over).await?,
            Action::Plant(planted) => {
                super::judge::plant(self.stage, *planted).await?;
                self.applied(fault);
                self.change(fault, |row| row.hits = Some(1));
            }
        }
        self.reverted(fault);
        Ok(())
    }

    /// Changes what is ordered from the product.
    async fn order(&self, change: impl FnOnce(&mut Vec<Order>)) -> anyhow::Result<()> {
        let mut orders = self.orders.lock().await;
        change(&mut orders);
        // The database may be what is away at the moment.
        let mut last = Ok(());
        for _ in 0..10 {
            last = self.lease.order(&orders).await;
            if last.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok(last?)
    }

    async fn process(
        &self,
        fault: &Fault,
        role: Target,
        suspend: bool,
        over: &CancellationToken,
    ) -> anyhow::Result<()> {
        let hands = self.stage.hands.as_ref().context("no hand on the processes")?;
        let process = hands.process(role);
        if suspend {
            process.suspend()?;
        } else {
            process.kill(fault.lasts.unwrap_or_default())?;
        }
        self.applied(fault);
        self.change(fault, |row| row.hits = Some(1));
        if suspend {
            self.last(fault, over).await;
            process.resume()?;
        } else if let Some(lasts) = fault.lasts {
            tokio::time::sleep(lasts).await;
        }
        Ok(())
    }

    /// Locks a table against everybody, and counts who waits for it.
    async fn lock(&self, fault: &Fault, table: &str, over: &CancellationToken) -> anyhow::Result<()> {
        let pool = &self.stage.services.databases.engine;
        let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
        let (schema, name) = table.split_once('.').context("a table has a schema")?;
        if !sqlx::query_scalar::<_, bool>("SELECT to_regclass($1 || '.' || $2) IS NOT NULL")
            .bind(schema)
            .bind(name)
            .fetch_one(&mut connection)
            .await?
        {
            bail!("there is no table {table}");
        }
        let mut transaction = connection.begin().await?;
        sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0").execute(&mut *transaction).await?;
        // The name consists of small letters, as the definition was checked.
        let lock = format!("LOCK TABLE {schema}.{name} IN ACCESS EXCLUSIVE MODE");
        sqlx::query(AssertSqlSafe(lock)).execute(&mut *transaction).await?;
        self.applied(fault);
        let until = Instant::now() + fault.lasts.unwrap_or(Duration::from_secs(3));
        let mut most = 0;
        while Instant::now() < until && !over.is_cancelled() {
            let waiting =
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'relation'";
            let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&mut *transaction).await?;
            most = most.max(u64::try_from(waiting)?);
            tokio::time::sleep(LOOK).await;
        }
        transaction.rollback().await?;
        self.change(fault, |row| row.hits = Some(most));
        connection.close().await?;
        Ok(())
    }
}

/// Puts the end of the lease off, for as long as the drill runs.
pub async fn renew(lease: &Lease) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if let Err(error) = lease.renew().await {
            tracing::debug!(%error, "the lease was not renewed");
        }
    }
}

/// What the faults in the product hit, by what its processes told.
pub fn count(rows: &mut [report::Fault], faults: &[Fault], told: &[usher_drills::watch::Told], deaths: u64) {
    for (row, fault) in rows.iter_mut().zip(faults) {
        if let Action::Order(order) = &fault.action {
            let hits: u64 = told.iter().filter_map(|told| told.hits.get(&order.id)).sum();
            // Whoever ends at once tells nobody any more.
            let ended = if fault.action.needs_hands() { deaths } else { 0 };
            row.hits = Some(hits.max(ended));
        }
    }
}
