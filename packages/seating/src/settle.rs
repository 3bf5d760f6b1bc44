//! What becomes of a hold: sold, released, extended, given back. Each states hold and epoch.

use std::collections::HashMap;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::{Acquire, PgConnection};
use usher_core::{
    ambient::SharedAmbient,
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    seat::SeatName,
};
use usher_database::{Failure, failure::overtaken, inbox, once::ApplyOnce, outbox::Message};
use uuid::Uuid;

use crate::{Fenced, Hold, Seating, claim::Claimed, hold, retake::retake};

/// Makes held seats sold.
#[derive(Debug, Clone)]
pub struct Sell {
    /// The hold.
    pub hold_id: HoldId,
    /// Its fence, as the claim told it.
    pub epoch: i64,
    /// The showtime.
    pub showtime_id: ShowtimeId,
    /// All seats of the hold.
    pub seats: Vec<SeatName>,
}

/// What became of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sold {
    /// All seats are sold to the hold.
    All,
    /// Nothing was sold: at least one seat is no longer the hold's.
    Lost,
}

pub(crate) struct SellSeats {
    pub ambient: SharedAmbient,
}

impl ApplyOnce<Sell, Sold> for SellSeats {
    /// A hold whose time is over can still be sold while nobody else took its seats: the money is there, and so are they.
    /// What somebody took and gave up again is taken anew.
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        sales: &'a [&'a Sell],
        _told: &'a mut Vec<Message>,
    ) -> BoxFuture<'a, Result<Vec<Sold>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let mut rows: Vec<(Uuid, &str, &Sell)> = Vec::new();
            for sale in sales {
                rows.extend(sale.seats.iter().map(|seat| (sale.showtime_id.uuid(), seat.as_str(), *sale)));
            }
            rows.sort_unstable_by_key(|row| (row.0, row.1));
            let showtimes: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
            let seats: Vec<String> = rows.iter().map(|row| row.1.to_owned()).collect();
            let holds: Vec<Uuid> = rows.iter().map(|row| row.2.hold_id.uuid()).collect();
            let epochs: Vec<i64> = rows.iter().map(|row| row.2.epoch).collect();
            let needed: Vec<i64> = rows.iter().map(|row| row.2.seats.len().try_into().unwrap_or(i64::MAX)).collect();
            // First the hold, then its seats: everybody locks them in this order.
            let sold = sqlx::query!(
                "WITH asked AS (
                   SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::bigint[])
                     AS asked (showtime_id, seat, hold_id, epoch, needed)
                 ), owned AS (
                   SELECT hold_id, epoch FROM asked JOIN seating.claims USING (showtime_id, seat, hold_id, epoch)
                   GROUP BY hold_id, epoch, needed HAVING count(*) = needed
                 ), sold AS (
                   UPDATE seating.holds SET state = 'sold', ended_at = coalesce(ended_at, $6) FROM owned
                   WHERE holds.id = owned.hold_id AND holds.state <> 'released' RETURNING holds.id, owned.epoch
                 )
                 UPDATE seating.claims SET expires_at = NULL
                 FROM asked JOIN sold ON sold.id = asked.hold_id AND sold.epoch = asked.epoch
                 WHERE claims.showtime_id = asked.showtime_id AND claims.seat = asked.seat
                   AND claims.hold_id = asked.hold_id AND claims.epoch = asked.epoch
                 RETURNING claims.hold_id, claims.epoch",
                &showtimes,
                &seats,
                &holds,
                &epochs,
                &needed,
                now,
            );
            let mut counts: HashMap<(Uuid, i64), usize> = HashMap::new();
            for row in sold.fetch_all(&mut *connection).await? {
                *counts.entry((row.hold_id, row.epoch)).or_default() += 1;
            }
            let count = |sale: &Sell| counts.get(&(sale.hold_id.uuid(), sale.epoch)).copied();
            if sales.iter().any(|sale| count(sale).is_some_and(|count| count != sale.seats.len())) {
                return Err(overtaken());
            }
            let lost: Vec<&Sell> = sales.iter().copied().filter(|sale| count(sale).is_none()).collect();
            let retaken = if lost.is_empty() { Vec::new() } else { retake(connection, &lost, now).await? };
            let is_sold = |sale: &Sell| count(sale).is_some() || retaken.contains(&(sale.hold_id.uuid(), sale.epoch));
            let outcome = |sale: &&Sell| if is_sold(sale) { Sold::All } else { Sold::Lost };
            Ok(sales.iter().map(outcome).collect())
        })
    }
}

/// Gives back whatever a booking has.
#[derive(Debug, Clone)]
pub struct Release {
    /// The booking.
    pub booking_id: BookingId,
    /// The effects of this booking that must not happen any more, should their workers wake up late.
    pub sealed_claim: String,
    /// The same for the sale.
    pub sealed_sale: String,
}

/// What a release found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// How many seats became free.
    pub seats: usize,
}

pub(crate) struct ReleaseSeats {
    pub ambient: SharedAmbient,
}

