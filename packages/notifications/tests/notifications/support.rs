//! What the tests share: a database with both schemas, a clock that stands still, and something to tell.

use std::sync::Arc;

use time::OffsetDateTime;
use usher_core::{
    ambient::Scripted,
    ids::{BookingId, UserId},
};
use usher_notifications::{Notice, Notifications, Rejection, Tell};
use usher_postgres::testing::TestDatabase;

/// One database, and a process over it.
pub struct World {
    pub database: TestDatabase,
    pub ambient: Arc<Scripted>,
    pub notifications: Notifications,
}

impl World {
    pub async fn new() -> Self {
        let (usher, own) = (usher_database::migrate::schema(), usher_notifications::schema());
        let migrations = [(usher.name, &usher.migrations), (own.name, &own.migrations)];
        let database = TestDatabase::migrated(&migrations).await.unwrap();
        let ambient = Arc::new(Scripted::new(start(), 1));
        let notifications = Notifications::new(database.pool().clone(), ambient.clone());
        Self { database, ambient, notifications }
    }

    /// Another process over the same database, with a randomness of its own.
    pub fn another_process(&self) -> Notifications {
        Notifications::new(self.database.pool().clone(), Arc::new(Scripted::new(start(), 1_000_000)))
    }

    /// A rejection to tell a new customer of a new booking.
    pub fn rejection(&self, movie: &str) -> Tell {
        let booking = BookingId::new(&*self.ambient);
        let seats = vec!["A1".parse().unwrap()];
        Tell {
            intent: format!("{booking}/notify-rejection"),
            booking,
            user: UserId::new(&*self.ambient),
            notice: Notice::BookingRejected {
                movie: movie.to_owned(),
                seats,
                reason: Rejection::PaymentDeclined,
                is_owed: false,
            },
        }
    }
}

/// When the clock starts.
pub fn start() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap()
}
