//! What the embedded engine tells the list, gathered in memory and written together.
//!
//! Transitions are told after they are durable. Of each execution only the newest sight is kept, so a booking that begins and
//! ends between two writes is one row. Writing waits for nobody's disk: what a crash takes is found again by looking
//! (`catch_up`). What workers note of deliveries goes the same way, and is not found again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use sqlx::{Connection as _, PgPool};
use time::OffsetDateTime;
use usher_workflows::delivery::{Delivered, Delivery};

use super::{deliveries, record, sight::Sight};

/// How often it is written: often enough for people, and one statement for all of it.
const WRITE: Duration = Duration::from_millis(500);

/// So many executions at most, in case the database is away for long. What is left out is found by looking.
const MOST: usize = 50_000;

/// What was not written yet. Cheap to clone; the writing ends with the last clone.
#[derive(Debug, Clone)]
pub(crate) struct Feed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    pending: Mutex<Pending>,
}

#[derive(Debug, Default)]
struct Pending {
    sights: HashMap<String, Sight>,
    deliveries: HashMap<String, Vec<Delivery>>,
}

impl Feed {
    /// Begins to write; call it inside a runtime.
    pub fn start(pool: PgPool) -> Self {
        let feed = Self(Arc::new(Inner { pool, pending: Mutex::default() }));
        tokio::spawn(write_on(Arc::downgrade(&feed.0)));
        feed
    }

    /// Executions moved.
    pub fn moved(&self, sights: Vec<Sight>) {
        self.0.with(|pending| pending.take_in(sights));
    }

    /// A worker was done with a request.
    pub fn delivered(&self, delivered: Delivered, now: OffsetDateTime) {
        let (id, delivery) = deliveries::stored(delivered, now);
        self.0.with(|pending| {
            if pending.deliveries.len() < MOST || pending.deliveries.contains_key(&id) {
                pending.deliveries.entry(id).or_default().push(delivery);
            }
        });
    }

    /// Writes what is there now.
    pub async fn write(&self) -> Result<(), sqlx::Error> {
        self.0.write().await
    }
}

impl Pending {
    fn take_in(&mut self, sights: Vec<Sight>) {
        for sight in sights {
            let room = self.sights.len() < MOST;
            match self.sights.get_mut(&sight.id) {
                Some(known) => known.follow(sight),
                None if room => drop(self.sights.insert(sight.id.clone(), sight)),
                None => {}
            }
        }
    }
}

impl Inner {
    fn with<T>(&self, work: impl FnOnce(&mut Pending) -> T) -> T {
        work(&mut self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn write(&self) -> Result<(), sqlx::Error> {
        let Pending { sights, deliveries } = self.with(std::mem::take);
        if sights.is_empty() && deliveries.is_empty() {
            return Ok(());
        }
        let sights: Vec<Sight> = sights.into_values().collect();
        let written = self.write_down(&sights, &deliveries).await;
        if written.is_err() {
            self.with(|pending| {
                let newer = std::mem::take(&mut pending.sights);
                pending.take_in(sights);
                pending.take_in(newer.into_values().collect());
            });
        }
        written
    }

    async fn write_down(
        &self,
        sights: &[Sight],
        deliveries: &HashMap<String, Vec<Delivery>>,
    ) -> Result<(), sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin().await?;
        sqlx::query!("SET LOCAL synchronous_commit = off").execute(&mut *transaction).await?;
        record::record(&mut transaction, sights).await?;
        deliveries::record(&mut transaction, deliveries).await?;
        transaction.commit().await
    }
}

async fn write_on(feed: Weak<Inner>) {
    loop {
        tokio::time::sleep(WRITE).await;
        let Some(feed) = feed.upgrade() else { return };
        if let Err(error) = feed.write().await {
            tracing::warn!(%error, "the list of sagas could not be written, trying again");
        }
    }
}
