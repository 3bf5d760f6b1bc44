//! Moving a booking as its saga goes.
//!
//! A step moves the booking to where the step before brought it, and the last one confirms it. The move is also the place
//! where a cancellation is noticed: a booking that is `cancelling` does not go forward, and the step that learns so turns the saga round.

use std::collections::HashMap;

use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;
use usher_core::{ambient::SharedAmbient, ids::BookingId, seat::SeatName};
use usher_database::{group_commit::Apply, outbox};
use uuid::Uuid;

use crate::{Status, events, watch};

/// A step had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    /// The booking.
    pub id: BookingId,
    /// Where it stands now: reserved, paid or confirmed.
    pub to: Status,
}

/// What became of the move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advanced {
    /// It stands there, now or since an earlier attempt.
    There,
    /// The customer cancelled meanwhile: turn round.
    Cancelling,
    /// It has gone back already, or there is no such booking: the step is a late one.
    Over,
}

pub(crate) struct AdvanceBookings {
    pub ambient: SharedAmbient,
}

impl Apply<Advance, Advanced> for AdvanceBookings {
    fn autocommits(&self) -> bool {
        true
    }

    /// An announcement has to fit into PostgreSQL's 8,000 bytes.
    fn limit(&self) -> usize {
        watch::PAIRS
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        moves: &'a [Advance],
    ) -> BoxFuture<'a, Result<Vec<Advanced>, sqlx::Error>> {
        Box::pin(async move {
            let mut left: Vec<Advance> = moves.to_vec();
            left.sort_unstable_by_key(|advance| (advance.id, advance.to.rank()));
            left.dedup();
            let mut found: HashMap<Uuid, Found> = HashMap::new();
            while !left.is_empty() {
                // A late repetition of one step can share the batch with the next step: one move of a booking at a time.
                let (round, later) = first_of_each(left);
                found.extend(self.advance_round(&mut *connection, &round).await?);
                left = later;
            }
            let unmoved: Vec<Uuid> =
                moves.iter().map(|advance| advance.id.uuid()).filter(|id| !found.contains_key(id)).collect();
            if !unmoved.is_empty() {
                let rows = sqlx::query_as!(
                    Found,
                    r#"SELECT id, status, confirmed_at IS NOT NULL AS "confirmed!" FROM bookings.bookings WHERE id = ANY($1)"#,
                    &unmoved
                );
                found.extend(rows.fetch_all(connection).await?.into_iter().map(|found| (found.id, found)));
            }
            let outcome = |advance: &Advance| {
                let Some(found) = found.get(&advance.id.uuid()) else { return Advanced::Over };
                match found.status.parse::<Status>() {
                    // A cancellation that came after the last step has a saga of its own; this one is not to turn round.
                    _ if found.confirmed => Advanced::There,
                    Ok(status) if status.rank() >= advance.to.rank() => Advanced::There,
                    Ok(Status::Cancelling) => Advanced::Cancelling,
                    _ => Advanced::Over,
                }
            };
            Ok(moves.iter().map(outcome).collect())
        })
    }
}

/// A booking after the moves of a batch.
struct Found {
    id: Uuid,
    status: String,
    confirmed: bool,
}

impl AdvanceBookings {
    /// Moves bookings, each at most once, announces them in the same statement, and tells those that moved.
    async fn advance_round(
        &self,
        connection: &mut PgConnection,
        moves: &[Advance],
    ) -> Result<Vec<(Uuid, Found)>, sqlx::Error> {
        let ranked = |status: &Status| status.rank().is_some();
        let from = |to: Status| Status::ALL.into_iter().find(|from| ranked(from) && ranked(&to) && from.may_become(to));
        let rows = sqlx::query_as!(
            Found,
            r#"WITH moved AS (
                 UPDATE bookings.bookings SET status = moves.after, updated_at = $4,
                   confirmed_at = CASE moves.after WHEN 'confirmed' THEN $4::timestamptz END
                 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS moves (id, before, after)
                 WHERE bookings.id = moves.id AND bookings.status = moves.before
                 RETURNING bookings.id, bookings.status, confirmed_at
               ), announced AS (
                 SELECT pg_notify($5, string_agg(replace(id::text, '-', '') || ' ' || status, ',')) FROM moved HAVING count(*) > 0
               )
               SELECT id AS "id!", status AS "status!", confirmed_at IS NOT NULL AS "confirmed!" FROM moved LEFT JOIN announced ON true"#,
            &moves.iter().map(|advance| advance.id.uuid()).collect::<Vec<_>>(),
            &moves.iter().map(|advance| from(advance.to).map_or("", Status::as_str).to_owned()).collect::<Vec<_>>(),
            &moves.iter().map(|advance| advance.to.as_str().to_owned()).collect::<Vec<_>>(),
            self.ambient.now(),
            watch::CHANNEL,
        );
        Ok(rows.fetch_all(connection).await?.into_iter().map(|found| (found.id, found)).collect())
    }
}

