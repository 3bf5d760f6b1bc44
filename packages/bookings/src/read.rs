//! Reading bookings. Single ones are read in batches too: hundreds of requests that wait for their sagas ask at once.

use std::collections::HashMap;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use usher_core::{
    ids::{BookingId, UserId},
    money::Money,
};
use usher_database::{Failure, group_commit::Apply};
use uuid::Uuid;

use crate::{Booking, Bookings};

pub(crate) struct ReadBookings;

impl Apply<BookingId, Option<Booking>> for ReadBookings {
    fn autocommits(&self) -> bool {
        true
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        ids: &'a [BookingId],
    ) -> BoxFuture<'a, Result<Vec<Option<Booking>>, sqlx::Error>> {
        Box::pin(async move {
            let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
            let rows = sqlx::query_as!(
                Row,
                "SELECT id, user_id, showtime_id, seats, prices, total, currency, payment_method, hold_id, status, reason,
                   taken_seats, cancelled_seats, kept, parting, created_at, updated_at
                 FROM bookings.bookings WHERE id = ANY($1)",
                &uuids
            );
            let mut found = HashMap::with_capacity(ids.len());
            for row in rows.fetch_all(connection).await? {
                let booking = Booking::try_from(row)?;
                found.insert(booking.id, booking);
            }
            Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
        })
    }
}

impl Bookings {
    /// A customer's bookings, newest first, before `cursor` if there is one.
    pub async fn of_user(
        &self,
        user_id: UserId,
        cursor: Option<BookingId>,
        limit: i64,
    ) -> Result<Vec<Booking>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, user_id, showtime_id, seats, prices, total, currency, payment_method, hold_id, status, reason,
               taken_seats, cancelled_seats, kept, parting, created_at, updated_at
             FROM bookings.bookings WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
            user_id.uuid(),
            cursor.map(BookingId::uuid),
            limit,
        );
        let bookings: Result<Vec<_>, sqlx::Error> =
            rows.fetch_all(&self.pool).await?.into_iter().map(Booking::try_from).collect();
        Ok(bookings?)
    }
}

struct Row {
    id: Uuid,
    user_id: Uuid,
    showtime_id: Uuid,
    seats: Vec<String>,
    prices: Vec<i64>,
    total: i64,
    currency: String,
    payment_method: String,
    hold_id: Option<Uuid>,
    status: String,
    reason: Option<String>,
    taken_seats: Option<Vec<String>>,
    cancelled_seats: Vec<String>,
    kept: i64,
    parting: Option<Uuid>,
    created_at: time::OffsetDateTime,
    updated_at: time::OffsetDateTime,
}

impl TryFrom<Row> for Booking {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let undecodable = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
        let currency = row.currency.parse().map_err(|error| undecodable(Box::new(error)))?;
        let mut seats = Vec::with_capacity(row.seats.len());
        for (seat, price) in row.seats.iter().zip(row.prices) {
            seats.push((seat.parse().map_err(|error| undecodable(Box::new(error)))?, Money::new(price, currency)));
        }
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            showtime_id: row.showtime_id.into(),
            seats,
            total: Money::new(row.total, currency),
            payment_method: row.payment_method,
            hold_id: row.hold_id.map(Into::into),
            status: row.status.parse().map_err(|error| undecodable(Box::new(error)))?,
            reason: row.reason,
            taken_seats: row.taken_seats.unwrap_or_default().iter().filter_map(|seat| seat.parse().ok()).collect(),
            cancelled_seats: row.cancelled_seats.iter().filter_map(|seat| seat.parse().ok()).collect(),
            kept: Money::new(row.kept, currency),
            parting: row.parting.map(Into::into),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
