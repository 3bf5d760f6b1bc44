//! What this context tells to the audit: every booking in a range of ids, as it is stored.
//!
//! The audit goes through the ids from the lowest to the highest in ranges that touch, so that what other contexts hold for
//! a booking which does not exist is found too. Seats stay texts here: a row that is broken has to be shown, not refused.

use std::ops::RangeInclusive;

use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, PartialCancellationId, ShowtimeId},
    money::{Currency, Money},
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{Bookings, Status};

/// A booking, as far as seats and money are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingFacts {
    /// The booking.
    pub id: BookingId,
    /// What it is for.
    pub showtime: ShowtimeId,
    /// Its seats and their prices.
    pub seats: Vec<(String, Money)>,
    /// What it costs.
    pub total: Money,
    /// What was not given back for seats that were cancelled.
    pub kept: Money,
    /// The partial cancellation that is at work.
    pub parting: Option<PartialCancellationId>,
    /// Where it stands.
    pub status: Status,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// When it last moved.
    pub updated_at: OffsetDateTime,
}

impl Bookings {
    /// The last of the `page` bookings from `from` on, or nothing when there are fewer: the end of a range for the audit.
    pub async fn audit_page_end(&self, from: BookingId, page: i64) -> Result<Option<BookingId>, Failure> {
        let end = sqlx::query_scalar!(
            "SELECT id FROM bookings.bookings WHERE id >= $1 ORDER BY id OFFSET $2 LIMIT 1",
            from.uuid(),
            page.max(1) - 1,
        );
        Ok(end.fetch_optional(&self.pool).await?.map(BookingId::from))
    }

    /// The bookings whose ids are in any of the ranges, which must not overlap.
    pub async fn audit_facts(&self, ranges: &[RangeInclusive<BookingId>]) -> Result<Vec<BookingFacts>, Failure> {
        let (from, to): (Vec<Uuid>, Vec<Uuid>) =
            ranges.iter().map(|range| (range.start().uuid(), range.end().uuid())).unzip();
        let rows = sqlx::query!(
            "SELECT id, showtime_id, seats, prices, total, kept, parting, currency, status, created_at, updated_at
             FROM unnest($1::uuid[], $2::uuid[]) AS range (first, last)
             JOIN bookings.bookings ON id BETWEEN range.first AND range.last",
            &from,
            &to,
        );
        let mut facts = Vec::new();
        for row in rows.fetch_all(&self.pool).await? {
            let currency: Currency = row.currency.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            facts.push(BookingFacts {
                id: row.id.into(),
                showtime: row.showtime_id.into(),
                seats: row
                    .seats
                    .into_iter()
                    .zip(row.prices.into_iter().map(|price| Money::new(price, currency)))
                    .collect(),
                total: Money::new(row.total, currency),
                kept: Money::new(row.kept, currency),
                parting: row.parting.map(Into::into),
                status: row.status.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
                created_at: row.created_at,
                updated_at: row.updated_at,
            });
        }
        Ok(facts)
    }
}
