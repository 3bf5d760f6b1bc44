//! A product of its own for each test.

use std::{sync::Arc, time::Duration};

use clap::Parser as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use usher::{
    Arguments,
    lifecycle::Lifecycle,
    settings::{Settings, adapters::Adapters},
    wiring::{self, Databases, Services},
};
use usher_audit::{
    Options, Report,
    privacy::{self, Leak, Place, Scanner},
};
use usher_bookings::{
    Booking, Status,
    cancel::{Cancel, CancelOutcome, Terms},
    request::{Request, Requested},
};
use usher_catalog::Showtime;
use usher_core::{
    faults::Order,
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    money::Money,
    seat::SeatName,
};
use usher_database::{event::EventType, idempotency::Claim, migrate};
use usher_messaging::events::queue_of;
use usher_payments::provider::Movement;
use usher_postgres::testing::TestDatabase;
use usher_telemetry::{
    ambient,
    testing::{ProcessLogs, process_logs},
};
use usher_workers::{runner::Worker, step::Registered, steps};
use usher_workflows::{
    booking::{PricedSeat, SagaData},
    definitions::{BOOKING, CANCELLATION},
    orchestrator::{OrchestratorError, Status as ExecutionStatus},
    step::STEPS,
};

use crate::{
    faults::{Bodies, Ear},
    over::{self, Over},
};

/// How long anything may take before the test gives up.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Who the customer of every world is: what nobody but the accounts may know.
pub const NAME: &str = "Ada Lovelace";
pub const MAIL: &str = "ada.lovelace@example.test";

/// The trace that every world's requests belong to.
pub const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The consumer that hears every event, so that a test can look at them.
const LISTENER: &str = "listener";

pub struct World {
    pub services: Services,
    pub lifecycle: Option<Lifecycle>,
    pub showtime: Arc<Showtime>,
    pub user: UserId,
    /// Every request that went to a worker.
    pub bodies: Bodies,
    /// Where the simulator answers.
    pub provider: String,
    adapters: Adapters,
    logs: ProcessLogs,
    _database: TestDatabase,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A world in which this goes wrong.
    pub async fn with(orders: &[Order]) -> Self {
        Self::with_steps(orders, steps::all()).await
    }

    /// A world in which these steps are performed and no others.
    pub async fn with_steps(orders: &[Order], steps: Vec<Registered>) -> Self {
        Self::build(orders, steps, &Over::chosen().flags().await).await
    }

    /// A world over what these flags of the product name.
    pub async fn on(orders: &[Order], flags: &[String]) -> Self {
        Self::build(orders, steps::all(), flags).await
    }

    async fn build(orders: &[Order], steps: Vec<Registered>, flags: &[String]) -> Self {
        let logs = process_logs("info,usher=trace").expect("nothing else logs");
        let schemas: Vec<_> = wiring::schemas().into_iter().chain([migrate::schema()]).collect();
        let migrations: Vec<_> = schemas.iter().map(|schema| (schema.name, &schema.migrations)).collect();
        let database = TestDatabase::migrated(&migrations).await.unwrap();
        let settings = settings(database.url(), flags);
        over::furnish(&settings.adapters).await;
        let databases = Databases::open(&settings, database.url()).unwrap();
        let ambient = ambient::system();
        usher_catalog::demo::load(&databases.catalog, &*ambient).await.unwrap();
        let mut lifecycle = Lifecycle::default();
        let provider = wiring::run_simulator(&databases, &ambient, &mut lifecycle, "127.0.0.1:0").await.unwrap();
        let services = Box::pin(Services::build_with(
            databases,
            ambient,
            &provider,
            &settings.adapters,
            over::lease(&settings.adapters),
        ))
        .await
        .unwrap();
        services.faults.set(orders.to_vec(), "up", 1);
        services.listen(&mut lifecycle);
        services.run_relay(&mut lifecycle);
        services.run_engine(&mut lifecycle);
        services.run_forwarder(&mut lifecycle);
        let showtimes = services.contexts.catalog.showtimes(&usher_catalog::showtime::Search::default()).await.unwrap();
        listen(&services).await;
        let user = services.accounts.register(MAIL, &"correct horse battery staple".into(), NAME).await.unwrap().id;
        let world = Self {
            showtime: Arc::clone(showtimes.last().unwrap()),
            services,
            lifecycle: Some(lifecycle),
            user,
            bodies: Bodies::default(),
            provider,
            adapters: settings.adapters,
            logs,
            _database: database,
        };
        world.work(steps)
    }

