//! Taking seats: all of a request, or none.
//!
//! One statement claims for a whole batch. It makes holds for the requests of which every seat is free, inserts a row for
//! each seat or takes over one whose time is over, and names the seats that belong to somebody else. Two
//! requests of one batch that want the same seat are told apart before: the first in the batch goes first, the other waits
//! for the next round. A request that lost a race against another process after its rows were written fails the whole
//! batch, which is then repeated and sees the winner: rare, and the price for never asking before taking.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{
    ambient::SharedAmbient,
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    seat::SeatName,
};
use usher_database::{failure::overtaken, once::ApplyOnce, outbox};
use uuid::Uuid;

use crate::{Terms, events};

/// A request for seats.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The hold to make or to take over.
    pub hold_id: HoldId,
    /// Whether the hold exists and is to be taken over for the booking, with its seats.
    pub takes_over: bool,
    /// The showtime.
    pub showtime_id: ShowtimeId,
    /// The customer.
    pub user_id: UserId,
    /// The booking that asks; none while the customer is choosing.
    pub booking_id: Option<BookingId>,
    /// The seats, without repetition.
    pub seats: Vec<SeatName>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "claimed", rename_all = "snake_case")]
pub enum Claimed {
    /// All seats are yours until `expires_at`.
    All {
        /// The hold.
        hold_id: HoldId,
        /// Its fence.
        epoch: i64,
        /// Until when.
        #[serde(with = "time::serde::rfc3339")]
        expires_at: OffsetDateTime,
    },
    /// Nothing was claimed: these seats belong to somebody else.
    Taken {
        /// Which.
        seats: Vec<SeatName>,
    },
    /// Nothing was claimed: the hold to take over is not this customer's, not for these seats, or was used.
    HoldUnusable,
}

pub(crate) struct ClaimSeats {
    pub ambient: SharedAmbient,
    pub terms: Terms,
}

impl ApplyOnce<Claim, Claimed> for ClaimSeats {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        claims: &'a [&'a Claim],
        told: &'a mut Vec<outbox::Message>,
    ) -> BoxFuture<'a, Result<Vec<Claimed>, sqlx::Error>> {
        Box::pin(async move {
            let outcomes = self.claim(connection, claims).await?;
            told.extend(claims.iter().zip(&outcomes).filter_map(|(claim, outcome)| {
                let (Some(booking), Claimed::All { .. }) = (claim.booking_id, outcome) else { return None };
                let data = json!({ "booking_id": booking, "showtime_id": claim.showtime_id, "seats": claim.seats });
                Some(events::RESERVED.message(&*self.ambient, &booking.to_string(), data))
            }));
            Ok(outcomes)
        })
    }
}

/// The claims without an outcome that can go together: no two of them want the same seat or hold, and the first comes first.
fn without_overlap(claims: &[&Claim], outcomes: &[Option<Claimed>]) -> Vec<usize> {
    let (mut wanted, mut holds) = (HashSet::new(), HashSet::new());
    let mut round = Vec::new();
    for (index, claim) in claims.iter().enumerate().filter(|(index, _)| outcomes[*index].is_none()) {
        let seats: Vec<_> = claim.seats.iter().map(|seat| (claim.showtime_id, seat)).collect();
        let new_hold = holds.insert(claim.hold_id);
        if new_hold && seats.iter().all(|seat| !wanted.contains(seat)) {
            round.push(index);
        }
        wanted.extend(seats); // Also of those who wait: nobody overtakes.
    }
    round
}

impl ClaimSeats {
    /// Claims for all of them, in as many rounds as they stand in one another's way.
    pub(crate) async fn claim(
        &self,
        connection: &mut PgConnection,
        claims: &[&Claim],
    ) -> Result<Vec<Claimed>, sqlx::Error> {
        let now = self.ambient.now();
        let mut outcomes: Vec<Option<Claimed>> = vec![None; claims.len()];
        while outcomes.iter().any(Option::is_none) {
            let round = without_overlap(claims, &outcomes);
            let (taking_over, new): (Vec<_>, Vec<_>) = round.into_iter().partition(|index| claims[*index].takes_over);
            for (index, outcome) in self.take_over(&mut *connection, claims, taking_over, now).await? {
                outcomes[index] = Some(outcome);
            }
            for (index, outcome) in self.claim_new(&mut *connection, claims, new, now).await? {
                outcomes[index] = Some(outcome);
            }
        }
        Ok(outcomes.into_iter().flatten().collect())
    }

