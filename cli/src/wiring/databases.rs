//! One pool for each database, and the schemas in it.

use std::collections::HashMap;

use anyhow::Context as _;
use sqlx::PgPool;
use usher_database::{
    migrate::{self, Schema},
    pool::{self, PoolSettings},
};
use usher_messaging::embedded::queue;
use usher_payments::simulator::Simulator;

use crate::settings::Settings;

/// One pool for each database, and which context is where.
pub struct Databases {
    /// The accounts.
    pub accounts: PgPool,
    /// The bookings, and with them the keys of requests.
    pub bookings: PgPool,
    /// The catalogue.
    pub catalog: PgPool,
    /// The engine and the queues.
    pub engine: PgPool,
    /// The messages to customers.
    pub notifications: PgPool,
    /// The payments and the ledger.
    pub payments: PgPool,
    /// The seats.
    pub seating: PgPool,
    /// The tickets.
    pub tickets: PgPool,
    /// The simulator is the outside world: it never shares a pool with us.
    pub simulator: PgPool,
    /// Each database once, whatever is in it.
    pub distinct: Vec<PgPool>,
}

impl Databases {
    /// Opens the pools; connects to nothing yet.
    pub fn open(settings: &Settings, common: &str) -> anyhow::Result<Self> {
        let mut by_url: HashMap<String, PgPool> = HashMap::new();
        let mut open = |own: &Option<String>| -> anyhow::Result<PgPool> {
            let url = settings.url(own.as_ref(), common);
            if let Some(pool) = by_url.get(url) {
                return Ok(pool.clone());
            }
            let pool = pool::open(url, PoolSettings::default()).context("a database URL is not valid")?;
            by_url.insert(url.to_owned(), pool.clone());
            Ok(pool)
        };
        let databases = Self {
            accounts: open(&settings.accounts_database_url)?,
            bookings: open(&settings.bookings_database_url)?,
            catalog: open(&settings.catalog_database_url)?,
            engine: open(&settings.engine_database_url)?,
            notifications: open(&settings.notifications_database_url)?,
            payments: open(&settings.payments_database_url)?,
            seating: open(&settings.seating_database_url)?,
            tickets: open(&settings.tickets_database_url)?,
            simulator: pool::open(common, PoolSettings { connections: 8, ..PoolSettings::default() })?,
            distinct: Vec::new(),
        };
        Ok(Self { distinct: by_url.into_values().collect(), ..databases })
    }

    /// Brings every schema up to date.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        for database in &self.distinct {
            migrate::run(database, [migrate::schema()]).await?;
        }
        for schema in schemas() {
            let database = self.of(schema.name);
            migrate::run(database, [schema]).await?;
        }
        Ok(())
    }

    /// The database that a schema is in.
    pub fn of(&self, schema: &str) -> &PgPool {
        match schema {
            "accounts" => &self.accounts,
            "bookings" => &self.bookings,
            "catalog" => &self.catalog,
            "notifications" => &self.notifications,
            "payments" => &self.payments,
            "seating" => &self.seating,
            "simulator" => &self.simulator,
            "tickets" => &self.tickets,
            _ => &self.engine,
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        for database in self.distinct.iter().chain([&self.simulator]) {
            database.close().await;
        }
    }
}

/// The schemas of everything but what all databases share.
pub fn schemas() -> Vec<Schema> {
    vec![
        usher_accounts::schema(),
        usher_bookings::schema(),
        usher_catalog::schema(),
        usher_drills::schema(),
        usher_inspection::schema(),
        queue::schema(),
        usher_orchestrator::embedded::schema(),
        usher_notifications::schema(),
        usher_payments::schema(),
        Simulator::schema(),
        usher_seating::schema(),
        usher_tickets::schema(),
    ]
}
