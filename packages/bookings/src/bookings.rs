//! The context's face: one handle over the pool and the batches.

use sqlx::PgPool;
use usher_core::{ambient::SharedAmbient, ids::BookingId};
use usher_database::{Failure, GroupCommit, migrate::Schema, signals::Signals};

use crate::{
    Booking,
    cancel::{Cancel, CancelBookings, CancelOutcome},
    progress::{Advance, AdvanceBookings, Advanced, Close, CloseBookings, Closed},
    read::ReadBookings,
    request::{Request, RequestBookings, Requested},
    watch::Watch,
};

/// The schema `bookings`.
pub fn schema() -> Schema {
    Schema { name: "bookings", migrations: sqlx::migrate!() }
}

/// Writes, moves and reads bookings. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bookings {
    pub(crate) pool: PgPool,
    request: GroupCommit<Request, Requested>,
    advance: GroupCommit<Advance, Advanced>,
    close: GroupCommit<Close, Closed>,
    cancel: GroupCommit<Cancel, CancelOutcome>,
    read: GroupCommit<BookingId, Option<Booking>>,
    watch: Watch,
}

impl Bookings {
    /// Starts the batches; call it inside a runtime. `signals` has to be listening to [`watch::CHANNEL`](crate::watch::CHANNEL).
    pub fn new(pool: PgPool, ambient: SharedAmbient, signals: &Signals) -> Self {
        Self {
            request: GroupCommit::spawn(pool.clone(), "request-booking", RequestBookings { ambient: ambient.clone() }),
            advance: GroupCommit::spawn(pool.clone(), "advance-booking", AdvanceBookings { ambient: ambient.clone() }),
            close: GroupCommit::spawn(pool.clone(), "close-booking", CloseBookings { ambient: ambient.clone() }),
            cancel: GroupCommit::spawn(pool.clone(), "cancel-booking", CancelBookings { ambient }),
            read: GroupCommit::spawn(pool.clone(), "read-booking", ReadBookings),
            watch: Watch::start(signals),
            pool,
        }
    }

    /// Writes a booking and the command that starts its saga, once for its idempotency key.
    pub async fn request(&self, request: Request) -> Result<Requested, Failure> {
        self.request.submit(request).await
    }

    /// Moves a booking forward because a step had its effect.
    pub async fn advance(&self, advance: Advance) -> Result<Advanced, Failure> {
        let advanced = self.advance.submit(advance).await?;
        if advanced == Advanced::There {
            self.watch.tell(advance.id, advance.to); // Who waits in this process need not wait for the announcement.
        }
        Ok(advanced)
    }

    /// Ends a booking whose effects are all undone.
    pub async fn close(&self, close: Close) -> Result<Closed, Failure> {
        self.close.submit(close).await
    }

    /// Turns a booking round, wherever it stands.
    pub async fn cancel(&self, cancel: Cancel) -> Result<CancelOutcome, Failure> {
        self.cancel.submit(cancel).await
    }

    /// One booking.
    pub async fn get(&self, id: BookingId) -> Result<Option<Booking>, Failure> {
        self.read.submit(id).await
    }

    /// Tells when bookings move.
    pub const fn watch(&self) -> &Watch {
        &self.watch
    }
}
