//! A database with every schema, the contexts over it, and bookings to break.

use std::sync::Arc;

use axum::{extract::Request, middleware::Next};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use usher_audit::{Finding, Invariant, Options, Report, Sources, audit};
use usher_bookings::{
    Bookings, Status, cancel,
    cancel::{Cancel, CancelOutcome},
    progress::{Advance, Close},
    request::{Request as Booking, Requested},
};
use usher_core::{
    ambient::Scripted,
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    money::{Currency, Money},
    seat::SeatName,
};
use usher_database::{idempotency::Claim as Key, signals::Signals};
use usher_messaging::embedded::{EmbeddedQueue, queue as embedded_queue};
use usher_orchestrator::embedded::EmbeddedOrchestrator;
use usher_payments::{
    ChargeRequest, Payments,
    provider::{HttpProvider, HttpSettings},
    simulator::{Delays, Simulator},
};
use usher_postgres::testing::TestDatabase;
use usher_seating::{
    Seating, Terms,
    claim::{Claim, Claimed},
    settle::{Release, Sell, Sold},
};
use usher_tickets::{Issue, Revoke, Tickets};
use usher_workflows::definitions::{BOOKING, CANCELLATION, SAGAS};

/// Everything, and the address of nothing outside.
pub struct World {
    pub sources: Sources,
    pub ambient: Arc<Scripted>,
    /// How often the provider's report was asked for.
    pub reports: watch::Receiver<u32>,
    pub showtime: ShowtimeId,
    user: UserId,
    database: TestDatabase,
    _simulator: DropGuard,
}

impl World {
    pub async fn new() -> Self {
        let schemas = [
            usher_database::migrate::schema(),
            usher_bookings::schema(),
            usher_seating::schema(),
            usher_payments::schema(),
            usher_tickets::schema(),
            Simulator::schema(),
            embedded_queue::schema(),
            usher_orchestrator::embedded::schema(),
        ];
        let migrations: Vec<_> = schemas.iter().map(|schema| (schema.name, &schema.migrations)).collect();
        let database = TestDatabase::migrated(&migrations).await.unwrap();
        let (pool, signals) = (database.pool().clone(), Signals::default());
        let ambient = Arc::new(Scripted::new(OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap(), 1));
        let (provider, reports, stop) = provider(pool.clone(), ambient.clone()).await;
        let queue = EmbeddedQueue::new(pool.clone(), ambient.clone(), &signals);
        let sagas: Vec<_> = SAGAS.map(|saga| (saga.name.to_owned(), saga.with_queues(str::to_owned))).into();
        let orchestrator =
            EmbeddedOrchestrator::deploy(pool.clone(), ambient.clone(), queue.clone(), &sagas).await.unwrap();
        let sources = Sources {
            bookings: Bookings::new(pool.clone(), ambient.clone(), &signals),
            seating: Seating::new(pool.clone(), ambient.clone(), Terms::default()),
            payments: Payments::new(pool.clone(), ambient.clone(), Arc::new(provider)),
            tickets: Tickets::new(pool.clone(), ambient.clone()),
            queue: Arc::new(queue),
            orchestrator: Arc::new(orchestrator),
            outboxes: vec![pool],
            queues: vec!["reserve-seats".to_owned(), "events-notifications".to_owned()],
            ambient: ambient.clone(),
        };
        let (showtime, user) = (ShowtimeId::new(&*ambient), UserId::new(&*ambient));
        Self { sources, ambient, reports, showtime, user, database, _simulator: stop.drop_guard() }
    }

    /// A world with a booking in each of its ends: confirmed, cancelled, rejected. Nothing waits to be sent.
    pub async fn at_rest() -> (Self, Ended) {
        let world = Self::new().await;
        let confirmed = world.confirmed(&["A1", "A2"]).await;
        let cancelled = world.confirmed(&["B1"]).await;
        world.cancel(cancelled).await;
        let rejected = world.requested(&["A2", "A3"]).await;
        world.close(rejected, "SeatUnavailable").await;
        world.sql("DELETE FROM usher.outbox", confirmed).await;
        (world, Ended { confirmed, cancelled, rejected })
    }

