//! The whole front over a database of its own, a clock that the test moves, and people to be.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt as _;
use usher_accounts::Accounts;
use usher_api::{
    AppState, Services, Settings,
    readiness::{Check, Readiness},
    site::Site,
};
use usher_bookings::{
    Bookings, Status,
    progress::{Advance, Close},
    watch::CHANNEL,
};
use usher_catalog::{Catalog, Showtime, demo, showtime::Search};
use usher_core::{
    ambient::Scripted,
    faults::Faults,
    ids::{BookingId, PaymentId},
};
use usher_database::signals::Signals;
use usher_inspection::Incidents;
use usher_messaging::embedded::{EmbeddedQueue, queue};
use usher_notifications::Notifications;
use usher_payments::{
    Open, Outcome, Payments, Settle,
    provider::http::{HttpProvider, HttpSettings},
    reference::charge_of_booking,
    webhook::Secrets,
};
use usher_postgres::testing::TestDatabase;
use usher_seating::{Seating, Terms};
use usher_tickets::{Issue, Tickets};

use crate::{desk::Desk, no_drills::NoDrills};

pub const NOW: OffsetDateTime = datetime!(2026-11-20 10:00 UTC);
/// What webhooks are signed with.
pub const SECRET: &str = "whsec_front";
pub const PASSWORD: &str = "popcorn and a seat in row F";

pub struct TestApp {
    pub router: Router,
    pub bookings: Bookings,
    pub catalog: Catalog,
    pub payments: Payments,
    pub tickets: Tickets,
    pub clock: Arc<Scripted>,
    pub desk: Arc<Desk>,
    pub ready: Readiness,
    pub database: TestDatabase,
    _signals: AbortOnDropHandle<()>,
}

/// What a test wants to be different from usual.
pub struct Wishes {
    pub desk: Desk,
    pub rate_limit: Option<u32>,
    pub site: Site,
    pub metrics: Box<dyn Fn() -> String + Send + Sync>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            desk: Desk::open(),
            rate_limit: None,
            site: Site::default(),
            metrics: Box::new(|| "usher_up 1\n".to_owned()),
        }
    }
}

/// Somebody who signed in.
pub struct Person {
    pub token: String,
}

impl TestApp {
    pub async fn open() -> Self {
        Self::with(Wishes::default()).await
    }

