//! The one place where adapters are chosen and everything is put together.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Context as _;
use sqlx::PgPool;
use tokio::net::TcpListener;
use usher_accounts::Accounts;
use usher_audit::Sources;
use usher_bookings::Bookings;
use usher_catalog::Catalog;
use usher_core::ambient::SharedAmbient;
use usher_database::{
    event::EventType,
    migrate::{self, Schema},
    pool::{self, PoolSettings},
    signals::Signals,
};
use usher_messaging::{
    claim_check::ClaimCheck,
    embedded::{EmbeddedBus, EmbeddedQueue, queue},
    queue::{LEASE, TaskQueue},
};
use usher_notifications::Notifications;
use usher_orchestrator::{
    embedded::EmbeddedOrchestrator,
    relay::{Bus, Relay},
};
use usher_payments::{
    Payments,
    provider::{HttpProvider, HttpSettings},
    simulator::Simulator,
};
use usher_seating::{Seating, Terms};
use usher_tickets::Tickets;
use usher_workers::{
    runner::Worker,
    step::{Contexts, Registered},
    steps,
};
use usher_workflows::{definitions::SAGAS, orchestrator::Orchestrator, step::STEPS};

use crate::{
    housekeeping::{self, Pruning},
    lifecycle::Lifecycle,
    settings::Settings,
};

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
    distinct: Vec<PgPool>,
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
            let database = match schema.name {
                "accounts" => &self.accounts,
                "bookings" => &self.bookings,
                "catalog" => &self.catalog,
                "notifications" => &self.notifications,
                "payments" => &self.payments,
                "seating" => &self.seating,
                "simulator" => &self.simulator,
                "tickets" => &self.tickets,
                _ => &self.engine,
            };
            migrate::run(database, [schema]).await?;
        }
        Ok(())
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
        queue::schema(),
        usher_orchestrator::embedded::schema(),
        usher_notifications::schema(),
        usher_payments::schema(),
        Simulator::schema(),
        usher_seating::schema(),
        usher_tickets::schema(),
    ]
}

/// Every event that is published.
pub fn event_types() -> Vec<EventType> {
    let contexts = [
        usher_bookings::events::ALL,
        usher_payments::events::ALL,
        usher_seating::events::ALL,
        usher_tickets::events::ALL,
    ];
    contexts.concat()
}

/// Everything that the roles are made of.
pub struct Services {
    /// Time and randomness.
    pub ambient: SharedAmbient,
    /// Where everything is stored.
    pub databases: Databases,
    /// Wake-up calls between processes.
    pub signals: Signals,
    /// Who somebody is.
    pub accounts: Accounts,
    /// What the steps work on.
    pub contexts: Arc<Contexts>,
    /// The queues.
    pub queue: EmbeddedQueue,
    /// The domain events.
    pub bus: EmbeddedBus,
    /// Where large messages wait.
    pub claim_check: ClaimCheck,
    /// What runs the sagas.
    pub engine: EmbeddedOrchestrator,
}

impl Services {
    /// Puts everything together over migrated databases. `provider_url` is where payments go.
    pub async fn build(databases: Databases, ambient: SharedAmbient, provider_url: &str) -> anyhow::Result<Self> {
        Self::build_with(databases, ambient, provider_url, LEASE).await
    }

    /// The same with another lease of the queues, for tests that cannot wait for half a minute.
    pub async fn build_with(
        databases: Databases,
        ambient: SharedAmbient,
        provider_url: &str,
        lease: Duration,
    ) -> anyhow::Result<Self> {
        let signals = Signals::default();
        let provider = HttpProvider::new(HttpSettings::new(provider_url))?;
        let contexts = Contexts {
            bookings: Bookings::new(databases.bookings.clone(), ambient.clone(), &signals),
            catalog: Catalog::new(databases.catalog.clone(), ambient.clone()),
            notifications: Notifications::new(databases.notifications.clone(), ambient.clone()),
            payments: Payments::new(databases.payments.clone(), ambient.clone(), Arc::new(provider)),
            seating: Seating::new(databases.seating.clone(), ambient.clone(), Terms::default()),
            tickets: Tickets::new(databases.tickets.clone(), ambient.clone()),
        };
        let queue =
            EmbeddedQueue::new(databases.engine.clone(), ambient.clone(), &signals).with_lease(lease.try_into()?);
        let definitions: Vec<(String, String)> =
            SAGAS.iter().map(|saga| (saga.name.to_owned(), saga.with_queues(str::to_owned))).collect();
        let engine =
            EmbeddedOrchestrator::deploy(databases.engine.clone(), ambient.clone(), queue.clone(), &definitions)
                .await?;
        Ok(Self {
            accounts: Accounts::new(databases.accounts.clone(), ambient.clone()),
            bus: EmbeddedBus::new(databases.engine.clone(), queue.clone()),
            claim_check: ClaimCheck::new(databases.engine.clone(), ambient.clone()),
            contexts: Arc::new(contexts),
            engine,
            queue,
            signals,
            ambient,
            databases,
        })
    }