    /// The audit of a world in which nothing moves.
    pub async fn audit(&self) -> Report {
        audit(&self.sources, &still()).await.unwrap()
    }

    /// Does something to the database behind everybody's back. `$1` is the booking.
    pub async fn sql(&self, statement: &'static str, booking: BookingId) {
        let mut query = sqlx::query(statement);
        if statement.contains("$1") {
            query = query.bind(booking.uuid());
        }
        let done = query.execute(self.database.pool()).await.unwrap();
        assert!(
            done.rows_affected() > 0 || statement.starts_with("DROP") || statement.starts_with("ALTER"),
            "{statement}"
        );
    }

    /// A booking of which only the request is known, and the command that starts its saga.
    pub async fn requested(&self, seats: &[&str]) -> BookingId {
        let id = BookingId::new(&*self.ambient);
        let seats = priced(seats);
        let booking = Booking {
            claim: Key { scope: "test".to_owned(), key: id.to_string(), fingerprint: vec![0; 32], resource: None },
            id,
            user_id: self.user,
            showtime_id: self.showtime,
            total: total(&seats),
            seats,
            payment_method: "pm_ok".to_owned(),
            hold_id: None,
            saga: BOOKING.name,
            input: serde_json::json!({}),
        };
        assert_eq!(self.sources.bookings.request(booking).await.unwrap(), Requested::Written);
        id
    }

    /// A booking with its seats, its money, and no tickets yet.
    pub async fn paid(&self, seats: &[&str]) -> (BookingId, HoldId, i64) {
        let id = self.requested(seats).await;
        let claim = Claim {
            hold_id: HoldId::from(id.uuid()),
            takes_over: false,
            showtime_id: self.showtime,
            user_id: self.user,
            booking_id: Some(id),
            seats: names(seats),
        };
        let claimed = self.sources.seating.claim(&format!("{id}/reserve-seats"), claim).await.unwrap();
        let Claimed::All { hold_id, epoch, .. } = claimed else { panic!("{claimed:?}") };
        self.advance(id, Status::Reserved).await;
        let charge = ChargeRequest {
            booking: id,
            execution: id.to_string(),
            key: format!("{id}/charge-payment"),
            amount: total(&priced(seats)),
            method: "pm_ok".to_owned(),
        };
        self.sources.payments.charge(charge).await.unwrap();
        self.advance(id, Status::Paid).await;
        (id, hold_id, epoch)
    }

    /// A booking as the saga leaves it.
    pub async fn confirmed(&self, seats: &[&str]) -> BookingId {
        let (id, hold_id, epoch) = self.paid(seats).await;
        let sale = Sell { hold_id, epoch, showtime_id: self.showtime, seats: names(seats) };
        assert_eq!(self.sources.seating.sell(&format!("{id}/issue-tickets/sale"), sale).await.unwrap(), Sold::All);
        let issue = Issue {
            booking: id,
            user: self.user,
            showtime: self.showtime,
            starts_at: self.now() + Duration::days(1),
            seats: priced(seats),
        };
        self.sources.tickets.issue(format!("{id}/issue-tickets"), issue).await.unwrap();
        self.advance(id, Status::Confirmed).await;
        self.sources.payments.recognise(id).await.unwrap();
        id
    }

    /// Everything that the cancellation saga does to a confirmed booking.
    pub async fn cancel(&self, id: BookingId) {
        let cancel = Cancel {
            id,
            user_id: self.user,
            terms: cancel::Terms::default(),
            saga: CANCELLATION.name,
            input: serde_json::json!({}),
        };
        assert!(matches!(self.sources.bookings.cancel(cancel).await.unwrap(), CancelOutcome::Start { .. }));
        let sealed = format!("{id}/issue-tickets");
        let revoke = Revoke { booking: id, seats: None, reason: "BookingCancelled".to_owned(), sealed };
        self.sources.tickets.revoke(format!("{id}/revoke-tickets"), revoke).await.unwrap();
        self.sources.payments.refund(id, &format!("{id}/refund-payment")).await.unwrap();
        self.close(id, "BookingCancelled").await;
    }