    /// Makes anew what an emulator forgot: queues, topics, state machines, and who listens.
    pub async fn furnish_again(&self) {
        over::furnish(&self.adapters).await;
        listen(&self.services).await;
    }

    /// What performs steps here, and lets us hear what it is asked.
    pub fn worker(&self) -> Worker {
        let inner = Arc::clone(&self.services.transport.tasks);
        Worker { queue: Arc::new(Ear { inner, bodies: Arc::clone(&self.bodies) }), ..self.services.worker() }
    }

    /// Whether anything that was ordered went wrong.
    pub fn was_hit(&self) -> bool {
        self.services.faults.hits().iter().any(|hits| hits.count > 0)
    }

    /// A hall of so many seats, and a show in it.
    pub async fn hall(&self, name: &str, seats: usize) -> ShowtimeId {
        let catalog = &self.services.databases.catalog;
        usher_catalog::drill::hall(catalog, &*self.services.ambient, name, seats).await.unwrap()
    }

    /// Makes this show the one that is booked from now on.
    pub async fn move_to(&mut self, showtime: ShowtimeId) {
        self.showtime = self.services.contexts.catalog.showtime(showtime).await.unwrap().unwrap();
    }

    fn work(mut self, steps: Vec<Registered>) -> Self {
        let worker = self.worker();
        let lifecycle = self.lifecycle.as_mut().unwrap();
        for step in steps {
            let draining: CancellationToken = lifecycle.draining();
            lifecycle.spawn(step.name, worker.clone().run(step, draining));
        }
        self
    }

    pub fn seats(&self, names: &[&str]) -> Vec<(SeatName, Money)> {
        let names: Vec<SeatName> = names.iter().map(|name| name.parse().unwrap()).collect();
        self.showtime.quote(&names).unwrap().into_iter().map(|(seat, _, price)| (seat, price)).collect()
    }

    /// Seats of the hall, by place.
    pub fn seat(&self, index: usize) -> String {
        self.showtime.seat_map.seats().nth(index).unwrap().name.to_string()
    }

    /// Asks for a booking and leaves its start to the relay, as a process does that dies after its commit.
    pub async fn request(&self, seats: &[&str], method: &str, hold_id: Option<HoldId>) -> BookingId {
        self.request_at(&self.showtime, seats, method, hold_id).await
    }

    /// Books seats of another show.
    pub async fn book_at(&self, showtime: ShowtimeId, seats: &[&str], method: &str) -> BookingId {
        let showtime = self.services.contexts.catalog.showtime(showtime).await.unwrap().unwrap();
        let id = self.request_at(&showtime, seats, method, None).await;
        self.start(id).await;
        id
    }

