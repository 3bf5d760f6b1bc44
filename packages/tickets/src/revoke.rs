//! Revoking: a cancelled booking's tickets stop being valid, and their seats can be ticketed again.
//!
//! It is the undo of [`issue`](crate::issue), so it goes by what is there and not by what was reported: it is safe when
//! nothing was issued, when it ran before, and when nobody knows. It also closes the door behind itself: an issuing that
//! comes late, from a worker that slept through the cancellation, finds its key sealed and issues nothing.

use std::collections::{BTreeMap, HashMap};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use usher_core::{ambient::SharedAmbient, ids::BookingId, seat::SeatName};
use usher_database::{inbox, once::ApplyOnce, outbox::Message};
use uuid::Uuid;

use crate::Issuance;

/// Tickets to revoke.
#[derive(Debug, Clone)]
pub struct Revoke {
    /// Whose tickets: all that are valid.
    pub booking: BookingId,
    /// Only those of these seats, while the booking keeps the others; then no door is closed.
    pub seats: Option<Vec<SeatName>>,
    /// Why, for the operator.
    pub reason: String,
    /// The key under which the tickets were issued, or may yet be by a worker that wakes up late: it will issue none.
    pub sealed: String,
}

/// What a [`Revoke`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// How many tickets were valid until now.
    pub count: u32,
}

/// Writes batches of revocations.
#[derive(Debug)]
pub(crate) struct RevokeBatch {
    ambient: SharedAmbient,
}

impl RevokeBatch {
    pub(crate) const fn new(ambient: SharedAmbient) -> Self {
        Self { ambient }
    }
}

impl ApplyOnce<Revoke, Revoked> for RevokeBatch {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [&'a Revoke],
        _told: &'a mut Vec<Message>,
    ) -> BoxFuture<'a, Result<Vec<Revoked>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            // First the door, then the room: an issuing in flight is waited for here, and its tickets are seen below.
            let mut keys: Vec<String> = commands
                .iter()
                .filter(|command| command.seats.is_none())
                .map(|command| command.sealed.clone())
                .collect();
            keys.sort_unstable();
            let late = serde_json::to_value(Issuance::Revoked).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
            inbox::seal(&mut *connection, &keys, &late, now).await?;
            // Sorted, so that two batches take their rows in one order; the first reason given for a ticket stands.
            let mut reasons: BTreeMap<(Uuid, Option<String>), &str> = BTreeMap::new();
            for command in commands {
                let seats = command.seats.as_ref();
                let seats = seats.map(|seats| seats.iter().map(SeatName::as_str).collect::<Vec<_>>().join(","));
                reasons.entry((command.booking.uuid(), seats)).or_insert(&command.reason);
            }
            let (mut bookings, mut seats, mut texts) = (Vec::new(), Vec::new(), Vec::new());
            for ((booking, some), reason) in reasons {
                bookings.push(booking);
                seats.push(some);
                texts.push(reason.to_owned());
            }
            let revoked = sqlx::query_scalar!(
                "UPDATE tickets.tickets AS ticket SET revoked_at = $3, revoke_reason = asked.reason
                 FROM unnest($1::uuid[], $2::text[], $4::text[]) AS asked (booking_id, reason, seats)
                 WHERE ticket.booking_id = asked.booking_id AND ticket.revoked_at IS NULL
                   AND (asked.seats IS NULL OR ticket.seat = ANY (string_to_array(asked.seats, ',')))
                 RETURNING ticket.booking_id",
                &bookings,
                &texts,
                now,
                &seats as &[Option<String>],
            );
            let mut counts: HashMap<Uuid, u32> = HashMap::with_capacity(bookings.len());
            for booking in revoked.fetch_all(connection).await? {
                *counts.entry(booking).or_default() += 1;
            }
            // The second of two commands for one booking finds nothing left to revoke.
            let outcome =
                |command: &&Revoke| Revoked { count: counts.remove(&command.booking.uuid()).unwrap_or_default() };
            Ok(commands.iter().map(outcome).collect())
        })
    }
}