    pub async fn with(wishes: Wishes) -> Self {
        let schemas = [
            usher_database::migrate::schema(),
            usher_accounts::schema(),
            usher_bookings::schema(),
            usher_catalog::schema(),
            usher_inspection::schema(),
            queue::schema(),
            usher_notifications::schema(),
            usher_payments::schema(),
            usher_seating::schema(),
            usher_tickets::schema(),
        ];
        let migrations: Vec<_> = schemas.iter().map(|schema| (schema.name, &schema.migrations)).collect();
        let database = TestDatabase::migrated(&migrations).await.unwrap();
        let pool = database.pool().clone();
        let clock = Arc::new(Scripted::new(NOW, 1));
        demo::load(&pool, &*clock).await.unwrap();
        let signals = Signals::default();
        let queue = EmbeddedQueue::new(pool.clone(), clock.clone(), &signals);
        let bookings = Bookings::new(pool.clone(), clock.clone(), &signals);
        let listening = AbortOnDropHandle::new(tokio::spawn(signals.clone().listen(pool.clone(), &[CHANNEL])));
        // Nobody listens at this address: the front asks the provider only which means of payment there are.
        let provider = HttpProvider::new(HttpSettings::new("http://127.0.0.1:9")).unwrap();
        let payments = Payments::new(pool.clone(), clock.clone(), Arc::new(provider));
        let payments = payments.believing(Secrets::new([SECRET.into()]));
        let ready = Readiness::new(vec![Check::database("database", pool.clone())]);
        let (catalog, tickets) = (Catalog::new(pool.clone(), clock.clone()), Tickets::new(pool.clone(), clock.clone()));
        let desk = Arc::new(wishes.desk);
        let state = AppState::new(Services {
            accounts: Accounts::new(pool.clone(), clock.clone()),
            catalog: catalog.clone(),
            seating: Seating::new(pool.clone(), clock.clone(), Terms::default()),
            bookings: bookings.clone(),
            payments: payments.clone(),
            tickets: tickets.clone(),
            notifications: Notifications::new(pool.clone(), clock.clone()),
            orchestrator: desk.clone(),
            queue: Arc::new(queue),
            incidents: Incidents::new(pool.clone(), clock.clone()),
            databases: vec![pool.clone()],
            pool,
            ambient: clock.clone(),
            faults: Faults::default(),
            drills: Some(Arc::new(NoDrills)),
            settings: Settings {
                rate_limit: wishes.rate_limit,
                site: wishes.site,
                refund_approval_above: 1_000,
                ready: ready.clone(),
                ..Settings::default()
            },
            metrics: wishes.metrics,
        });
        let router = usher_api::router(state);
        Self { router, bookings, catalog, payments, tickets, clock, desk, ready, database, _signals: listening }
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4000))));
        Call { app: self, request }
    }

    /// Somebody new with an account and a token.
    pub async fn person(&self, name: &str) -> Person {
        let account = json!({ "email": format!("{name}@usher.test"), "password": PASSWORD, "name": name });
        self.post("/api/auth/register", &account).send().await.expect(201);
        self.sign_in(name).await
    }

    /// Somebody new with a role of the house.
    pub async fn staff(&self, name: &str, role: &str) -> Person {
        self.person(name).await;
        sqlx::query("UPDATE accounts.users SET role = $2 WHERE mail = $1")
            .bind(format!("{name}@usher.test"))
            .bind(role)
            .execute(self.database.pool())
            .await
            .unwrap();
        self.sign_in(name).await
    }

    /// A confirmed booking of so many seats that is paid, and its payment.
    pub async fn paid(&self, person: &Person, key: &str, seats: usize) -> (BookingId, PaymentId) {
        let order = self.order(seats).await;
        let booking = self.post("/api/bookings", &order).by(person).key(key).send().await.expect(202);
        let id: BookingId = booking["id"].as_str().unwrap().parse().unwrap();
        let total = self.bookings.get(id).await.unwrap().unwrap().total;
        let reference = charge_of_booking(id);
        let open = Open {
            booking: id,
            reference: reference.clone(),
            amount: total,
            method: "pm_ok".to_owned(),
            call: None,
            trace: None,
        };
        self.payments.open(open).await.unwrap();
        let outcome = Outcome::Captured { provider_id: format!("ch_{id}") };
        let settled = self.payments.settle(&reference, Settle::told(reference.clone(), outcome)).await.unwrap();
        self.confirm(id).await;
        (id, settled.payment)
    }

    /// Somebody new who runs the house.
    pub async fn operator(&self, name: &str) -> Person {
        self.person(name).await;
        let raised = sqlx::query("UPDATE accounts.users SET role = 'operator' WHERE mail = $1");
        let raised = raised.bind(format!("{name}@usher.test")).execute(self.database.pool()).await.unwrap();
        assert_eq!(raised.rows_affected(), 1);
        self.sign_in(name).await
    }

    /// Somebody who has an account, with a token of this moment.
    pub async fn sign_in(&self, name: &str) -> Person {
        let credentials = json!({ "email": format!("{name}@usher.test"), "password": PASSWORD });
        let tokens = self.post("/api/auth/token", &credentials).send().await.expect(200);
        Person { token: tokens["access_token"].as_str().unwrap().to_owned() }
    }

    /// The last showtime of tomorrow, more than a day away, in a hall with seats of every type.
    pub async fn showtime(&self) -> Arc<Showtime> {
        let date = Some(NOW.date().next_day().unwrap());
        let all = self.catalog.showtimes(&Search { limit: 200, date, ..Search::default() }).await.unwrap();
        let in_the_hall = all.iter().filter(|showtime| showtime.screen_name == "Great Hall");
        in_the_hall.max_by_key(|showtime| showtime.starts_at).unwrap().clone()
    }

    /// The body of an order for the first seats of a showtime.
    pub async fn order(&self, seats: usize) -> Value {
        let showtime = self.showtime().await;
        let names: Vec<_> = showtime.seat_map.seats().take(seats).map(|seat| &seat.name).collect();
        json!({ "showtime_id": showtime.id, "seats": names, "payment_method": "pm_ok" })
    }

    /// A booking that is written, its saga at the first step.
    pub async fn booked(&self, person: &Person, key: &str) -> BookingId {
        let order = self.order(2).await;
        let booking = self.post("/api/bookings", &order).by(person).key(key).send().await.expect(202);
        booking["id"].as_str().unwrap().parse().unwrap()
    }

    /// What the saga does when all goes well.
    pub async fn confirm(&self, id: BookingId) {
        for to in [Status::Reserved, Status::Paid] {
            self.bookings.advance(Advance { id, to }).await.unwrap();
        }
        let booking = self.bookings.get(id).await.unwrap().unwrap();
        let issue = Issue {
            booking: id,
            user: booking.user_id,
            showtime: booking.showtime_id,
            starts_at: NOW + Duration::days(1),
            seats: booking.seats,
        };
        self.tickets.issue(format!("{id}/issue-tickets"), issue).await.unwrap();
        self.bookings.advance(Advance { id, to: Status::Confirmed }).await.unwrap();
    }

    /// What the saga does last when it has gone back.
    pub async fn reject(&self, id: BookingId, reason: &str, taken: &[&str]) {
        let taken_seats = taken.iter().map(|seat| seat.parse().unwrap()).collect();
        self.bookings.close(Close { id, reason: reason.to_owned(), taken_seats }).await.unwrap();
    }

    pub async fn count(&self, table: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar(query).fetch_one(self.database.pool()).await.unwrap()
    }

    /// Waits until a table, with or without a condition, has so many rows.
    pub async fn eventually(&self, table: &str, rows: i64) {
        let reached = async {
            while self.count(table).await != rows {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), reached)
            .await
            .unwrap_or_else(|_| panic!("{rows} of {table}"));
    }

    /// Waits until no start waits in the outbox.
    pub async fn discarded(&self) {
        self.eventually("usher.outbox WHERE kind = 'start'", 0).await;
    }

    /// What a process leaves behind that dies between writing a booking and storing the answer.
    pub async fn crash_before_the_answer(&self) {
        let forgotten = sqlx::query(
            "UPDATE usher.idempotency SET status = NULL, body = NULL WHERE scope LIKE '%POST /api/bookings'",
        );
        assert_eq!(forgotten.execute(self.database.pool()).await.unwrap().rows_affected(), 1);
    }

    /// Asserts that no request of anybody has left a trace.
    pub async fn assert_nothing_written(&self) {
        for table in ["bookings.bookings", "usher.idempotency", "usher.outbox", "seating.holds", "seating.claims"] {
            assert_eq!(self.count(table).await, 0, "{table}");
        }
        assert_eq!(self.desk.so_far(), 0);
    }
}

