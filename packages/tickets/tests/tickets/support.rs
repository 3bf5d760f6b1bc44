//! What the tests of tickets share: a database with both schemas, a clock that stands still, and a booking to start from.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use usher_core::{
    ambient::Scripted,
    ids::{BookingId, ShowtimeId, UserId},
    money::{Currency, Money},
    seat::SeatName,
};
use usher_postgres::testing::TestDatabase;
use usher_tickets::{Issuance, Issue, IssuedTicket, Tickets};

/// One database, and a process over it.
pub struct World {
    pub database: TestDatabase,
    pub ambient: Arc<Scripted>,
    pub tickets: Tickets,
}

impl World {
    pub async fn new() -> Self {
        let (usher, tickets) = (usher_database::migrate::schema(), usher_tickets::schema());
        let database = TestDatabase::migrated(&[(usher.name, &usher.migrations), (tickets.name, &tickets.migrations)])
            .await
            .unwrap();
        let ambient = ambient(1);
        let tickets = Tickets::new(database.pool().clone(), ambient.clone());
        Self { database, ambient, tickets }
    }

    /// Another process over the same database, with a randomness of its own.
    pub fn another_process(&self, seed: u64) -> Tickets {
        Tickets::new(self.database.pool().clone(), ambient(seed * 1_000_000))
    }

    /// A new booking of these seats.
    pub fn booking(&self, showtime: ShowtimeId, seats: &[&str]) -> Issue {
        Issue {
            booking: BookingId::new(&*self.ambient),
            user: UserId::new(&*self.ambient),
            showtime,
            starts_at: start() + Duration::days(1),
            seats: seats.iter().map(|name| (seat(name), Money::new(1250, Currency::EUR))).collect(),
        }
    }

    pub fn showtime(&self) -> ShowtimeId {
        ShowtimeId::new(&*self.ambient)
    }

    /// The payloads of the events that wait to be sent, oldest first.
    pub async fn events(&self) -> Vec<serde_json::Value> {
        let mut connection = self.database.pool().acquire().await.unwrap();
        let now = start() + Duration::days(365);
        let messages = usher_database::outbox::lease(&mut connection, usher_database::outbox::Kind::Event, 1000, now);
        messages.await.unwrap().into_iter().map(|message| message.payload).collect()
    }
}

/// When the clock starts.
pub fn start() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap()
}

pub fn seat(name: &str) -> SeatName {
    name.parse().unwrap()
}

/// The tickets of an issuance that must not have been refused.
pub fn issued(issuance: Issuance) -> Vec<IssuedTicket> {
    match issuance {
        Issuance::Issued { tickets } => tickets,
        refused => panic!("{refused:?}"),
    }
}

fn ambient(seed: u64) -> Arc<Scripted> {
    Arc::new(Scripted::new(start(), seed))
}
