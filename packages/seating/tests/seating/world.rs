//! What the tests share: a database, a clock that stands still, people, and a direct look at who owns what.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use usher_core::{
    ambient::{Ambient, Scripted},
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    seat::SeatName,
};
use usher_database::pool::{self, PoolSettings};
use usher_postgres::testing::TestDatabase;
use usher_seating::{
    Seating, Terms,
    claim::{Claim, Claimed},
    settle::{Release, Released, Sell, Sold},
};
use uuid::Uuid;

/// One database, and a process over it.
pub struct World {
    pub database: TestDatabase,
    pub ambient: Arc<Scripted>,
    pub seating: Seating,
    pub showtime: ShowtimeId,
    pub user: UserId,
}

/// A hold that was won: what later writes have to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Won {
    pub hold_id: HoldId,
    pub epoch: i64,
    pub expires_at: OffsetDateTime,
}

impl World {
    pub async fn new() -> Self {
        let (base, seating) = (usher_database::migrate::schema(), usher_seating::schema());
        let schemas = [(base.name, &base.migrations), (seating.name, &seating.migrations)];
        let database = TestDatabase::migrated(&schemas).await.unwrap();
        let ambient = Arc::new(Scripted::new(OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap(), 1));
        let seating = process(&database, &ambient);
        let (showtime, user) = (ShowtimeId::new(&*ambient), UserId::new(&*ambient));
        Self { database, ambient, seating, showtime, user }
    }

    /// Another process over the same database, by the same clock.
    pub fn another_process(&self) -> Seating {
        process(&self.database, &self.ambient)
    }

    /// Another process over the same database, whose clock is ahead.
    pub fn process_ahead(&self, by: Duration) -> Seating {
        let clock = Arc::new(Scripted::new(self.now() + by, 1_000_000));
        process(&self.database, &clock)
    }

    pub fn now(&self) -> OffsetDateTime {
        self.ambient.now()
    }

    pub fn pass(&self, time: Duration) {
        self.ambient.advance(time);
    }

    pub fn someone(&self) -> UserId {
        UserId::new(&*self.ambient)
    }

    pub fn booking(&self) -> BookingId {
        BookingId::new(&*self.ambient)
    }

    /// What the booking's own claim is: a hold under the booking's number.
    pub fn claim_of(&self, booking: BookingId, seats: &[&str]) -> Claim {
        Claim {
            hold_id: HoldId::from(booking.uuid()),
            takes_over: false,
            showtime_id: self.showtime,
            user_id: self.user,
            booking_id: Some(booking),
            seats: names(seats),
        }
    }

    /// The claim of a booking whose customer has a hold.
    pub fn take_over_of(&self, booking: BookingId, hold_id: HoldId, seats: &[&str]) -> Claim {
        Claim { hold_id, takes_over: true, ..self.claim_of(booking, seats) }
    }

    pub async fn claim(&self, booking: BookingId, seats: &[&str]) -> Claimed {
        let claim = self.claim_of(booking, seats);
        self.seating.claim(&claim_effect(booking), claim).await.unwrap()
    }

    pub async fn take_over(&self, booking: BookingId, hold_id: HoldId, seats: &[&str]) -> Claimed {
        let claim = self.take_over_of(booking, hold_id, seats);
        self.seating.claim(&claim_effect(booking), claim).await.unwrap()
    }

    pub async fn hold(&self, seats: &[&str]) -> Claimed {
        self.seating.hold(self.user, self.showtime, names(seats)).await.unwrap().unwrap()
    }

    pub fn sale(&self, won: Won, seats: &[&str]) -> Sell {
        Sell { hold_id: won.hold_id, epoch: won.epoch, showtime_id: self.showtime, seats: names(seats) }
    }

    pub async fn sell(&self, booking: BookingId, won: Won, seats: &[&str]) -> Sold {
        self.seating.sell(&sale_effect(booking), self.sale(won, seats)).await.unwrap()
    }

    pub async fn release(&self, booking: BookingId) -> Released {
        self.seating.release(&format!("{booking}/release-seats"), release_of(booking)).await.unwrap()
    }

    /// Who owns which seat of the showtime at this moment, and until when; nobody's moment is a sold seat.
    pub async fn owners(&self) -> BTreeMap<String, (HoldId, Option<OffsetDateTime>)> {
        owners(self.database.pool(), self.showtime, self.now()).await
    }

    /// The seats of one owner.
    pub async fn seats_of(&self, hold: HoldId) -> Vec<String> {
        self.owners().await.into_iter().filter(|(_, (owner, _))| *owner == hold).map(|(seat, _)| seat).collect()
    }
}

fn process(database: &TestDatabase, ambient: &Arc<Scripted>) -> Seating {
    let settings = PoolSettings { connections: 6, ..PoolSettings::default() };
    Seating::new(pool::open(database.url(), settings).unwrap(), ambient.clone(), Terms::default())
}

pub async fn owners(
    pool: &PgPool,
    showtime: ShowtimeId,
    now: OffsetDateTime,
) -> BTreeMap<String, (HoldId, Option<OffsetDateTime>)> {
    let rows: Vec<(String, Uuid, Option<OffsetDateTime>)> = sqlx::query_as(
        "SELECT seat, hold_id, expires_at FROM seating.claims
         WHERE showtime_id = $1 AND (expires_at IS NULL OR expires_at > $2)",
    )
    .bind(showtime.uuid())
    .bind(now)
    .fetch_all(pool)
    .await
    .unwrap();
    rows.into_iter().map(|(seat, hold, expires_at)| (seat, (hold.into(), expires_at))).collect()
}

pub fn claim_effect(booking: BookingId) -> String {
    format!("{booking}/reserve-seats")
}

pub fn sale_effect(booking: BookingId) -> String {
    format!("{booking}/issue-tickets/sale")
}

pub fn release_of(booking: BookingId) -> Release {
    Release { booking_id: booking, sealed_claim: claim_effect(booking), sealed_sale: sale_effect(booking) }
}

pub fn names(seats: &[&str]) -> Vec<SeatName> {
    seats.iter().map(|seat| seat.parse().unwrap()).collect()
}

/// The hold of a claim that must have succeeded.
pub fn won(claimed: &Claimed) -> Won {
    match claimed {
        Claimed::All { hold_id, epoch, expires_at } => {
            Won { hold_id: *hold_id, epoch: *epoch, expires_at: *expires_at }
        }
        other => panic!("not claimed: {other:?}"),
    }
}

/// The seats that stood in the way of a claim that must have failed, sorted.
pub fn taken(claimed: &Claimed) -> Vec<&str> {
    match claimed {
        Claimed::Taken { seats } => {
            let mut seats: Vec<&str> = seats.iter().map(SeatName::as_str).collect();
            seats.sort_unstable();
            seats
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// The output of a future that has to come to an end.
pub async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_mins(1), future).await.expect("it comes to an end")
}
