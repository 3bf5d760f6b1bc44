//! What a process is there for: each role is a few tasks that run until the lifecycle drains.

use std::sync::Arc;

use usher_messaging::embedded::queue;
use usher_orchestrator::relay::Relay;
use usher_workers::{runner::Worker, step::Registered, steps};

use super::{Engine, Services};
use crate::{housekeeping, lifecycle::Lifecycle, money};

impl Services {
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
        match &self.engine {
            Engine::Embedded(engine) => {
                let engine = engine.clone();
                lifecycle.spawn_endless("timers", async move { engine.run_timers().await });
            }
        }
    }

    /// Sends what the outboxes hold.
    pub fn run_relay(&self, lifecycle: &mut Lifecycle) {
        for pool in &self.databases.distinct {
            let relay = Relay {
                pool: pool.clone(),
                ambient: self.ambient.clone(),
                orchestrator: self.orchestrator(),
                bus: self.transport.bus.seen_from(pool),
            };
            lifecycle.spawn_endless("relay", async move { relay.run().await });
        }
    }

    /// Sets the gauges, and removes what has outlived its use; ended sagas after their retention.
    pub fn run_housekeeping(&self, retention: time::Duration, lifecycle: &mut Lifecycle) {
        let (engine, databases) = (self.engine.clone(), self.databases.distinct.clone());
        let pruning = housekeeping::prune(databases.clone(), engine.clone(), retention, self.ambient.clone());
        lifecycle.spawn_endless("pruning", pruning);
        let payments = self.contexts.payments.clone();
        lifecycle.spawn_endless("payments", async move { money::resolve(payments).await });
        let queue = Arc::clone(&self.transport.tasks);
        lifecycle.spawn_endless("gauges", housekeeping::observe(engine, queue, databases, self.ambient.clone()));
    }

    /// Performs steps: all of them, or those that are named.
    pub fn run_workers(&self, lifecycle: &mut Lifecycle, only: &[String]) {
        let worker = self.worker();
        let wanted = |step: &Registered| only.is_empty() || only.iter().any(|name| name == step.name);
        if only.is_empty() || only.iter().any(|name| name == "charge-payment") {
            let (payments, orchestrator) = (self.contexts.payments.clone(), self.orchestrator());
            lifecycle.spawn_endless("challenges", async move { money::keep(payments, orchestrator).await });
        }
        for step in steps::all().into_iter().filter(wanted) {
            lifecycle.spawn(step.name, worker.clone().run(step.clone(), lifecycle.draining()));
        }
    }

    /// What performs a step.
    pub fn worker(&self) -> Worker {
        Worker {
            queue: Arc::clone(&self.transport.tasks),
            orchestrator: self.orchestrator(),
            contexts: Arc::clone(&self.contexts),
        }
    }
}
