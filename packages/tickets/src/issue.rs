//! Issuing: the rights to the seats of a paid booking become durable, all of them or none.
//!
//! A whole batch is one insert. It is made in the hope that no seat is taken, which seating has already seen to; only
//! when rows are missing afterwards is looked up whose tickets are in the way, and the batch decided again with that
//! knowledge. Tickets of the same booking are its answer; a ticket of another booking refuses this one, as an outcome.

use std::collections::HashMap;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{
    ambient::{Ambient, SharedAmbient},
    ids::{BookingId, ShowtimeId, TicketId, UserId},
    money::Money,
    seat::SeatName,
};
use usher_database::{failure, once::ApplyOnce, outbox};

use crate::{
    code::{TicketClaims, TicketCode},
    events,
    keys::Signer,
    read,
};

/// Tickets to issue for one booking.
#[derive(Debug, Clone)]
pub struct Issue {
    /// The booking that paid.
    pub booking: BookingId,
    /// Who gets the tickets.
    pub user: UserId,
    /// Where and when the seats are.
    pub showtime: ShowtimeId,
    /// When that begins; signed into the code for doors that work offline.
    pub starts_at: OffsetDateTime,
    /// Each seat and what was paid for it. A seat that is named twice gets one ticket.
    pub seats: Vec<(SeatName, Money)>,
}

/// A ticket that a booking has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedTicket {
    /// The ticket.
    pub id: TicketId,
    /// Its seat.
    pub seat: SeatName,
    /// What is scanned at the door.
    pub code: TicketCode,
}

/// What became of an [`Issue`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuance {
    /// Every seat has its ticket, in the order that was asked for.
    Issued {
        /// The tickets.
        tickets: Vec<IssuedTicket>,
    },
    /// Other bookings hold valid tickets for these seats. No ticket was issued for any.
    SeatsTaken {
        /// The seats that have a ticket already.
        seats: Vec<SeatName>,
    },
    /// The booking was undone before its tickets could be issued, and none will be.
    Revoked,
}

/// An [`Issue`] with its codes signed, ready to be written.
#[derive(Debug)]
pub(crate) struct Prepared {
    booking: BookingId,
    user: UserId,
    showtime: ShowtimeId,
    tickets: Vec<(IssuedTicket, Money)>,
}

impl Prepared {
    pub(crate) fn sign(command: Issue, signer: &Signer, ambient: &dyn Ambient) -> Self {
        let Issue { booking, user, showtime, starts_at, seats } = command;
        let mut tickets: Vec<(IssuedTicket, Money)> = Vec::with_capacity(seats.len());
        for (seat, price) in seats {
            if tickets.iter().any(|(ticket, _)| ticket.seat == seat) {
                continue;
            }
            let claims = TicketClaims { ticket: TicketId::new(ambient), showtime, starts_at, seat };
            let code = signer.sign(&claims);
            tickets.push((IssuedTicket { id: claims.ticket, seat: claims.seat, code }, price));
        }
        Self { booking, user, showtime, tickets }
    }
}

/// Valid tickets that stand already: which booking has this seat, and by which ticket.
type Standing = HashMap<(ShowtimeId, SeatName), (BookingId, IssuedTicket)>;

/// What to answer, and which rows of which command to write for it.
#[derive(Default)]
struct Decision<'a> {
    outcomes: Vec<Issuance>,
    fresh: Vec<(&'a Prepared, Vec<&'a (IssuedTicket, Money)>)>,
}

/// Commands in their order: an earlier one takes its seats before a later one is looked at.
fn decide<'a>(commands: &[&'a Prepared], mut standing: Standing) -> Decision<'a> {
    let mut decision = Decision::default();
    for command in commands {
        let mut taken = Vec::new();
        let mut fresh = Vec::new();
        let mut tickets = Vec::with_capacity(command.tickets.len());
        for row in &command.tickets {
            match standing.get(&(command.showtime, row.0.seat.clone())) {
                Some((owner, ticket)) if *owner == command.booking => tickets.push(ticket.clone()),
                Some(_) => taken.push(row.0.seat.clone()),
                None => {
                    tickets.push(row.0.clone());
                    fresh.push(row);
                }
            }
        }
        if !taken.is_empty() {
            decision.outcomes.push(Issuance::SeatsTaken { seats: taken });
            continue;
        }
        for (ticket, _) in &fresh {
            standing.insert((command.showtime, ticket.seat.clone()), (command.booking, ticket.clone()));
        }
        decision.outcomes.push(Issuance::Issued { tickets });
        if !fresh.is_empty() {
            decision.fresh.push((*command, fresh));
        }
    }
    decision
}

/// Writes batches of [`Prepared`] tickets.
#[derive(Debug)]
pub(crate) struct IssueBatch {
    ambient: SharedAmbient,
}

impl IssueBatch {
    pub(crate) const fn new(ambient: SharedAmbient) -> Self {
        Self { ambient }
    }