/// A request being put together.
pub struct Call<'a> {
    app: &'a TestApp,
    request: Request<Body>,
}

impl Call<'_> {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub fn by(self, person: &Person) -> Self {
        self.header("authorization", &format!("Bearer {}", person.token))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(mut self, body: &Value) -> Self {
        *self.request.body_mut() = Body::from(body.to_string());
        self.header("content-type", "application/json")
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// The answer with its body still to be read.
    pub async fn stream(self) -> Response {
        self.app.router.clone().oneshot(self.request).await.unwrap()
    }

    pub async fn send(self) -> Answer {
        let (parts, body) = self.stream().await.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The body of a problem of this kind, in the one shape that problems have.
    #[track_caller]
    pub fn problem(&self, slug: &str) -> Value {
        let body = self.json();
        assert_eq!(body["type"], format!("/problems/{slug}"), "{} {}", self.status, self.text);
        assert_eq!(self.header(header::CONTENT_TYPE.as_str()), Some("application/problem+json"));
        assert_eq!(body["status"], self.status.as_u16());
        for member in ["title", "detail", "instance", "trace_id"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {body}");
        }
        if self.header("idempotency-replayed").is_none() {
            // A replay is the first answer to the letter, with the trace that leads to the work.
            assert_eq!(self.header("trace-id"), body["trace_id"].as_str());
        }
        assert!(body["retryable"].is_boolean());
        body
    }
}