    async fn request_at(
        &self,
        showtime: &Showtime,
        seats: &[&str],
        method: &str,
        hold_id: Option<HoldId>,
    ) -> BookingId {
        let id = BookingId::new(&*self.services.ambient);
        let names: Vec<SeatName> = seats.iter().map(|name| name.parse().unwrap()).collect();
        let quotes = showtime.quote(&names).unwrap();
        let seats: Vec<(SeatName, Money)> = quotes.into_iter().map(|(seat, _, price)| (seat, price)).collect();
        let total = Money::sum(seats[0].1.currency, seats.iter().map(|(_, price)| *price)).unwrap();
        let data = SagaData {
            booking_id: id,
            user_id: self.user,
            showtime_id: showtime.id,
            seats: seats.iter().map(|(seat, price)| PricedSeat { seat: seat.clone(), price: *price }).collect(),
            total,
            payment_method: method.to_owned(),
            hold_id,
            cancellation: None,
            traceparent: Some(TRACEPARENT.to_owned()),
            hold: None,
            payment: None,
            refund: None,
            closed: None,
            failure: None,
        };
        let request = Request {
            claim: Claim {
                scope: "test".to_owned(),
                key: id.to_string(),
                fingerprint: vec![1],
                resource: Some(id.to_string()),
            },
            id,
            user_id: self.user,
            showtime_id: showtime.id,
            seats,
            total,
            payment_method: method.to_owned(),
            hold_id,
            saga: BOOKING.name,
            input: serde_json::to_value(&data).unwrap(),
        };
        assert_eq!(self.services.contexts.bookings.request(request).await.unwrap(), Requested::Written);
        id
    }

    /// Books and hands the start over at once.
    pub async fn book(&self, seats: &[&str], method: &str) -> BookingId {
        let id = self.request(seats, method, None).await;
        self.start(id).await;
        id
    }

    pub async fn start(&self, id: BookingId) {
        self.try_start(id).await.unwrap();
    }

    /// The same where the engine may be away.
    pub async fn try_start(&self, id: BookingId) -> Result<(), OrchestratorError> {
        let input = self.input(id).await;
        self.services.orchestrator().start(BOOKING.name, &id.to_string(), input).await
    }

    /// What the sagas of a booking begin with.
    pub async fn input(&self, id: BookingId) -> Value {
        let booking = self.booking(id).await;
        json!({
            "booking_id": id, "user_id": booking.user_id, "showtime_id": booking.showtime_id, "total": booking.total,
            "seats": booking.seats.iter().map(|(seat, price)| json!({ "seat": seat, "price": price })).collect::<Vec<_>>(),
            "payment_method": booking.payment_method, "hold_id": booking.hold_id, "traceparent": TRACEPARENT,
        })
    }

    pub async fn cancel(&self, id: BookingId) -> CancelOutcome {
        let booking = self.booking(id).await;
        let input = self.input(id).await;
        let cancel = Cancel { id, user_id: booking.user_id, terms: Terms::default(), saga: CANCELLATION.name, input };
        self.services.contexts.bookings.cancel(cancel).await.unwrap()
    }

    pub async fn booking(&self, id: BookingId) -> Booking {
        self.services.contexts.bookings.get(id).await.unwrap().unwrap()
    }

    /// Waits until the booking has one of these states.
    pub async fn until(&self, id: BookingId, wanted: &[Status]) -> Booking {
        eventually(async || {
            let booking = self.booking(id).await;
            wanted.contains(&booking.status).then_some(booking)
        })
        .await
        .unwrap_or_else(|| panic!("{id} never became any of {wanted:?}"))
    }

    /// Waits until every execution has ended, nothing waits anywhere, and then asks the audit and looks for leaks.
    pub async fn settle(mut self) -> Report {
        let quiet = eventually(async || self.is_quiet().await.then_some(())).await;
        assert!(quiet.is_some(), "executions or messages are left over");
        let options = Options { grace: time::Duration::ZERO, ..Options::default() };
        let report = usher_audit::audit(&self.services.audit_sources(), &options).await.unwrap();
        assert!(report.is_clean(), "{report}");
        assert!(report.stuck.is_empty(), "{report}");
        let leaks = self.leaks().await;
        assert!(leaks.is_empty(), "{leaks:#?}");
        self.end().await;
        report
    }

    /// Stops everything, without a word on how it stands.
    pub async fn end(&mut self) {
        self.lifecycle.take().unwrap().end().await;
        self.services.transport.close().await;
        self.services.databases.close().await;
    }