    /// The events of a decision: one for each booking that got tickets. Codes stay out of it.
    fn events(&self, decision: &Decision<'_>) -> Vec<outbox::Message> {
        let event = |(command, fresh): &(&Prepared, Vec<&(IssuedTicket, Money)>)| {
            let tickets: Vec<_> =
                fresh.iter().map(|(ticket, _)| json!({ "id": ticket.id, "seat": ticket.seat })).collect();
            let data = json!({
                "booking_id": command.booking, "user_id": command.user, "showtime_id": command.showtime, "tickets": tickets,
            });
            events::ISSUED.message(&*self.ambient, &command.booking.to_string(), data)
        };
        decision.fresh.iter().map(event).collect()
    }
}

impl ApplyOnce<Prepared, Issuance> for IssueBatch {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [&'a Prepared],
        told: &'a mut Vec<outbox::Message>,
    ) -> BoxFuture<'a, Result<Vec<Issuance>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let mut decision = decide(commands, Standing::new());
            let rows = Rows::of(&decision);
            if rows.insert(&mut *connection, now).await? < rows.ids.len() as u64 {
                rows.delete(&mut *connection).await?;
                decision = decide(commands, standing(&mut *connection, commands).await?);
                let rows = Rows::of(&decision);
                if rows.insert(&mut *connection, now).await? < rows.ids.len() as u64 {
                    // Somebody else came in between once more. The batch is undone, and its next try sees them.
                    return Err(failure::overtaken());
                }
            }
            told.extend(self.events(&decision));
            Ok(decision.outcomes)
        })
    }
}

/// The columns of the tickets to write.
#[derive(Default)]
struct Rows {
    ids: Vec<uuid::Uuid>,
    bookings: Vec<uuid::Uuid>,
    users: Vec<uuid::Uuid>,
    showtimes: Vec<uuid::Uuid>,
    seats: Vec<String>,
    prices: Vec<i64>,
    currencies: Vec<String>,
    codes: Vec<String>,
}

impl Rows {
    fn of(decision: &Decision<'_>) -> Self {
        let mut sorted: Vec<_> =
            decision.fresh.iter().flat_map(|(command, fresh)| fresh.iter().map(|row| (*command, *row))).collect();
        // In one order everywhere, so that two batches with the same seats wait for each other instead of deadlocking.
        sorted.sort_unstable_by(|(a, (x, _)), (b, (y, _))| (a.showtime, &x.seat).cmp(&(b.showtime, &y.seat)));
        let mut rows = Self::default();
        for (command, (ticket, price)) in sorted {
            rows.ids.push(ticket.id.uuid());
            rows.bookings.push(command.booking.uuid());
            rows.users.push(command.user.uuid());
            rows.showtimes.push(command.showtime.uuid());
            rows.seats.push(ticket.seat.to_string());
            rows.prices.push(price.amount);
            rows.currencies.push(price.currency.to_string());
            rows.codes.push(ticket.code.as_str().to_owned());
        }
        rows
    }

    /// Writes what no valid ticket is in the way of, and tells how many rows that were.
    async fn insert(&self, connection: &mut PgConnection, now: OffsetDateTime) -> Result<u64, sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(0);
        }
        let inserted = sqlx::query!(
            "INSERT INTO tickets.tickets (id, booking_id, user_id, showtime_id, seat, price, currency, code, issued_at)
             SELECT id, booking_id, user_id, showtime_id, seat, price, currency, code, $9
             FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::text[])
               AS new (id, booking_id, user_id, showtime_id, seat, price, currency, code)
             ON CONFLICT DO NOTHING",
            &self.ids,
            &self.bookings,
            &self.users,
            &self.showtimes,
            &self.seats,
            &self.prices,
            &self.currencies,
            &self.codes,
            now,
        );
        Ok(inserted.execute(connection).await?.rows_affected())
    }

    /// Takes back what [`Self::insert`] wrote in this transaction; the ids are new, so nothing else is touched.
    async fn delete(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        sqlx::query!("DELETE FROM tickets.tickets WHERE id = ANY($1)", &self.ids).execute(connection).await?;
        Ok(())
    }
}

/// The valid tickets of every seat that any of the commands asks for: one that was refused at first may get its seats now.
async fn standing(connection: &mut PgConnection, commands: &[&Prepared]) -> Result<Standing, sqlx::Error> {
    let asked = commands
        .iter()
        .flat_map(|command| command.tickets.iter().map(|(row, _)| (command.showtime.uuid(), row.seat.to_string())));
    let (showtimes, seats): (Vec<uuid::Uuid>, Vec<String>) = asked.unzip();
    let found = sqlx::query!(
        "SELECT id, booking_id, showtime_id, seat, code FROM tickets.tickets
         WHERE revoked_at IS NULL
           AND (showtime_id, seat) IN (SELECT showtime_id, seat FROM unnest($1::uuid[], $2::text[]) AS asked (showtime_id, seat))",
        &showtimes,
        &seats,
    );
    let mut standing = Standing::new();
    for row in found.fetch_all(connection).await? {
        let seat = read::seat(&row.seat)?;
        let ticket = IssuedTicket { id: row.id.into(), seat: seat.clone(), code: TicketCode::stored(row.code) };
        standing.insert((row.showtime_id.into(), seat), (row.booking_id.into(), ticket));
    }
    Ok(standing)
}