impl ApplyOnce<Release, Released> for ReleaseSeats {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        releases: &'a [&'a Release],
        _told: &'a mut Vec<Message>,
    ) -> BoxFuture<'a, Result<Vec<Released>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let bookings: Vec<Uuid> = releases.iter().map(|release| release.booking_id.uuid()).collect();
            // A sale locks its hold and then answers its key. Sealing that key before the hold is ours would be a deadlock.
            sqlx::query!("SELECT FROM seating.holds WHERE booking_id = ANY($1) ORDER BY id FOR UPDATE", &bookings)
                .execute(&mut *connection)
                .await?;
            let claims: Vec<String> = releases.iter().map(|release| release.sealed_claim.clone()).collect();
            inbox::seal(&mut *connection, &claims, &sealed(&Claimed::HoldUnusable)?, now).await?;
            let sales: Vec<String> = releases.iter().map(|release| release.sealed_sale.clone()).collect();
            inbox::seal(&mut *connection, &sales, &sealed(&Sold::Lost)?, now).await?;
            let freed = sqlx::query!(
                r#"WITH ended AS (
                     UPDATE seating.holds SET state = 'released', ended_at = $2
                     WHERE booking_id = ANY($1) AND state <> 'released'
                     RETURNING id, booking_id, showtime_id, seats, epoch
                   )
                   DELETE FROM seating.claims USING ended
                   WHERE claims.showtime_id = ended.showtime_id AND claims.seat = ANY (ended.seats)
                     AND claims.hold_id = ended.id AND claims.epoch = ended.epoch
                   RETURNING ended.booking_id AS "booking_id!""#,
                &bookings,
                now,
            );
            let mut counts: HashMap<Uuid, usize> = HashMap::new();
            for row in freed.fetch_all(connection).await? {
                *counts.entry(row.booking_id).or_default() += 1;
            }
            let outcome = |booking: &Uuid| Released { seats: counts.get(booking).copied().unwrap_or_default() };
            Ok(bookings.iter().map(outcome).collect())
        })
    }
}

fn sealed(answer: &impl Serialize) -> Result<serde_json::Value, sqlx::Error> {
    serde_json::to_value(answer).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

pub(crate) async fn extend(seating: &Seating, user_id: UserId, id: HoldId) -> Result<Result<Hold, Fenced>, Failure> {
    let now = seating.ambient.now();
    let mut connection = seating.pool.acquire().await?;
    let mut transaction = connection.begin().await?;
    let Some(found) = locked(&mut transaction, user_id, id).await? else { return Ok(Err(Fenced::Unknown)) };
    if found.booking_id.is_some() {
        return Ok(Err(Fenced::Lost));
    }
    if found.expires_at <= now {
        return Ok(Err(Fenced::Expired));
    }
    if found.extended {
        return Ok(Err(Fenced::NotExtendable));
    }
    let created = sqlx::query_scalar!("SELECT created_at FROM seating.holds WHERE id = $1", id.uuid());
    let ceiling = created.fetch_one(&mut *transaction).await? + seating.terms.ceiling;
    let extended = sqlx::query_as!(
        hold::Row,
        "UPDATE seating.holds SET epoch = nextval('seating.epochs'), extended = true, expires_at = $2 WHERE id = $1
         RETURNING id, epoch, showtime_id, user_id, booking_id, seats, expires_at, extended",
        id.uuid(),
        (found.expires_at + seating.terms.life).min(ceiling),
    );
    let extended = extended.fetch_one(&mut *transaction).await?;
    let moved = sqlx::query!(
        "UPDATE seating.claims SET epoch = $4, expires_at = $5 WHERE showtime_id = $1 AND seat = ANY($2) AND hold_id = $3",
        extended.showtime_id,
        &extended.seats,
        extended.id,
        extended.epoch,
        extended.expires_at,
    );
    if moved.execute(&mut *transaction).await?.rows_affected() != extended.seats.len() as u64 {
        return Ok(Err(Fenced::Lost));
    }
    transaction.commit().await?;
    Ok(Ok(extended.into()))
}

pub(crate) async fn give_back(seating: &Seating, user_id: UserId, id: HoldId) -> Result<Result<(), Fenced>, Failure> {
    let mut connection = seating.pool.acquire().await?;
    let mut transaction = connection.begin().await?;
    let Some(found) = locked(&mut transaction, user_id, id).await? else { return Ok(Err(Fenced::Unknown)) };
    if found.booking_id.is_some() {
        return Ok(Err(Fenced::Lost));
    }
    sqlx::query!(
        "UPDATE seating.holds SET state = 'released', ended_at = $2 WHERE id = $1 AND state = 'held'",
        id.uuid(),
        seating.ambient.now(),
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "DELETE FROM seating.claims WHERE showtime_id = $1 AND seat = ANY($2) AND hold_id = $3 AND epoch = $4",
        found.showtime_id,
        &found.seats,
        id.uuid(),
        found.epoch,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

async fn locked(connection: &mut PgConnection, user_id: UserId, id: HoldId) -> Result<Option<hold::Row>, sqlx::Error> {
    sqlx::query_as!(
        hold::Row,
        "SELECT id, epoch, showtime_id, user_id, booking_id, seats, expires_at, extended
         FROM seating.holds WHERE id = $1 AND user_id = $2 FOR UPDATE",
        id.uuid(),
        user_id.uuid(),
    )
    .fetch_optional(connection)
    .await
}
