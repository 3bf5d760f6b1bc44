//! Everything that the roles are made of.

use std::{sync::Arc, time::Duration};

use usher_accounts::Accounts;
use usher_audit::Sources;
use usher_bookings::Bookings;
use usher_catalog::Catalog;
use usher_core::{ambient::SharedAmbient, faults::Faults};
use usher_database::signals::Signals;
use usher_inspection::Incidents;
use usher_messaging::{claim_check::ClaimCheck, embedded::EmbeddedQueue, queue::LEASE};
use usher_notifications::Notifications;
use usher_payments::Payments;
use usher_seating::{Seating, Terms};
use usher_tickets::Tickets;
use usher_workers::step::Contexts;
use usher_workflows::{orchestrator::Orchestrator, step::STEPS};

use super::{Databases, Engine, Paying, Transport, choice::Choice};
use crate::settings::adapters::Adapters;

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
    /// What runs the sagas.
    pub engine: Engine,
    /// What is wrong, and who looks after it.
    pub incidents: Incidents,
    /// What carries messages.
    pub transport: Transport,
    /// Where large messages wait.
    pub claim_check: ClaimCheck,
    /// What a drill makes go wrong in this process.
    pub faults: Faults,
}

impl Services {
    /// Puts everything together over migrated databases. `paying` is where payments go.
    pub async fn build(
        databases: Databases,
        ambient: SharedAmbient,
        paying: impl Into<Paying>,
        adapters: &Adapters,
    ) -> anyhow::Result<Self> {
        Self::build_with(databases, ambient, paying, adapters, LEASE).await
    }

    /// The same with another lease of the queues, for tests that cannot wait for half a minute.
    pub async fn build_with(
        databases: Databases,
        ambient: SharedAmbient,
        paying: impl Into<Paying>,
        adapters: &Adapters,
        lease: Duration,
    ) -> anyhow::Result<Self> {
        let signals = Signals::default();
        let faults = Faults::default();
        let ambient = faults.clock(ambient);
        let payments = payments(&databases, &ambient, paying.into())?;
        let contexts = Contexts {
            bookings: Bookings::new(databases.bookings.clone(), ambient.clone(), &signals),
            catalog: Catalog::new(databases.catalog.clone(), ambient.clone()),
            notifications: Notifications::new(databases.notifications.clone(), ambient.clone()),
            payments,
            seating: Seating::new(databases.seating.clone(), ambient.clone(), Terms::default()),
            tickets: Tickets::new(databases.tickets.clone(), ambient.clone()),
        };
        let queue =
            EmbeddedQueue::new(databases.engine.clone(), ambient.clone(), &signals).with_lease(lease.try_into()?);
        let choice = Choice { databases: &databases, ambient: &ambient, queue, adapters, lease };
        let (engine, transport) = (choice.engine().await?, choice.transport().await?);
        Ok(Self {
            accounts: Accounts::new(databases.accounts.clone(), ambient.clone()),
            incidents: Incidents::new(databases.engine.clone(), ambient.clone()),
            claim_check: ClaimCheck::new(databases.engine.clone(), ambient.clone()),
            contexts: Arc::new(contexts),
            engine,
            transport,
            signals,
            ambient,
            databases,
            faults,
        })
    }

    /// The engine behind its port.
    pub fn orchestrator(&self) -> Arc<dyn Orchestrator> {
        self.engine.orchestrator()
    }

    /// What the audit looks at.
    pub fn audit_sources(&self) -> Sources {
        Sources {
            bookings: self.contexts.bookings.clone(),
            seating: self.contexts.seating.clone(),
            payments: self.contexts.payments.clone(),
            tickets: self.contexts.tickets.clone(),
            queue: Arc::clone(&self.transport.tasks),
            orchestrator: self.orchestrator(),
            outboxes: self.databases.distinct.clone(),
            queues: STEPS.iter().map(|step| step.name.to_owned()).collect(),
            ambient: self.ambient.clone(),
        }
    }
}

fn payments(databases: &Databases, ambient: &SharedAmbient, paying: Paying) -> anyhow::Result<Payments> {
    let payments = Payments::new(databases.payments.clone(), ambient.clone(), paying.provider()?);
    Ok(payments.capturing_at(paying.capture_at).believing(paying.secrets))
}
