//! The context's face: one handle over the pool and the batches.

use sqlx::PgPool;
use time::Duration;
use usher_core::{
    ambient::SharedAmbient,
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    seat::SeatName,
};
use usher_database::{Failure, GroupCommit, Once, migrate::Schema, once::Guarded};

use crate::{
    Fenced, Hold,
    cap::{HoldSeats, TooManyHolds},
    claim::{Claim, ClaimSeats, Claimed},
    hold, settle,
    settle::{Release, ReleaseSeats, Released, Sell, SellSeats, Sold},
};

/// The schema `seating`.
pub fn schema() -> Schema {
    Schema { name: "seating", migrations: sqlx::migrate!() }
}

/// How long seats are kept.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// A new hold, and what one extension adds. A saga's worst case before the charge has to fit (286 s, see booking.asl.json).
    pub life: Duration,
    /// A hold never lives longer than this, however it is extended.
    pub ceiling: Duration,
    /// How many holds a customer may have open at once.
    pub open_holds: i64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { life: Duration::minutes(5), ceiling: Duration::minutes(15), open_holds: 4 }
    }
}

/// Takes, keeps, sells and releases seats. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Seating {
    pub(crate) pool: PgPool,
    pub(crate) ambient: SharedAmbient,
    pub(crate) terms: Terms,
    claim: GroupCommit<Once<Claim>, Claimed>,
    hold: GroupCommit<Claim, Result<Claimed, TooManyHolds>>,
    sell: GroupCommit<Once<Sell>, Sold>,
    release: GroupCommit<Once<Release>, Released>,
}

impl Seating {
    /// Starts the batches; call it inside a runtime.
    pub fn new(pool: PgPool, ambient: SharedAmbient, terms: Terms) -> Self {
        let claim = ClaimSeats { ambient: ambient.clone(), terms };
        let hold = HoldSeats { claim: ClaimSeats { ambient: ambient.clone(), terms } };
        let sell = SellSeats { ambient: ambient.clone() };
        let release = ReleaseSeats { ambient: ambient.clone() };
        Self {
            claim: Guarded::spawn(claim, ambient.clone(), pool.clone(), "reserve-seats"),
            hold: GroupCommit::spawn(pool.clone(), "hold-seats", hold),
            sell: Guarded::spawn(sell, ambient.clone(), pool.clone(), "sell-seats"),
            release: Guarded::spawn(release, ambient.clone(), pool.clone(), "release-seats"),
            pool,
            ambient,
            terms,
        }
    }

    /// Claims all seats or none, once for `effect`.
    pub async fn claim(&self, effect: &str, claim: Claim) -> Result<Claimed, Failure> {
        self.claim.once(effect, claim).await
    }

    /// Makes held seats sold, once for `effect`.
    pub async fn sell(&self, effect: &str, sale: Sell) -> Result<Sold, Failure> {
        self.sell.once(effect, sale).await
    }

    /// Gives back whatever the booking has, once for `effect`. Safe when it never had anything.
    pub async fn release(&self, effect: &str, release: Release) -> Result<Released, Failure> {
        self.release.once(effect, release).await
    }

    /// Keeps seats for a customer who is still deciding.
    pub async fn hold(
        &self,
        user_id: UserId,
        showtime_id: ShowtimeId,
        seats: Vec<SeatName>,
    ) -> Result<Result<Claimed, TooManyHolds>, Failure> {
        let hold_id = HoldId::new(&*self.ambient);
        let claim = Claim { hold_id, takes_over: false, showtime_id, user_id, booking_id: None, seats };
        self.hold.submit(claim).await
    }

    /// Extends a hold by its life, once, up to the ceiling.
    pub async fn extend(&self, user_id: UserId, id: HoldId) -> Result<Result<Hold, Fenced>, Failure> {
        settle::extend(self, user_id, id).await
    }

    /// Gives a hold back before its time. Gone already is fine.
    pub async fn give_back(&self, user_id: UserId, id: HoldId) -> Result<Result<(), Fenced>, Failure> {
        settle::give_back(self, user_id, id).await
    }

    /// The hold that a booking has or had.
    pub async fn hold_of(&self, booking_id: BookingId) -> Result<Option<Hold>, Failure> {
        hold_of_booking(&self.pool, booking_id).await
    }
}

async fn hold_of_booking(pool: &PgPool, booking_id: BookingId) -> Result<Option<Hold>, Failure> {
    let row = sqlx::query_as!(
        hold::Row,
        "SELECT id, epoch, showtime_id, user_id, booking_id, seats, expires_at, extended FROM seating.holds WHERE booking_id = $1",
        booking_id.uuid(),
    );
    Ok(row.fetch_optional(pool).await?.map(Into::into))
}
