//! What this context tells to the audit: the valid tickets of bookings, and the seats that have more than one.
//!
//! The unique index should make the second list empty for ever. The audit asks all the same: an index can be dropped, or
//! broken by the machine below it.

use std::ops::RangeInclusive;

use sqlx::error::BoxDynError;
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, ShowtimeId, TicketId},
    money::{Currency, Money},
};
use usher_database::Failure;
use uuid::Uuid;

use crate::Tickets;

/// A valid ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFacts {
    /// The ticket.
    pub id: TicketId,
    /// The booking that paid for it.
    pub booking: BookingId,
    /// What it admits to.
    pub showtime: ShowtimeId,
    /// Its seat, as it is stored.
    pub seat: String,
    /// What was paid for it.
    pub price: Money,
    /// Since when it is valid.
    pub issued_at: OffsetDateTime,
}

impl Tickets {
    /// The valid tickets of the bookings whose ids are in any of the ranges, which must not overlap.
    pub async fn audit_facts(&self, ranges: &[RangeInclusive<BookingId>]) -> Result<Vec<TicketFacts>, Failure> {
        let (from, to): (Vec<Uuid>, Vec<Uuid>) =
            ranges.iter().map(|range| (range.start().uuid(), range.end().uuid())).unzip();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, booking_id, showtime_id, seat, price, currency, issued_at
             FROM unnest($1::uuid[], $2::uuid[]) AS range (first, last)
             JOIN tickets.tickets ON booking_id BETWEEN range.first AND range.last AND revoked_at IS NULL",
            &from,
            &to,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(TicketFacts::try_from).collect::<Result<_, sqlx::Error>>()?)
    }

    /// The valid tickets of every seat that has more than one, of the whole schema.
    pub async fn audit_doubles(&self) -> Result<Vec<TicketFacts>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT ticket.id, ticket.booking_id, ticket.showtime_id, ticket.seat, ticket.price, ticket.currency, ticket.issued_at
             FROM tickets.tickets AS ticket
             JOIN (SELECT showtime_id, seat FROM tickets.tickets WHERE revoked_at IS NULL
                   GROUP BY showtime_id, seat HAVING count(*) > 1) AS twice
               ON twice.showtime_id = ticket.showtime_id AND twice.seat = ticket.seat
             WHERE ticket.revoked_at IS NULL ORDER BY ticket.showtime_id, ticket.seat, ticket.id",
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(TicketFacts::try_from).collect::<Result<_, sqlx::Error>>()?)
    }
}

struct Row {
    id: Uuid,
    booking_id: Uuid,
    showtime_id: Uuid,
    seat: String,
    price: i64,
    currency: String,
    issued_at: OffsetDateTime,
}

impl TryFrom<Row> for TicketFacts {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let currency: Currency = row.currency.parse().map_err(|error| sqlx::Error::Decode(BoxDynError::from(error)))?;
        Ok(Self {
            id: row.id.into(),
            booking: row.booking_id.into(),
            showtime: row.showtime_id.into(),
            seat: row.seat,
            price: Money::new(row.price, currency),
            issued_at: row.issued_at,
        })
    }
}