    /// What is personal or secret in anything that the world's sagas left behind or sent about.
    pub async fn leaks(&self) -> Vec<Leak> {
        let mut seen: Vec<(Place, String)> =
            self.bodies.lock().unwrap().iter().map(|body| (Place::StepMessage, body.clone())).collect();
        assert!(!seen.is_empty(), "there were requests to look at");
        seen.extend(self.events().await.into_iter().map(|event| (Place::Event, event)));
        seen.extend(self.logs.text().lines().map(|line| (Place::Log, line.to_owned())));
        let mut scanner = Scanner::new(&[NAME]);
        privacy::examine(&self.services.audit_sources(), &mut scanner, &seen).await.unwrap()
    }

    /// Every event since the last time that somebody asked, as consumers receive them.
    pub async fn events(&self) -> Vec<String> {
        let mut events = Vec::new();
        loop {
            let received =
                self.services.transport.tasks.receive(&queue_of(LISTENER), 100, Duration::ZERO).await.unwrap();
            if received.is_empty() {
                return events;
            }
            events.extend(received.into_iter().map(|delivery| keeps_its_promise(delivery.body)));
        }
    }

    pub async fn is_quiet(&self) -> bool {
        let running = usher_workflows::orchestrator::Filter {
            status: Some(ExecutionStatus::Running),
            ..usher_workflows::orchestrator::Filter::default()
        };
        if !self.services.orchestrator().list(&running).await.unwrap().items.is_empty() {
            return false;
        }
        for step in STEPS {
            for queue in self.services.transport.queues() {
                let depth = queue.depth(step.name).await.unwrap();
                if depth.waiting + depth.leased > 0 {
                    return false;
                }
            }
        }
        let mut connection = self.services.databases.bookings.acquire().await.unwrap();
        usher_database::outbox::backlog(&mut connection).await.unwrap().0 == 0
    }

    /// How many bookings have ended.
    pub async fn ended(&self) -> i64 {
        let ended = "SELECT count(*) FROM bookings.bookings WHERE status IN ('confirmed', 'rejected', 'cancelled')";
        sqlx::query_scalar(ended).fetch_one(&self.services.databases.bookings).await.unwrap()
    }

    /// How many executions the engine had lost, which were begun again.
    pub async fn begun_again(&self) -> i64 {
        let begun = "SELECT count(*) FROM orchestrator.sagas WHERE begun_again > 0";
        sqlx::query_scalar(begun).fetch_one(&self.services.databases.engine).await.unwrap()
    }

    /// What the provider says it did: captured charges and refunds.
    pub async fn provider_effects(&self) -> (usize, usize) {
        let report =
            self.services.contexts.payments.provider().report(time::OffsetDateTime::UNIX_EPOCH, None).await.unwrap();
        let count = |movement| report.lines.iter().filter(|line| line.movement == movement).count();
        (count(Movement::Charge), count(Movement::Refund))
    }
}

async fn listen(services: &Services) {
    services.transport.bus.port().subscribe(LISTENER, &["#"]).await.unwrap();
}

/// An event that is what its type declares, in the trace of its request.
fn keeps_its_promise(event: String) -> String {
    let envelope: Value = serde_json::from_str(&event).unwrap();
    let of_type = |declared: &EventType| envelope["type"] == declared.name && envelope["version"] == declared.version;
    let declared = wiring::event_types().into_iter().find(of_type).unwrap_or_else(|| panic!("undeclared: {event}"));
    assert_eq!(declared.check(&envelope["data"]), Ok(()), "{event}");
    assert_eq!(envelope["traceparent"], TRACEPARENT, "{event}");
    event
}

fn settings(url: &str, flags: &[String]) -> Settings {
    let fixed = ["usher", "audit", "--database-url", url].map(str::to_owned);
    Arguments::parse_from(fixed.iter().chain(flags)).settings
}

/// Looks again and again until there is something to see.
pub async fn eventually<T>(look: impl AsyncFn() -> Option<T>) -> Option<T> {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.ok()
}