    /// Hears what other processes signal; every role needs it.
    pub fn listen(&self, lifecycle: &mut Lifecycle) {
        let (signals, pool) = (self.signals.clone(), self.databases.engine.clone());
        lifecycle.spawn_endless("engine signals", async move { signals.listen(pool, &[queue::CHANNEL]).await });
        let (signals, pool) = (self.signals.clone(), self.databases.bookings.clone());
        lifecycle.spawn_endless("booking signals", async move {
            signals.listen(pool, &[usher_bookings::watch::CHANNEL]).await;
        });
    }

    /// Fires the engine's timers.
    pub fn run_engine(&self, lifecycle: &mut Lifecycle) {
        let engine = self.engine.clone();
        lifecycle.spawn_endless("timers", async move { engine.run_timers().await });
    }

    /// Sends what the outboxes hold.
    pub fn run_relay(&self, lifecycle: &mut Lifecycle) {
        for pool in &self.databases.distinct {
            let relay = Relay {
                pool: pool.clone(),
                ambient: self.ambient.clone(),
                orchestrator: self.orchestrator(),
                bus: if Arc::ptr_eq(&pool.connect_options(), &self.databases.engine.connect_options()) {
                    Bus::Here(self.bus.clone())
                } else {
                    Bus::Elsewhere(Arc::new(self.claim_check.bus(Arc::new(self.bus.clone()))))
                },
            };
            lifecycle.spawn_endless("relay", async move { relay.run().await });
        }
    }

    /// Sets the gauges, and removes what has outlived its use; ended sagas after their retention.
    pub fn run_housekeeping(&self, retention: time::Duration, lifecycle: &mut Lifecycle) {
        let (engine, queue, databases) = (self.engine.clone(), self.queue.clone(), self.databases.distinct.clone());
        let pruning = Pruning {
            databases: databases.clone(),
            engine: engine.clone(),
            claim_check: self.claim_check.clone(),
            retention,
            ambient: self.ambient.clone(),
        };
        lifecycle.spawn_endless("pruning", async move { pruning.run().await });
        lifecycle.spawn_endless("gauges", housekeeping::observe(engine, queue, databases, self.ambient.clone()));
    }

    /// Performs steps: all of them, or those that are named.
    pub fn run_workers(&self, lifecycle: &mut Lifecycle, only: &[String]) {
        let worker = Worker {
            queue: Arc::new(self.claim_check.queue(Arc::new(self.queue.clone()))),
            orchestrator: self.orchestrator(),
            contexts: Arc::clone(&self.contexts),
        };
        let wanted = |step: &Registered| only.is_empty() || only.iter().any(|name| name == step.name);
        for step in steps::all().into_iter().filter(wanted) {
            lifecycle.spawn(step.name, worker.clone().run(step.clone(), lifecycle.draining()));
        }
    }

    /// The engine behind its port.
    pub fn orchestrator(&self) -> Arc<dyn Orchestrator> {
        Arc::new(self.engine.clone())
    }

    /// What the audit looks at.
    pub fn audit_sources(&self) -> Sources {
        Sources {
            bookings: self.contexts.bookings.clone(),
            seating: self.contexts.seating.clone(),
            payments: self.contexts.payments.clone(),
            tickets: self.contexts.tickets.clone(),
            queue: Arc::new(self.queue.clone()) as Arc<dyn TaskQueue>,
            orchestrator: self.orchestrator(),
            outboxes: self.databases.distinct.clone(),
            queues: STEPS.iter().map(|step| step.name.to_owned()).collect(),
            ambient: self.ambient.clone(),
        }
    }
}

/// Starts the payment provider of the laptop on a port of its own, and tells where it is. The port is kept in the
/// database's life only: whoever restarts gets another.
pub async fn run_simulator(
    databases: &Databases,
    ambient: &SharedAmbient,
    lifecycle: &mut Lifecycle,
    address: &str,
) -> anyhow::Result<String> {
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("the simulator cannot listen on {address}"))?;
    let url = format!("http://{}", listener.local_addr()?);
    let serving = Simulator::serve(listener, databases.simulator.clone(), ambient.clone(), lifecycle.draining());
    lifecycle.spawn("simulator", async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the simulator failed");
        }
    });
    Ok(url)
}