/// The first move of each booking, and the others. The moves come sorted by booking.
fn first_of_each(moves: Vec<Advance>) -> (Vec<Advance>, Vec<Advance>) {
    let mut last = None;
    moves.into_iter().partition(|advance| last.replace(advance.id) != Some(advance.id))
}

/// All effects of a booking are undone.
#[derive(Debug, Clone)]
pub struct Close {
    /// The booking.
    pub id: BookingId,
    /// The name of the error that turned the saga round.
    pub reason: String,
    /// The seats that somebody else had, when that was the reason.
    pub taken_seats: Vec<SeatName>,
}

/// How a booking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The saga could not go on.
    Rejected,
    /// The customer wanted it.
    Cancelled,
    /// There is no such booking, or it is confirmed: closing it would be wrong.
    Refused,
}

pub(crate) struct CloseBookings {
    pub ambient: SharedAmbient,
}

impl Apply<Close, Closed> for CloseBookings {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        closes: &'a [Close],
    ) -> BoxFuture<'a, Result<Vec<Closed>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let ids: Vec<Uuid> = closes.iter().map(|close| close.id.uuid()).collect();
            let seats: Vec<String> = closes
                .iter()
                .map(|close| close.taken_seats.iter().map(SeatName::as_str).collect::<Vec<_>>().join(","))
                .collect();
            let rows = sqlx::query!(
                r#"UPDATE bookings.bookings SET updated_at = $4, reason = closed.reason,
                     taken_seats = string_to_array(nullif(closed.seats, ''), ','),
                     status = CASE status WHEN 'cancelling' THEN 'cancelled' ELSE 'rejected' END
                   FROM unnest($1::uuid[], $2::text[], $3::text[]) AS closed (id, reason, seats)
                   WHERE bookings.id = closed.id AND status IN ('requested', 'reserved', 'paid', 'cancelling')
                   RETURNING bookings.id, status, showtime_id"#,
                &ids,
                &closes.iter().map(|close| close.reason.clone()).collect::<Vec<_>>(),
                &seats,
                now,
            );
            let moved = rows.fetch_all(&mut *connection).await?;
            watch::announce(&mut *connection, moved.iter().map(|row| (row.id, row.status.as_str()))).await?;
            let events = moved.iter().map(|row| {
                let id = BookingId::from(row.id);
                let data =
                    json!({ "booking_id": id, "showtime_id": usher_core::ids::ShowtimeId::from(row.showtime_id) });
                let event = if row.status == Status::Cancelled.as_str() { events::CANCELLED } else { events::REJECTED };
                event.message(&*self.ambient, &id.to_string(), data)
            });
            outbox::write(&mut *connection, &events.collect::<Vec<_>>(), now).await?;
            let rows = sqlx::query!("SELECT id, status FROM bookings.bookings WHERE id = ANY($1)", &ids);
            let statuses: HashMap<Uuid, String> =
                rows.fetch_all(connection).await?.into_iter().map(|row| (row.id, row.status)).collect();
            let outcome = |id: &Uuid| match statuses.get(id).map(String::as_str) {
                Some("rejected") => Closed::Rejected,
                Some("cancelled") => Closed::Cancelled,
                _ => Closed::Refused,
            };
            Ok(ids.iter().map(outcome).collect())
        })
    }
}
