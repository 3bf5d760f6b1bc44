//! Giving some seats of a booking back while it keeps the others.

use std::collections::HashMap;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use usher_core::{ids::BookingId, seat::SeatName};
use usher_database::{once::ApplyOnce, outbox::Message};
use uuid::Uuid;

use crate::settle::Released;

/// Seats that a booking gives back. It keeps at least one.
#[derive(Debug, Clone)]
pub struct ReleasePart {
    /// The booking.
    pub booking_id: BookingId,
    /// Which of its seats.
    pub seats: Vec<SeatName>,
}

pub(crate) struct ReleaseParts;

impl ApplyOnce<ReleasePart, Released> for ReleaseParts {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        releases: &'a [&'a ReleasePart],
        _told: &'a mut Vec<Message>,
    ) -> BoxFuture<'a, Result<Vec<Released>, sqlx::Error>> {
        Box::pin(async move {
            let bookings: Vec<Uuid> = releases.iter().map(|release| release.booking_id.uuid()).collect();
            let seats: Vec<String> = releases
                .iter()
                .map(|release| release.seats.iter().map(SeatName::as_str).collect::<Vec<_>>().join(","))
                .collect();
            // First the hold, then its seats: everybody locks them in this order.
            let freed = sqlx::query!(
                r#"WITH parted AS (
                     UPDATE seating.holds
                     SET seats = ARRAY(SELECT seat FROM unnest(holds.seats) WITH ORDINALITY AS kept (seat, place)
                                       WHERE seat <> ALL (string_to_array(asked.seats, ',')) ORDER BY place)
                     FROM unnest($1::uuid[], $2::text[]) AS asked (booking_id, seats)
                     WHERE holds.booking_id = asked.booking_id AND holds.state = 'sold'
                       AND NOT holds.seats <@ string_to_array(asked.seats, ',')
                     RETURNING holds.id, holds.booking_id, holds.showtime_id, holds.epoch, asked.seats
                   )
                   DELETE FROM seating.claims USING parted
                   WHERE claims.showtime_id = parted.showtime_id AND claims.seat = ANY (string_to_array(parted.seats, ','))
                     AND claims.hold_id = parted.id AND claims.epoch = parted.epoch
                   RETURNING parted.booking_id AS "booking_id!""#,
                &bookings,
                &seats,
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
