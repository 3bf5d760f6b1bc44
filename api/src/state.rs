//! What every handler reaches for: the contexts, the orchestrator, and what the front keeps for itself.

use std::{fmt, ops::Deref, sync::Arc};

use sqlx::PgPool;
use usher_accounts::Accounts;
use usher_bookings::Bookings;
use usher_catalog::Catalog;
use usher_core::{ambient::SharedAmbient, faults::Faults};
use usher_inspection::Incidents;
use usher_messaging::queue::TaskQueue;
use usher_notifications::Notifications;
use usher_payments::Payments;
use usher_seating::Seating;
use usher_tickets::Tickets;
use usher_workflows::orchestrator::Orchestrator;

use crate::{
    DrillDesk, Settings, handover::Handover, idempotency::Answers, seat_watch::SeatWatch, ticket_reader::TicketReader,
};

/// What the front stands on; the wiring puts it together.
pub struct Services {
    /// Who somebody is.
    pub accounts: Accounts,
    /// What can be seen, where and when.
    pub catalog: Catalog,
    /// Which seat belongs to whom.
    pub seating: Seating,
    /// Bookings.
    pub bookings: Bookings,
    /// Which ways of paying there are, and what became of payments.
    pub payments: Payments,
    /// Tickets.
    pub tickets: Tickets,
    /// What customers were told.
    pub notifications: Notifications,
    /// Who runs the sagas.
    pub orchestrator: Arc<dyn Orchestrator>,
    /// Where the requests for steps wait.
    pub queue: Arc<dyn TaskQueue>,
    /// What is wrong, and who looks after it.
    pub incidents: Incidents,
    /// Every database, each once: effects and messages are written down in each.
    pub databases: Vec<PgPool>,
    /// The bookings' database: idempotency keys are claimed and bookings written in one transaction.
    pub pool: PgPool,
    /// Time and randomness.
    pub ambient: SharedAmbient,
    /// What a drill makes go wrong.
    pub faults: Faults,
    /// Who runs drills, where they may be run.
    pub drills: Option<Arc<dyn DrillDesk>>,
    /// What an operator can set.
    pub settings: Settings,
    /// Renders all metrics of the process in the text format of Prometheus.
    pub metrics: Box<dyn Fn() -> String + Send + Sync>,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// The state of the router. Cheap to clone: it is cloned for each request.
#[derive(Debug, Clone)]
pub struct AppState {
    services: Arc<Services>,
    pub(crate) answers: Answers,
    pub(crate) handover: Handover,
    pub(crate) seat_watch: SeatWatch,
    pub(crate) ticket_reader: TicketReader,
}

impl AppState {
    /// Starts the batches; call it inside a runtime.
    pub fn new(services: Services) -> Self {
        let answers = Answers::start(services.pool.clone());
        let orchestrator = Arc::clone(&services.orchestrator);
        let handover = Handover::start(services.pool.clone(), orchestrator, services.faults.clone());
        let seat_watch = SeatWatch::new(services.seating.clone());
        let ticket_reader = TicketReader::start(services.tickets.clone());
        Self { services: Arc::new(services), answers, handover, seat_watch, ticket_reader }
    }
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}
