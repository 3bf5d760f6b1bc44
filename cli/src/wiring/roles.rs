//! What a process is there for: each role is a few tasks that run until the lifecycle drains.

use std::sync::Arc;

use usher_drills::{
    lease,
    watch::{Counters, Watcher},
};
use usher_messaging::{embedded::queue, forward::Forwarder};
use usher_orchestrator::relay::{Bus, Relay};
use usher_workers::{runner::Worker, step::Registered, steps};
use usher_workflows::step::STEPS;

use super::{Engine, Services};
use crate::{
    housekeeping::{self, Pruning},
    lifecycle::Lifecycle,
    money,
    watch::Watch,
};

impl Services {
    /// Hears what other processes signal; every role needs it.
    pub fn listen(&self, lifecycle: &mut Lifecycle) {
        let (signals, pool) = (self.signals.clone(), self.databases.engine.clone());
        lifecycle.spawn_endless("engine signals", async move {
            signals.listen(pool, &[queue::CHANNEL, lease::CHANNEL]).await;
        });
        let (signals, pool) = (self.signals.clone(), self.databases.bookings.clone());
        lifecycle.spawn_endless("booking signals", async move {
            signals.listen(pool, &[usher_bookings::watch::CHANNEL]).await;
        });
    }

    /// Obeys drills, where the database is marked for them. `role` is what this process is there for, `counters` what it
    /// counts.
    pub fn obey_drills(&self, role: &str, counters: Counters, lifecycle: &mut Lifecycle) {
        let (pools, lease) = (self.databases.distinct.clone(), &self.databases.engine);
        let watcher = Watcher::new(pools, lease, self.faults.clone(), role, &self.ambient).counting(counters);
        let signals = self.signals.subscribe(lease::CHANNEL);
        lifecycle.spawn_endless("drills", watcher.run(signals));
    }

    /// Fires the embedded engine's timers, or keeps the list beside Step Functions.
    pub fn run_engine(&self, lifecycle: &mut Lifecycle) {
        match &self.engine {
            Engine::Embedded(engine) => {
                let engine = engine.clone();
                let listing = engine.clone();
                lifecycle.spawn_endless("timers", async move { engine.run_timers().await });
                lifecycle.spawn_endless("list of sagas", async move { listing.run_list().await });
            }
            Engine::StepFunctions(_) => self.run_list(lifecycle),
        }
    }

    /// Keeps the list beside Step Functions, which what workers are given feeds; the embedded engine needs none.
    pub fn run_list(&self, lifecycle: &mut Lifecycle) {
        if let Engine::StepFunctions(engine) = &self.engine {
            let engine = engine.clone();
            lifecycle.spawn_endless("list of sagas", async move { engine.run().await });
        }
    }

    /// Sends what the outboxes hold.
    pub fn run_relay(&self, lifecycle: &mut Lifecycle) {
        for pool in &self.databases.distinct {
            let relay = Relay {
                pool: pool.clone(),
                ambient: self.ambient.clone(),
                orchestrator: self.orchestrator(),
                bus: match self.transport.bus.seen_from(pool) {
                    Bus::Elsewhere(bus) => Bus::Elsewhere(Arc::new(self.claim_check.bus(bus))),
                    here @ Bus::Here(_) => here,
                },
                faults: self.faults.clone(),
            };
            lifecycle.spawn_endless("relay", async move { relay.run().await });
        }
    }

    /// Forwards step tasks from where the engine sends them to where workers receive, if those are two places.
    pub fn run_forwarder(&self, lifecycle: &mut Lifecycle) {
        if let Some(from) = &self.transport.engine_tasks {
            let queues = STEPS.iter().map(|step| step.name.to_owned()).collect();
            let forwarder = Forwarder { from: Arc::clone(from), to: Arc::clone(&self.transport.tasks), queues };
            lifecycle.spawn("forwarder", forwarder.run(lifecycle.draining()));
        }
    }

    /// Sets the gauges, and removes what has outlived its use; ended sagas after their retention.
    pub fn run_housekeeping(&self, retention: time::Duration, lifecycle: &mut Lifecycle) {
        let (engine, databases) = (self.engine.clone(), self.databases.distinct.clone());
        let pruning = Pruning {
            databases: databases.clone(),
            engine: engine.clone(),
            claim_check: self.claim_check.clone(),
            retention,
            ambient: self.ambient.clone(),
        };
        lifecycle.spawn_endless("pruning", async move { pruning.run().await });
        let payments = self.contexts.payments.clone();
        lifecycle.spawn_endless("payments", async move { money::resolve(payments).await });
        let queue = Arc::clone(&self.transport.tasks);
        lifecycle.spawn_endless("gauges", housekeeping::observe(engine, queue, databases, self.ambient.clone()));
        let watch = self.watch();
        lifecycle.spawn_endless("watch", async move { watch.run().await });
        let reconciling = housekeeping::reconcile(self.contexts.payments.clone(), self.ambient.clone());
        lifecycle.spawn_endless("reconciliation", reconciling);
        let sources = self.audit_sources();
        lifecycle.spawn_endless("audit", housekeeping::audit(sources));
    }

    /// What looks for trouble.
    pub fn watch(&self) -> Watch {
        Watch {
            orchestrator: self.orchestrator(),
            queue: Arc::clone(&self.transport.tasks),
            payments: self.contexts.payments.clone(),
            incidents: self.incidents.clone(),
            ambient: self.ambient.clone(),
        }
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
            queue: Arc::new(self.claim_check.queue(Arc::clone(&self.transport.tasks))),
            orchestrator: self.orchestrator(),
            contexts: Arc::clone(&self.contexts),
            faults: self.faults.clone(),
        }
    }
}
