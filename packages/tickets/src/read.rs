//! What is known of tickets, valid and revoked alike: whoever shows tickets asks [`Ticket::is_valid`] first.

use sqlx::error::BoxDynError;
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, ShowtimeId, TicketId, UserId},
    money::Money,
    seat::SeatName,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{Tickets, code::TicketCode};

/// A ticket as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The ticket.
    pub id: TicketId,
    /// The booking that paid for it.
    pub booking: BookingId,
    /// Whose it is.
    pub user: UserId,
    /// What it admits to.
    pub showtime: ShowtimeId,
    /// Its seat.
    pub seat: SeatName,
    /// What was paid for it.
    pub price: Money,
    /// What is scanned at the door.
    pub code: TicketCode,
    /// Since when it is valid.
    pub issued_at: OffsetDateTime,
    /// When and why it stopped being valid, if it did.
    pub revoked: Option<Revocation>,
}

impl Ticket {
    /// Whether it still admits somebody.
    pub const fn is_valid(&self) -> bool {
        self.revoked.is_none()
    }
}

/// The end of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Since when it is invalid.
    pub at: OffsetDateTime,
    /// Why, for the operator.
    pub reason: String,
}

impl Tickets {
    /// One ticket.
    pub async fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Failure> {
        let row = sqlx::query_as!(
            Row,
            "SELECT id, booking_id, user_id, showtime_id, seat, price, currency, code, issued_at, revoked_at, revoke_reason
             FROM tickets.tickets WHERE id = $1",
            id.uuid(),
        );
        Ok(row.fetch_optional(&self.pool).await?.map(Ticket::try_from).transpose()?)
    }

    /// Every ticket that the booking has or had, in the order of the seats.
    pub async fn of_booking(&self, booking: BookingId) -> Result<Vec<Ticket>, Failure> {
        self.of_bookings(&[booking]).await
    }

    /// Every ticket that the bookings have or had, grouped by booking (oldest first), then in the order of the seats.
    pub async fn of_bookings(&self, bookings: &[BookingId]) -> Result<Vec<Ticket>, Failure> {
        let bookings: Vec<Uuid> = bookings.iter().map(|booking| booking.uuid()).collect();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, booking_id, user_id, showtime_id, seat, price, currency, code, issued_at, revoked_at, revoke_reason
             FROM tickets.tickets WHERE booking_id = ANY($1)",
            &bookings,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let mut tickets = rows.map(Ticket::try_from).collect::<Result<Vec<_>, _>>()?;
        tickets.sort_by(|a, b| (a.booking, in_the_room(&a.seat), a.id).cmp(&(b.booking, in_the_room(&b.seat), b.id)));
        Ok(tickets)
    }
}

/// Row A before row B before row AA, and seat 2 before seat 10.
fn in_the_room(seat: &SeatName) -> (usize, &str, usize, &str) {
    let (row, number) = seat.as_str().split_at(seat.as_str().trim_end_matches(|c: char| c.is_ascii_digit()).len());
    (row.len(), row, number.len(), number)
}

/// A seat as the database has it.
pub(crate) fn seat(text: &str) -> Result<SeatName, sqlx::Error> {
    text.parse().map_err(|error| sqlx::Error::Decode(BoxDynError::from(error)))
}

struct Row {
    id: Uuid,
    booking_id: Uuid,
    user_id: Uuid,
    showtime_id: Uuid,
    seat: String,
    price: i64,
    currency: String,
    code: String,
    issued_at: OffsetDateTime,
    revoked_at: Option<OffsetDateTime>,
    revoke_reason: Option<String>,
}

impl TryFrom<Row> for Ticket {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let currency = row.currency.parse().map_err(|error| sqlx::Error::Decode(BoxDynError::from(error)))?;
        let reason = row.revoke_reason.unwrap_or_default();
        Ok(Self {
            id: row.id.into(),
            booking: row.booking_id.into(),
            user: row.user_id.into(),
            showtime: row.showtime_id.into(),
            seat: seat(&row.seat)?,
            price: Money::new(row.price, currency),
            code: TicketCode::stored(row.code),
            issued_at: row.issued_at,
            revoked: row.revoked_at.map(|at| Revocation { at, reason }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_listed_as_they_stand_in_the_room() {
        let mut seats: Vec<SeatName> = ["AA1", "B1", "A10", "A2"].map(|seat| seat.parse().unwrap()).into();
        seats.sort_by(|a, b| in_the_room(a).cmp(&in_the_room(b)));
        assert_eq!(seats.iter().map(SeatName::as_str).collect::<Vec<_>>(), ["A2", "A10", "B1", "AA1"]);
    }
}