    /// Makes holds of seats that are free. A hold that exists already - its booking was undone before its worker woke - is
    /// left out.
    async fn claim_new(
        &self,
        connection: &mut PgConnection,
        claims: &[&Claim],
        new: Vec<usize>,
        now: OffsetDateTime,
    ) -> Result<Vec<(usize, Claimed)>, sqlx::Error> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<&Claim> = new.iter().map(|index| claims[*index]).collect();
        let mut wanted: Vec<(Uuid, &str, Uuid)> = Vec::new();
        for claim in &asked {
            wanted
                .extend(claim.seats.iter().map(|seat| (claim.showtime_id.uuid(), seat.as_str(), claim.hold_id.uuid())));
        }
        let bookings: Vec<Option<Uuid>> = asked.iter().map(|claim| claim.booking_id.map(BookingId::uuid)).collect();
        let expires_at = now + self.terms.life;
        // Rows are locked in one order by everybody, so they are sorted where they are written.
        let rows = sqlx::query!(
            r#"WITH wanted AS (
                 SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS wanted (showtime_id, seat, hold_id)
               ), blocked AS (
                 SELECT wanted.hold_id, wanted.seat FROM wanted JOIN seating.claims USING (showtime_id, seat)
                 WHERE claims.expires_at IS NULL OR claims.expires_at > $9
               ), held AS (
                 INSERT INTO seating.holds (id, showtime_id, user_id, booking_id, seats, state, created_at, expires_at)
                 SELECT id, showtime_id, user_id, booking_id, string_to_array(seats, ','), 'held', $9, $10
                 FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[]) AS new (id, showtime_id, user_id, booking_id, seats)
                 WHERE id NOT IN (SELECT hold_id FROM blocked)
                 ON CONFLICT DO NOTHING
                 RETURNING id, epoch
               ), claimed AS (
                 INSERT INTO seating.claims AS claims (showtime_id, seat, hold_id, epoch, expires_at)
                 SELECT wanted.showtime_id, wanted.seat, held.id, held.epoch, $10
                 FROM wanted JOIN held ON held.id = wanted.hold_id ORDER BY wanted.showtime_id, wanted.seat
                 ON CONFLICT (showtime_id, seat) DO UPDATE
                 SET hold_id = excluded.hold_id, epoch = excluded.epoch, expires_at = excluded.expires_at
                 WHERE claims.expires_at <= $9
                 RETURNING hold_id
               )
               SELECT id AS "hold_id!", epoch AS "epoch?", NULL AS seat,
                 (SELECT count(*) FROM claimed WHERE claimed.hold_id = held.id) AS "claimed!" FROM held
               UNION ALL
               SELECT hold_id, NULL, seat, 0 FROM blocked"#,
            &wanted.iter().map(|row| row.0).collect::<Vec<_>>(),
            &wanted.iter().map(|row| row.1.to_owned()).collect::<Vec<_>>(),
            &wanted.iter().map(|row| row.2).collect::<Vec<_>>(),
            &asked.iter().map(|claim| claim.hold_id.uuid()).collect::<Vec<_>>(),
            &asked.iter().map(|claim| claim.showtime_id.uuid()).collect::<Vec<_>>(),
            &asked.iter().map(|claim| claim.user_id.uuid()).collect::<Vec<_>>(),
            &bookings as &[Option<Uuid>],
            &asked.iter().map(|claim| joined(&claim.seats)).collect::<Vec<_>>(),
            now,
            expires_at,
        );
        let mut epochs: HashMap<Uuid, (i64, i64)> = HashMap::new();
        let mut taken: HashMap<Uuid, Vec<SeatName>> = HashMap::new();
        for row in rows.fetch_all(connection).await? {
            match (row.epoch, row.seat) {
                (Some(epoch), _) => drop(epochs.insert(row.hold_id, (epoch, row.claimed))),
                (None, seat) => taken.entry(row.hold_id).or_default().extend(seat.and_then(|seat| seat.parse().ok())),
            }
        }
        let mut outcomes = Vec::with_capacity(new.len());
        for (index, claim) in new.into_iter().zip(asked) {
            let hold_id = claim.hold_id;
            let outcome = match (epochs.get(&hold_id.uuid()), taken.remove(&hold_id.uuid())) {
                // Another process took a seat between the statement's look and its write.
                (Some((_, claimed)), _) if usize::try_from(*claimed) != Ok(claim.seats.len()) => {
                    return Err(overtaken());
                }
                (Some((epoch, _)), _) => Claimed::All { hold_id, epoch: *epoch, expires_at },
                (None, Some(seats)) => Claimed::Taken { seats },
                (None, None) => Claimed::HoldUnusable,
            };
            outcomes.push((index, outcome));
        }
        Ok(outcomes)
    }

    /// Makes customers' holds those of their bookings: a new epoch, and the one extension.
    async fn take_over(
        &self,
        connection: &mut PgConnection,
        claims: &[&Claim],
        asked: Vec<usize>,
        now: OffsetDateTime,
    ) -> Result<Vec<(usize, Claimed)>, sqlx::Error> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let uuids = |of: fn(&Claim) -> Uuid| asked.iter().map(|index| of(claims[*index])).collect::<Vec<_>>();
        // A hold that is still open by this clock may have expired by another's, and its seats be gone: it has to own them.
        let taken = sqlx::query!(
            r#"UPDATE seating.holds SET booking_id = asked.booking_id, epoch = nextval('seating.epochs'), extended = true,
                 expires_at = greatest(expires_at, least($7::timestamptz, created_at + make_interval(secs => $8)))
               FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[])
                 AS asked (id, user_id, booking_id, showtime_id, seats)
               WHERE holds.id = asked.id AND holds.user_id = asked.user_id AND holds.booking_id IS NULL
                 AND holds.showtime_id = asked.showtime_id
                 AND holds.seats @> string_to_array(asked.seats, ',') AND holds.seats <@ string_to_array(asked.seats, ',')
                 AND holds.state = 'held' AND holds.expires_at > $6
                 AND cardinality(holds.seats) = (
                   SELECT count(*) FROM seating.claims
                   WHERE claims.showtime_id = holds.showtime_id AND claims.seat = ANY (holds.seats) AND claims.hold_id = holds.id
                 )
               RETURNING holds.id, holds.epoch, holds.showtime_id, holds.seats, holds.expires_at"#,
            &uuids(|claim| claim.hold_id.uuid()),
            &uuids(|claim| claim.user_id.uuid()),
            &uuids(|claim| claim.booking_id.map_or(Uuid::nil(), BookingId::uuid)),
            &uuids(|claim| claim.showtime_id.uuid()),
            &asked.iter().map(|index| joined(&claims[*index].seats)).collect::<Vec<_>>(),
            now,
            now + self.terms.life,
            self.terms.ceiling.as_seconds_f64(),
        );
        let mut taken_over = HashMap::new();
        for row in taken.fetch_all(&mut *connection).await? {
            let moved = sqlx::query!(
                "UPDATE seating.claims SET epoch = $4, expires_at = $5 WHERE showtime_id = $1 AND seat = ANY($2) AND hold_id = $3",
                row.showtime_id,
                &row.seats,
                row.id,
                row.epoch,
                row.expires_at,
            );
            if moved.execute(&mut *connection).await?.rows_affected() != row.seats.len() as u64 {
                return Err(overtaken()); // It expired and was taken in this very moment.
            }
            let outcome = Claimed::All { hold_id: row.id.into(), epoch: row.epoch, expires_at: row.expires_at };
            taken_over.insert(row.id, outcome);
        }
        let outcomes = asked.into_iter().map(|index| {
            let outcome = taken_over.remove(&claims[index].hold_id.uuid()).unwrap_or(Claimed::HoldUnusable);
            (index, outcome)
        });
        Ok(outcomes.collect())
    }
}

/// Arrays of arrays have to be rectangular in PostgreSQL, so the seats of each hold travel as one text.
fn joined(seats: &[SeatName]) -> String {
    seats.iter().map(SeatName::as_str).collect::<Vec<_>>().join(",")
}