    /// What the customer does.
    pub async fn ask_to_cancel(&self, id: BookingId) {
        let cancel = Cancel {
            id,
            user_id: self.user,
            terms: cancel::Terms::default(),
            saga: CANCELLATION.name,
            input: serde_json::json!({}),
        };
        assert!(matches!(self.sources.bookings.cancel(cancel).await.unwrap(), CancelOutcome::Start { .. }));
    }

    /// The end of every undo.
    pub async fn close(&self, id: BookingId, reason: &str) {
        let release = Release {
            booking_id: id,
            sealed_claim: format!("{id}/reserve-seats"),
            sealed_sale: format!("{id}/issue-tickets/sale"),
        };
        self.sources.seating.release(&format!("{id}/release-seats"), release).await.unwrap();
        let close = Close { id, reason: reason.to_owned(), taken_seats: Vec::new() };
        self.sources.bookings.close(close).await.unwrap();
    }

    pub fn now(&self) -> OffsetDateTime {
        self.sources.ambient.now()
    }

    async fn advance(&self, id: BookingId, to: Status) {
        self.sources.bookings.advance(Advance { id, to }).await.unwrap();
    }
}

/// The bookings of a world at rest.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    pub confirmed: BookingId,
    pub cancelled: BookingId,
    pub rejected: BookingId,
}

/// Breaks a world at rest with statements about one of its bookings, and sees it found under that booking's name.
pub async fn breaks(which: fn(&Ended) -> BookingId, invariant: Invariant, statements: &[&'static str]) -> Vec<Finding> {
    let (world, ended) = World::at_rest().await;
    let booking = which(&ended);
    for statement in statements {
        world.sql(statement, booking).await;
    }
    let report = world.audit().await;
    let found: Vec<Finding> =
        report.findings.iter().filter(|finding| finding.invariant == invariant).cloned().collect();
    assert!(!report.is_clean() && found.iter().any(|finding| finding.booking == Some(booking)), "{report}");
    assert!(report.to_string().starts_with("BROKEN") && report.to_string().contains(&booking.to_string()), "{report}");
    found
}

/// For worlds in which nothing moves; with pages so small that bookings fall on both sides of their borders.
pub fn still() -> Options {
    Options { grace: Duration::ZERO, page: 2, ..Options::default() }
}

/// The simulator, served, and a count of the reports that it gave.
async fn provider(pool: PgPool, ambient: Arc<Scripted>) -> (HttpProvider, watch::Receiver<u32>, CancellationToken) {
    let stop = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (count, reports) = watch::channel(0);
    let count = move |request: Request, next: Next| {
        if request.uri().path() == "/report" {
            count.send_modify(|count| *count += 1);
        }
        next.run(request)
    };
    let simulator = Simulator::new(pool, ambient, stop.clone(), Delays::default());
    let router = simulator.router().layer(axum::middleware::from_fn(count));
    let served = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::spawn(async move { served.await.unwrap() });
    (HttpProvider::new(HttpSettings::new(url)).unwrap(), reports, stop)
}

fn names(seats: &[&str]) -> Vec<SeatName> {
    seats.iter().map(|seat| seat.parse().unwrap()).collect()
}

fn priced(seats: &[&str]) -> Vec<(SeatName, Money)> {
    names(seats).into_iter().map(|seat| (seat, Money::new(1250, Currency::EUR))).collect()
}

fn total(seats: &[(SeatName, Money)]) -> Money {
    Money::sum(Currency::EUR, seats.iter().map(|(_, price)| *price)).unwrap()
}
