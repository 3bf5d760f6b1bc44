//! What the tests share: a database, a clock that stands still, and bookings in any state.

use std::{future::Future, sync::Arc};

use serde_json::{Value, json};
use time::OffsetDateTime;
use usher_bookings::{
    Bookings, Status,
    cancel::{Cancel, CancelOutcome, Terms},
    progress::{Advance, Advanced, Close, Closed},
    request::{Request, Requested},
    watch,
};
use usher_core::{
    ambient::{Ambient, Scripted},
    ids::{BookingId, ShowtimeId, UserId},
    money::{Currency, Money},
};
use usher_database::{
    idempotency::Claim,
    outbox::{self, Kind, Message},
    pool::{self, PoolSettings},
    signals::{Signals, notify},
};
use usher_postgres::testing::TestDatabase;

/// One database, and a process over it.
pub struct World {
    pub database: TestDatabase,
    pub ambient: Arc<Scripted>,
    pub bookings: Bookings,
    pub user: UserId,
}

impl World {
    pub async fn new() -> Self {
        let (base, bookings) = (usher_database::migrate::schema(), usher_bookings::schema());
        let schemas = [(base.name, &base.migrations), (bookings.name, &bookings.migrations)];
        let database = TestDatabase::migrated(&schemas).await.unwrap();
        let ambient = Arc::new(Scripted::new(OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap(), 1));
        let bookings = process(&database, &ambient, &Signals::default());
        let user = UserId::new(&*ambient);
        Self { database, ambient, bookings, user }
    }

    /// Another process over the same database, deaf to signals.
    pub fn another_process(&self) -> Bookings {
        process(&self.database, &self.ambient, &Signals::default())
    }

    /// Another process that hears signals; ready when it does.
    pub async fn listening_process(&self) -> Bookings {
        let signals = Signals::default();
        let mut ready = signals.subscribe("ready");
        let bookings = process(&self.database, &self.ambient, &signals);
        let settings = PoolSettings { connections: 1, ..PoolSettings::default() };
        let pool = pool::open(self.database.url(), settings).unwrap();
        tokio::spawn(signals.listen(pool, &[watch::CHANNEL, "ready"]));
        in_time(async {
            while ready.try_recv().is_err() {
                notify(&mut self.database.pool().acquire().await.unwrap(), "ready", "?").await.unwrap();
                tokio::task::yield_now().await;
            }
        })
        .await;
        bookings
    }

    /// A request under a key of its own.
    pub fn request(&self) -> Request {
        let key = self.ambient.random().to_string();
        self.request_under(&key, 1)
    }

    /// A request under this key, with one of two bodies.
    pub fn request_under(&self, key: &str, body: u8) -> Request {
        self.ambient.advance(time::Duration::milliseconds(1)); // Ids sort by age.
        let id = BookingId::new(&*self.ambient);
        Request {
            claim: Claim {
                scope: format!("{}:POST /api/bookings", self.user),
                key: key.to_owned(),
                fingerprint: vec![body; 32],
                resource: Some(id.to_string()),
            },
            id,
            user_id: self.user,
            showtime_id: ShowtimeId::new(&*self.ambient),
            seats: vec![("A1".parse().unwrap(), euros(1250)), ("A2".parse().unwrap(), euros(990))],
            total: euros(2240),
            payment_method: "pm_ok".to_owned(),
            hold_id: None,
            saga: "booking",
            input: json!({ "booking_id": id }),
        }
    }

    /// A booking that stands there, moved by the context itself.
    pub async fn booking(&self, status: Status) -> BookingId {
        let request = self.request();
        let id = request.id;
        assert_eq!(self.bookings.request(request).await.unwrap(), Requested::Written);
        let forward = [Status::Reserved, Status::Paid, Status::Confirmed];
        match status {
            Status::Requested => {}
            Status::Reserved | Status::Paid | Status::Confirmed => {
                for to in forward {
                    assert_eq!(self.advance(id, to).await, Advanced::There);
                    if to == status {
                        break;
                    }
                }
            }
            Status::Rejected => assert_eq!(self.close(id, "PaymentDeclined").await, Closed::Rejected),
            Status::Cancelling => assert_eq!(self.cancel(id).await, CancelOutcome::TurnsRound),
            Status::Cancelled => {
                assert_eq!(self.cancel(id).await, CancelOutcome::TurnsRound);
                assert_eq!(self.close(id, "BookingCancelled").await, Closed::Cancelled);
            }
        }
        assert_eq!(self.status(id).await, status);
        id
    }

    pub async fn advance(&self, id: BookingId, to: Status) -> Advanced {
        self.bookings.advance(Advance { id, to }).await.unwrap()
    }

    pub async fn close(&self, id: BookingId, reason: &str) -> Closed {
        self.bookings.close(Close { id, reason: reason.to_owned(), taken_seats: Vec::new() }).await.unwrap()
    }

    /// The owner's cancellation.
    pub fn cancellation(&self, id: BookingId) -> Cancel {
        Cancel {
            id,
            user_id: self.user,
            terms: Terms::default(),
            saga: "cancellation",
            input: json!({ "booking_id": id }),
        }
    }

    pub async fn cancel(&self, id: BookingId) -> CancelOutcome {
        self.bookings.cancel(self.cancellation(id)).await.unwrap()
    }

    pub async fn status(&self, id: BookingId) -> Status {
        self.bookings.get(id).await.unwrap().unwrap().status
    }

    /// All starts that wait to be sent for this saga, with the names of their executions.
    pub async fn starts(&self, saga: &str) -> Vec<String> {
        let starts =
            self.messages().await.into_iter().filter(|message| message.kind == Kind::Start && message.topic == saga);
        starts.map(|message| message.payload["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The names of all events that tell of this booking.
    pub async fn events(&self, id: BookingId) -> Vec<String> {
        let subject = Value::from(id.to_string());
        let events = self.messages().await.into_iter().filter(|message| message.payload["subject"] == subject);
        let mut names: Vec<String> = events.map(|message| message.topic).collect();
        names.sort_unstable();
        names
    }

    /// What is in the outbox; looking takes nothing out.
    pub async fn messages(&self) -> Vec<Message> {
        let mut look = self.database.pool().begin().await.unwrap();
        let later = self.ambient.now() + time::Duration::days(365);
        let mut messages = outbox::lease(&mut look, Kind::Start, 10_000, later).await.unwrap();
        messages.extend(outbox::lease(&mut look, Kind::Event, 10_000, later).await.unwrap());
        look.rollback().await.unwrap();
        messages
    }
}

fn process(database: &TestDatabase, ambient: &Arc<Scripted>, signals: &Signals) -> Bookings {
    let settings = PoolSettings { connections: 6, ..PoolSettings::default() };
    Bookings::new(pool::open(database.url(), settings).unwrap(), ambient.clone(), signals)
}

pub fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

/// The output of a future that has to come to an end.
pub async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_mins(1), future).await.expect("it comes to an end")
}
